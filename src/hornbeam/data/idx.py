"""The IDX format of MNIST's files: a short header with the shape, then the bytes; often inside gzip.

In: a path or bytes.  Out: a `uint8` array.  A file that ends early, is too long or fails gzip's own
checksum is refused with `DamagedFile`; there is no way to get half of one.
"""

import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np

_GZIP = b"\x1f\x8b"
_UNSIGNED_BYTES = 0x08


class DamagedFile(ValueError):
    """A data file is not what its header, its gzip checksum or its known checksum says."""


def unpacked(content: bytes, name: str | os.PathLike[str]) -> bytes:
    """`content` without its gzip wrapping, if it has one; `name` is for the message of `DamagedFile`."""
    if not content.startswith(_GZIP):
        return content
    try:
        return gzip.decompress(content)
    except EOFError:
        raise DamagedFile(f"{name}: the gzip data ends early ({len(content)} bytes)") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DamagedFile(f"{name}: damaged gzip data ({error})") from None


def parse(content: bytes, name: str | os.PathLike[str], rank: int | None = None) -> np.ndarray:
    """The array an IDX file holds: `uint8`, read-only, of the shape its header states.

    `rank`, where given, is the number of dimensions it must have: 3 for images, 1 for labels.
    Raises `DamagedFile`, naming the file, if header and length disagree.

    >>> parse(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]), "three-labels")
    array([7, 8, 9], dtype=uint8)
    """
    magic = int.from_bytes(content[:4], "big")
    kind, found_rank = magic >> 8, magic & 0xFF
    if len(content) < 4 or kind != _UNSIGNED_BYTES or (rank is not None and found_rank != rank):
        wanted = "" if rank is None else f", expected {_UNSIGNED_BYTES << 8 | rank}"
        raise DamagedFile(f"{name}: not an IDX file of unsigned bytes (magic number {magic}{wanted})")
    start = 4 + 4 * found_rank
    shape = tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4))
    expected = start + math.prod(shape)
    if len(content) != expected:
        raise DamagedFile(f"{name}: {len(content)} bytes where the header {list(shape)} asks for {expected}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def read(path: str | os.PathLike[str], rank: int | None = None) -> np.ndarray:
    """`parse` of a file, gzip or plain.  Raises `DamagedFile`, or `OSError` where it cannot be read."""
    return parse(unpacked(Path(path).read_bytes(), path), path, rank)
