"""Index the models read by code, with root, axes and rejects."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.index_models import index_models

handler = stage_handler(index_models, StageTask)
