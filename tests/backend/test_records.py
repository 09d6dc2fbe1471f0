"""Records: what is written comes back, and damage is found."""

from __future__ import annotations

import io

import pytest

from hornbeam.backend.records import DamagedRecord, framed, read_records

WRITTEN = [b"", b"a", b"hornbeam" * 1000, bytes(range(256))]


def read(data: bytes) -> list[bytes]:
    return list(read_records(io.BytesIO(data)))


def test_records_come_back():
    assert read(b"".join(map(framed, WRITTEN))) == WRITTEN


def test_the_bytes_are_those_that_tensorflow_writes():
    assert framed(b"hornbeam").hex() == "0800000000000000ff86240f686f726e6265616d4159769f"


def test_a_file_cut_anywhere_gives_the_whole_records_before():
    data = b"".join(map(framed, WRITTEN[:2]))
    for end in range(len(data)):
        whole = end in (0, 16)
        found, damage = [], None
        try:
            for record in read_records(io.BytesIO(data[:end])):
                found.append(record)  # noqa: PERF402
        except DamagedRecord as error:
            damage = error
        assert (damage is None) == whole
        if damage is not None:
            assert damage.truncated
            assert damage.position == (0 if end < 16 else 16)
        assert found == WRITTEN[:len(found)]
        assert len(found) == (0 if end < 16 else 1)


def test_every_flipped_bit_is_found():
    data = framed(b"some data")
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DamagedRecord, match=r"(corrupted|truncated) record at 0"):
            read(bytes(changed))


def test_a_length_beyond_the_file_takes_no_memory():
    from hornbeam.backend.checksum import masked_crc32c
    length = (1 << 60).to_bytes(8, "little")
    with pytest.raises(DamagedRecord, match="truncated record at 0"):
        read(length + masked_crc32c(length).to_bytes(4, "little") + b"little")
