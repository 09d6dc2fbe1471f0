"""Sorted tables: what is written is read, keys are shortened as LevelDB does, and damage is found."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from hornbeam.graph import errors
from hornbeam.graph.bundle.table import TableWriter, read_table, read_varint, varint


def table(entries: list[tuple[bytes, bytes]]) -> bytes:
    file = io.BytesIO()
    writer = TableWriter(file)
    for key, value in entries:
        writer.add(key, value)
    writer.finish()
    return file.getvalue()


def test_one_entry_byte_by_byte():
    block = b"\x00\x01\x02kvw" + b"\0\0\0\0" + b"\x01\0\0\0"
    assert table([(b"k", b"vw")]).startswith(block + b"\0")
    assert table([(b"k", b"vw")]).endswith(bytes.fromhex("57fb808b247547db"))


def test_common_beginnings_of_keys_are_left_out():
    assert b"layer/kernel" in (data := table([(b"layer/bias", b""), (b"layer/kernel", b"")])) or b"kernel" in data
    assert data.count(b"layer/") == 1


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 1000])
def test_entries_come_back_in_order(count):
    entries = [(f"scope/{i:05d}/weights".encode(), bytes([i % 256]) * (i % 300)) for i in range(count)]
    assert list(read_table("t", table(entries))) == entries


def test_many_blocks():
    entries = [(f"{i:08d}".encode(), bytes(5000)) for i in range(300)]
    assert list(read_table("t", table(entries))) == entries


def test_keys_ascend():
    writer = TableWriter(io.BytesIO())
    writer.add(b"b", b"")
    with pytest.raises(ValueError, match="ascend"):
        writer.add(b"b", b"")


@pytest.mark.parametrize("number", [0, 1, 127, 128, 300, 2**32, 2**63])
def test_numbers_of_variable_length(number):
    data = varint(number)
    assert read_varint(data + b"x", 0) == (number, len(data))
    with pytest.raises(ValueError, match="does not end"):
        read_varint(data[:-1], 0) if len(data) > 1 else read_varint(b"", 0)


def test_each_flipped_bit_is_found_and_names_the_file(tmp_path: Path):
    entries = [(b"a", b"12"), (b"ab", b"3"), (b"b", b"")]
    whole = table(entries)
    path = str(tmp_path / "m.index")
    for bit in range(8 * len(whole)):
        data = bytearray(whole)
        data[bit // 8] ^= 1 << bit % 8
        if bit // 8 == len(whole) - 45 and bit % 8 == 7:
            assert list(read_table(path, bytes(data))) == entries  # the same number, written longer
            continue
        with pytest.raises(errors.DataLossError, match=path):
            list(read_table(path, bytes(data)))


@pytest.mark.parametrize("cut", range(1, 90, 7))
def test_cut_short(cut, tmp_path: Path):
    path = tmp_path / "m.index"
    path.write_bytes(table([(b"key%d" % i, b"value") for i in range(5)])[:-cut])
    with pytest.raises(errors.DataLossError, match=r"m\.index"):
        list(read_table(str(path)))


def test_absent_and_foreign_files(tmp_path: Path):
    with pytest.raises(errors.NotFoundError, match=r"nowhere\.index"):
        list(read_table(str(tmp_path / "nowhere.index")))
    (tmp_path / "other").write_bytes(b"garbage" * 20)
    with pytest.raises(errors.DataLossError, match=r"other: not an sstable \(bad magic number\)"):
        list(read_table(str(tmp_path / "other")))
