"""Index the products read, cut facts by shard, write the shard map's items."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.index_products import index_products

handler = stage_handler(index_products, StageTask)
