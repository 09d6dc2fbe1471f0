"""Files that go straight to the disk hold what was written, and what the disk refuses is told."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from hornbeam.graph.bundle import direct
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

    def choosy(number: int, data: np.ndarray, at: int) -> int:
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
