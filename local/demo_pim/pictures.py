"""Small PNG images, drawn from a number."""

from __future__ import annotations

import struct
import zlib


def draw_png(seed: int, size: int = 32) -> bytes:
    """Return a valid PNG of `size` × `size` pixels: a disc on a ground, both coloured by the seed."""
    ground = bytes(200 + (seed >> shift) % 56 for shift in (0, 6, 12))
    figure = bytes((seed >> shift) % 180 for shift in (3, 9, 15))
    middle, radius = (size - 1) / 2, size * (0.25 + seed % 5 * 0.04)
    rows = bytearray()
    for y in range(size):
        rows.append(0)  # filter type of the row: none
        for x in range(size):
            rows += figure if (x - middle) ** 2 + (y - middle) ** 2 < radius**2 else ground
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
