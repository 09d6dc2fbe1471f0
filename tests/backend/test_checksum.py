"""CRC-32C: the published check values, arrays without copies, and the speed that large files need."""

import time

import numpy as np
import pytest

from hornbeam.backend.checksum import crc32c, mask, masked_crc32c, unmask


@pytest.mark.parametrize(("data", "wanted"), [
    (b"", 0), (b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43),
    (bytes(range(32)), 0x46DD794E), (bytes(range(31, -1, -1)), 0x113FDB5C)])
def test_known_values(data, wanted):
    assert crc32c(data) == wanted
    assert crc32c(bytearray(data)) == crc32c(memoryview(data)) == wanted
    assert crc32c(np.frombuffer(data, np.uint8)) == wanted


def test_data_may_come_in_pieces():
    data = np.random.default_rng(0).bytes(1000)
    assert crc32c(data[700:], crc32c(data[100:700], crc32c(data[:100]))) == crc32c(data)


def test_masking_turns_back():
    for crc in (0, 1, 0xFFFFFFFF, 0xE3069283, 0x12345678):
        assert unmask(mask(crc)) == crc
    assert masked_crc32c(b"foo") == mask(crc32c(b"foo")) != crc32c(b"foo")


def test_arrays_of_any_type_are_read_in_place():
    array = np.arange(100, dtype=np.float64).reshape(4, 25)
    assert crc32c(array) == crc32c(array.tobytes())


def test_a_large_array_takes_little_time():
    array = np.zeros(50_000_000, np.uint8)
    start = time.perf_counter()
    crc32c(array)
    assert time.perf_counter() - start < 0.5  # by the instruction 10 ms; in Python alone, minutes
