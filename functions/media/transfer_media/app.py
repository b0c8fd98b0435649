"""Bring one batch of binaries into the store and the export."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import TransferMediaTask
from akeneo_sfcc.stages.transfer_media import transfer_media

handler = stage_handler(transfer_media, TransferMediaTask)
