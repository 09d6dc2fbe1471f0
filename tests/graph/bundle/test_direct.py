"""Files that go straight to the disk hold what was written, and what the disk refuses is told."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from hornbeam.graph.bundle import direct, files
from hornbeam.graph.bundle.direct import STRETCH, DirectWriter


@pytest.mark.parametrize("sizes", [[], [0], [1], [4096], [STRETCH], [STRETCH - 1, 2], [3, 2 * STRETCH, 5, STRETCH // 2],
                                   [7 * STRETCH + 11]])
def test_what_was_written_is_there(tmp_path: Path, sizes: list[int]) -> None:
    rng = np.random.default_rng(0)
    parts = [rng.integers(0, 256, n, np.uint8) for n in sizes]
    with open(tmp_path / "file", "xb") as file:
        writer = DirectWriter(file)
        assert [writer.write(p) for p in parts] == sizes
        writer.finish()
    assert (tmp_path / "file").read_bytes() == b"".join(p.tobytes() for p in parts)


def test_bytes_and_views_are_written_too(tmp_path: Path) -> None:
    with open(tmp_path / "file", "xb") as file:
        writer = DirectWriter(file)
        for part in (b"ab", bytearray(b"cd"), memoryview(b"ef")):
            writer.write(part)
        writer.finish()
    assert (tmp_path / "file").read_bytes() == b"abcdef"


def test_what_the_disk_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(direct.os, "pwrite", full)
    with open(tmp_path / "file", "xb") as file:
        writer = DirectWriter(file)
        writer.write(np.zeros(STRETCH, np.uint8))
        with pytest.raises(OSError, match="No space left"):
            writer.finish()
        writer.abandon()


def test_a_disk_that_wants_the_cache_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pwrite, refused = direct.os.pwrite, []

    def choosy(number: int, data: memoryview, at: int) -> int:
        if direct._is_direct(number):
            refused.append(at)
            raise OSError(errno.EINVAL, "Invalid argument")
        return pwrite(number, data, at)

    monkeypatch.setattr(direct.os, "pwrite", choosy)
    data = np.arange(3 * STRETCH // 8 + 5, dtype=np.int64).view(np.uint8)
    with open(tmp_path / "file", "xb") as file:
        writer = DirectWriter(file)
        writer.write(data)
        writer.finish()
    assert (tmp_path / "file").read_bytes() == data.tobytes()


def test_arrays_may_change_as_soon_as_they_are_given(tmp_path: Path) -> None:
    data = np.full(2 * STRETCH + 7, 1, np.uint8)
    with open(tmp_path / "file", "xb") as file:
        writer = DirectWriter(file)
        for value in (1, 2):
            data[:] = value
            writer.write(data)
        data[:] = 3
        writer.finish()
    found = np.fromfile(tmp_path / "file", np.uint8)
    assert np.array_equal(np.bincount(found), [0, data.size, data.size])
    assert (np.diff(found) >= 0).all()


def test_large_files_lose_their_names_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGE", 10)
    closed: list[int] = []
    monkeypatch.setattr(files, "_close_aside", closed.append)
    (tmp_path / "large").write_bytes(b"0123456789")
    (tmp_path / "small").write_bytes(b"0")
    files.discard(str(tmp_path / "small"))
    files.discard(str(tmp_path / "missing"))
    assert not closed
    files.discard(str(tmp_path / "large"))
    assert not list(tmp_path.iterdir())
    (number,) = closed
    assert os.read(number, 20) == b"0123456789"  # the last to hold it, so that closing it is what frees it
    monkeypatch.undo()
    files._close_aside(number)
    while True:
        try:
            os.fstat(number)
        except OSError:
            break
