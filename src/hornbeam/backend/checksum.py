"""CRC-32C checksums, as TensorFlow's files hold them.

The package `google-crc32c` computes them with the processor's own instruction, many gigabytes a second, and is
imported when the first checksum is asked for.
"""

from __future__ import annotations

import numpy as np

__all__ = ["Data", "crc32c", "mask", "masked_crc32c", "unmask"]

Data = bytes | bytearray | memoryview | np.ndarray
_DELTA = 0xA282EAD8
_WORD = 0xFFFFFFFF


def crc32c(data: Data, crc: int = 0) -> int:
    """The CRC-32C of `data` following data whose checksum is `crc`. Bytes and contiguous arrays are not copied.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    >>> crc32c(b"6789", crc32c(b"12345")) == crc32c(b"123456789")
    True
    """
    import google_crc32c

    # The package takes bytes and arrays; of a bytearray or a memoryview an array is a view.
    given = data if isinstance(data, (bytes, np.ndarray)) else np.frombuffer(data, np.uint8)
    return google_crc32c.extend(crc, given)


def mask(crc: int) -> int:
    """`crc` turned and shifted: what is stored beside data which may hold checksums itself."""
    return (((crc >> 15) | (crc << 17)) + _DELTA) & _WORD


def unmask(masked: int) -> int:
    """The checksum that `mask` was given.

    >>> unmask(mask(0xE3069283)) == 0xE3069283
    True
    """
    turned = (masked - _DELTA) & _WORD
    return ((turned >> 17) | (turned << 15)) & _WORD


def masked_crc32c(data: Data) -> int:
    """The masked CRC-32C of `data`: what TFRecords, event files and checkpoints store.

    >>> hex(masked_crc32c(b"foo"))
    '0xfebe8a61'
    """
    return mask(crc32c(data))
