"""IDX files: whole ones are read, everything else is refused."""

import gzip

import numpy as np
import pytest

from hornbeam.data import idx

IMAGES = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3]) + bytes([1, 2, 3, 4, 5, 6])


def test_header_gives_the_shape():
    np.testing.assert_array_equal(idx.parse(IMAGES, "images"), [[[1, 2, 3]], [[4, 5, 6]]])


def test_packed_and_plain_files_read_alike(tmp_path):
    (tmp_path / "plain").write_bytes(IMAGES)
    (tmp_path / "packed").write_bytes(gzip.compress(IMAGES))
    np.testing.assert_array_equal(idx.read(tmp_path / "plain"), idx.read(tmp_path / "packed"))


@pytest.mark.parametrize("length", range(len(IMAGES)))
def test_every_truncation_of_a_plain_file_is_refused(length):
    with pytest.raises(idx.DamagedFile, match="images"):
        idx.parse(IMAGES[:length], "images", rank=3)


def test_every_truncation_of_a_packed_file_is_refused():
    packed = gzip.compress(IMAGES)
    for length in range(len(packed)):
        with pytest.raises(idx.DamagedFile, match="images"):
            idx.parse(idx.unpacked(packed[:length], "images"), "images", rank=3)


def test_every_flipped_byte_of_the_packed_data_is_refused_or_harmless():
    packed = gzip.compress(IMAGES)
    for position in range(len(packed)):
        damaged = bytearray(packed)
        damaged[position] ^= 0xFF
        try:
            content = idx.unpacked(bytes(damaged), "images")
            array = idx.parse(content, "images", rank=3)
        except idx.DamagedFile:
            continue
        assert position < 10, f"byte {position} was changed unnoticed"  # below is gzip's header: time, system
        np.testing.assert_array_equal(array, idx.parse(IMAGES, "images"))


def test_one_byte_too_many_is_refused():
    with pytest.raises(idx.DamagedFile, match=r"23 bytes where the header \[2, 1, 3\] asks for 22"):
        idx.parse(IMAGES + b"\0", "images")


def test_labels_are_no_images():
    with pytest.raises(idx.DamagedFile, match="magic number 2051, expected 2049"):
        idx.parse(IMAGES, "images", rank=1)
