"""A small PNG of a frame, made with the standard library."""

import base64
import ctypes
import struct
import zlib
from typing import Any

PREVIEW_WIDTH = 320


def small_png(frame: Any) -> str:
    """Return a uint8 [H, W, 3] CPU tensor as a small PNG in base64."""
    step = max(1, frame.shape[1] // PREVIEW_WIDTH)
    small = frame[::step, ::step].contiguous()
    height, width = int(small.shape[0]), int(small.shape[1])
    raw = tensor_bytes(small)
    rows = b"".join(b"\x00" + raw[start : start + width * 3] for start in range(0, len(raw), width * 3))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    png = (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 1)) + _chunk(b"IEND", b"")
    )
    return base64.b64encode(png).decode("ascii")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def tensor_bytes(tensor: Any) -> bytes:
    """Return a CPU tensor's bytes; numpy may not be there."""
    flat = tensor.contiguous()
    return ctypes.string_at(flat.data_ptr(), flat.numel() * flat.element_size())
