"""Checkpoints: every dtype comes back bit for bit, parts are joined, and damage is found and names the file."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from hornbeam.graph import dtypes, errors
from hornbeam.graph.bundle import direct, files
from hornbeam.graph.bundle.merging import merge
from hornbeam.graph.bundle.opening import open_checkpoint
from hornbeam.graph.bundle.reader import BundleReader
from hornbeam.graph.bundle.version1_writer import Version1Writer
from hornbeam.graph.bundle.writer import BundleWriter

DTYPES = [d for name in (
    "float16 bfloat16 float32 float64 float8_e5m2 float8_e4m3fn int4 int8 int16 int32 int64 uint4 uint8 uint16 uint32 "
    "uint64 complex64 complex128 bool qint8 qint16 qint32 quint8 quint16 string").split()
    for d in [dtypes.as_dtype(name)]]


def sample(dtype: dtypes.DType, shape: tuple[int, ...] = (3, 5)) -> np.ndarray:
    """An array of random bits, or of strings."""
    rng = np.random.default_rng(dtype.as_datatype_enum)
    if dtype is dtypes.string:
        out = np.empty(shape, object)
        out.reshape(-1)[:] = [rng.bytes(int(n)) for n in rng.integers(0, 200, out.size)]
        return out
    if dtype is dtypes.bool_:
        return rng.random(shape) < 0.5
    if dtype.name in ("int4", "uint4"):
        return rng.integers(0, 8, shape).astype(dtype.np_dtype)
    return np.frombuffer(rng.bytes(int(np.prod(shape)) * dtype.size), dtype.np_dtype).reshape(shape)


def write(prefix: Path, **tensors: np.ndarray) -> str:
    writer = BundleWriter(str(prefix))
    for name, value in tensors.items():
        writer.add(name, value)
    writer.finish()
    return str(prefix)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and (
        a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes())


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: d.name)
@pytest.mark.parametrize("shape", [(), (0, 3), (3, 5)], ids=str)
def test_every_dtype_comes_back(dtype, shape, tmp_path):
    value = sample(dtype, shape)
    reader = BundleReader(write(tmp_path / "m", x=value))
    assert reader.entry("x").dtype is dtype
    assert same(reader.get("x"), value)


@pytest.mark.parametrize("dtype", [d for d in DTYPES if "int4" not in d.name and "float8" not in d.name
                                   and d.name not in ("qint16", "quint16")], ids=lambda d: d.name)
def test_every_dtype_of_the_older_format(dtype, tmp_path):
    value = sample(dtype)
    if dtype.is_floating or dtype.is_complex:
        value = np.arange(15).reshape(3, 5).astype(dtype.np_dtype)
    writer = Version1Writer(str(tmp_path / "old"))
    writer.add("x", (3, 5), (None, None), value)
    writer.finish()
    with open_checkpoint(str(tmp_path / "old")) as reader:
        assert reader.entry("x").dtype is dtype
        assert same(reader.get("x"), value)
        assert same(reader.get_part("x", (3, 5), ((1, 2), None)), value[1:])


def test_arrays_in_other_order_and_large_strings(tmp_path):
    value = np.arange(24, dtype=np.int16).reshape(2, 3, 4).transpose(2, 0, 1)
    texts = np.array([b"a" * 5_000_000, b"", b"b" * 300], object)
    reader = BundleReader(write(tmp_path / "m", x=value, s=texts))
    assert np.array_equal(reader.get("x"), value)
    assert reader.get("s").tolist() == texts.tolist()
    assert reader.names() == ["s", "x"]
    assert "x" in reader
    assert "y" not in reader
    with pytest.raises(errors.NotFoundError, match="Key y not found in checkpoint"):
        reader.get("y")


def in_parts(prefix: Path, whole: np.ndarray, *bounds: int) -> str:
    writer = BundleWriter(str(prefix))
    for a, b in zip((0, *bounds), (*bounds, len(whole)), strict=True):
        writer.add_part("p", whole.shape, ((a, b - a), None), whole[a:b])
    writer.finish()
    return str(prefix)


def test_parts_are_joined_and_cut_otherwise(tmp_path):
    whole = np.arange(35, dtype=np.float32).reshape(7, 5)
    reader = BundleReader(in_parts(tmp_path / "m", whole, 3, 4))
    assert reader.names() == ["p"]
    assert np.array_equal(reader.get("p"), whole)
    assert np.array_equal(reader.get_part("p", (7, 5), ((0, 3), None)), whole[:3])
    assert np.array_equal(reader.get_part("p", (7, 5), ((2, 4), (1, 3))), whole[2:6, 1:4])
    with pytest.raises(errors.InvalidArgumentError, match="p is"):
        reader.get_part("p", (8, 5), ((2, 4), (1, 3)))


def test_a_part_that_is_missing(tmp_path):
    writer = BundleWriter(str(tmp_path / "m"))
    writer.add_part("p", (4,), ((0, 2),), np.ones(2))
    writer.finish()
    with pytest.raises(errors.NotFoundError, match="parts of p, but not all"):
        BundleReader(str(tmp_path / "m")).get("p")


def test_several_checkpoints_become_one(tmp_path):
    first = write(tmp_path / "t" / "a", x=np.arange(3))
    second = write(tmp_path / "t" / "b", y=np.arange(4.0))
    merge([first, second], str(tmp_path / "m"))
    reader = BundleReader(str(tmp_path / "m"))
    assert reader.shards == 2
    assert reader.get("x").tolist() == [0, 1, 2]
    assert reader.get("y").tolist() == [0, 1, 2, 3]
    assert sorted(os.listdir(tmp_path)) == ["m.data-00000-of-00002", "m.data-00001-of-00002", "m.index"]
    with pytest.raises(errors.InvalidArgumentError, match="duplicate keys: x"):
        merge([write(tmp_path / "c", x=np.ones(1)), write(tmp_path / "d", x=np.ones(1))], str(tmp_path / "e"))


def test_what_cannot_be_written(tmp_path):
    writer = BundleWriter(str(tmp_path / "m"))
    writer.add("x", np.ones(1))
    with pytest.raises(errors.InvalidArgumentError, match="duplicate key: 'x'"):
        writer.add("x", np.ones(1))
    writer.abandon()
    assert os.listdir(tmp_path) == []
    with pytest.raises(errors.NotFoundError, match="no/such"):
        BundleWriter(str(tmp_path / "no" / "such" / "m"))
    with pytest.raises(errors.InvalidArgumentError, match="not the name"):
        BundleWriter(f"{tmp_path}/")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(errors.OpError, match="file"):
        BundleWriter(str(tmp_path / "file" / "m"))


@pytest.mark.parametrize("old_shards", [0, 1, 2])
def test_stopped_anywhere_the_old_one_or_the_new_one_is_whole(old_shards, tmp_path, monkeypatch):
    """Every renaming, linking and removing is where a process may end."""
    calls = 0
    for stop in range(30):
        folder = tmp_path / f"{old_shards}-{stop}"
        folder.mkdir()
        prefix = str(folder / "m")
        if old_shards == 1:
            write(folder / "m", x=np.zeros(1000))
        elif old_shards == 2:
            merge([write(folder / "a", x=np.zeros(1000)), write(folder / "b", y=np.zeros(1))], prefix)
        calls = 0

        def counted(real):
            def call(*args, **kwargs):
                nonlocal calls
                calls += 1
                if calls > stop:  # noqa: B023
                    raise KeyboardInterrupt
                return real(*args, **kwargs)
            return call

        with monkeypatch.context() as patched:
            for name in ("replace", "link", "remove"):
                patched.setattr(os, name, counted(getattr(os, name)))
            try:
                write(folder / "m", x=np.ones(1000))
                done = True
            except KeyboardInterrupt:
                done = False
        if not done and not old_shards and not os.path.exists(files.index_name(prefix)):
            continue
        found = BundleReader(prefix).get("x")
        assert set(found) in ({0.0}, {1.0})
        if done:
            assert set(found) == {1.0}
            assert sorted(os.listdir(folder)) == ["m.data-00000-of-00001", "m.index"]
            break
        write(folder / "m", x=np.full(1000, 2.0))  # and the next one takes its place
        assert set(BundleReader(prefix).get("x")) == {2.0}
        assert not [n for n in os.listdir(folder) if "of-00002" in n]
    else:
        pytest.fail("it never came to its end")
    assert calls >= (2, 6, 4)[old_shards]


def test_what_a_killed_process_left_is_swept(tmp_path):
    left = tmp_path / "m-7.data-00000-of-00001.tempstate4_0123456789abcdef"
    left.write_bytes(b"half")
    others = tmp_path / "m-8.data-00000-of-00001.tempstate12345678901234567890"  # another program's
    others.write_bytes(b"half")
    held = files.opened(str(tmp_path / "m-9.index"))  # being written
    write(tmp_path / "m", x=np.ones(2))
    assert not left.exists()
    assert others.exists()
    assert os.path.exists(held.name)
    held.close()


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    kind, out = rng.integers(4), bytearray(data)
    at = int(rng.integers(len(out)))
    if kind == 0:
        return bytes(out[:at])
    if kind == 1:
        out[at] ^= 1 << int(rng.integers(8))
    elif kind == 2:
        length = int(rng.integers(1, 64))
        out[at:at + length] = rng.bytes(min(length, len(out) - at))
    else:
        out[at:at + int(rng.integers(1, 64))] = b""
    return bytes(out)


@pytest.mark.parametrize("count", [50, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("which", ["m.index", "m.data-00000-of-00001"])
def test_damages(which, count, tmp_path):
    """Each gives an error that names the file, or the values as they were; nothing is overwritten."""
    whole = {"x": np.arange(1000, dtype=np.float32), "s": sample(dtypes.string), "b": np.array([True, False]),
             "h": np.ones((3, 3), ml_dtypes.bfloat16), "p": np.arange(20.0).reshape(5, 4)}
    writer = BundleWriter(str(tmp_path / "m"))
    for name, value in whole.items():
        if name == "p":
            writer.add_part("p", (5, 4), ((0, 3), None), value[:3])
            writer.add_part("p", (5, 4), ((3, 2), None), value[3:])
        else:
            writer.add(name, value)
    writer.finish()
    path = tmp_path / which
    original = path.read_bytes()
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(count):
        changed = damaged(original, rng)
        path.write_bytes(changed)
        error = None
        try:
            with BundleReader(str(tmp_path / "m")) as reader:
                assert all(same(reader.get(name), value) for name, value in whole.items())
        except errors.DataLossError as raised:
            error = str(raised)
        assert error is None or str(tmp_path / "m.") in error
        found += error is not None
        assert path.read_bytes() == changed
    assert found > 0.9 * count


def test_damage_that_has_a_right_checksum(tmp_path):
    """Entries that contradict themselves, in an index whose checksums fit."""
    from hornbeam.graph.bundle.writer import index_of
    from hornbeam.graph.messages.tensor_bundle_pb2 import BundleEntryProto
    write(tmp_path / "m", x=np.ones(3, np.float32))
    for change in ({"dtype": 99}, {"shard_id": 4}, {"shard_id": -1}, {"offset": -8}, {"offset": 1 << 50}, {"size": 8},
                   {"size": 1 << 60}, {"dtype": 20}, {"dims": [1 << 62, 4]}, {"dims": [-3]}, {"dims": [5]}):
        entry = BundleEntryProto(dtype=1, size=12)
        for d in change.pop("dims", [3]):  # type: ignore[attr-defined]
            entry.shape.dim.add().size = d
        for field, value in change.items():
            setattr(entry, field, value)
        (tmp_path / "m.index").write_bytes(index_of({b"x": entry}, 1))
        with pytest.raises(errors.DataLossError, match=r"m\.(index|data-00000-of-00001): x: "):
            BundleReader(str(tmp_path / "m")).get("x")
    (tmp_path / "m.index").write_bytes(index_of({}, 0))
    with pytest.raises(errors.DataLossError, match="0 data files"):
        BundleReader(str(tmp_path / "m"))


def test_writing_needs_little_memory(tmp_path):
    """Nothing is held but the tensor that is being written, and what is on its way to the disk."""
    value = np.zeros(8_000_000, np.float32)
    writer = BundleWriter(str(tmp_path / "m"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for i in range(8):
        writer.add(f"v{i}", value)
    writer.finish()
    most = 16_000 + (direct.AT_ONCE + 1) * direct.STRETCH / 1000  # kB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < most
