"""The state file: its text, its paths, and what damages do to it; checkpoints as files."""

from __future__ import annotations

import os

import numpy as np
import pytest

import hornbeam
from hornbeam import v1 as tf
from hornbeam.graph.bundle.writer import BundleWriter


def write(prefix) -> str:
    writer = BundleWriter(str(prefix))
    writer.add("x", np.ones(2))
    writer.finish()
    return str(prefix)


@pytest.fixture
def told(caplog, monkeypatch):
    """What the logger says."""
    monkeypatch.setattr(tf.get_logger(), "propagate", True)  # which makes it, where nobody has logged yet
    return caplog


def test_text_as_tensorflow_writes_it(tmp_path):
    folder = str(tmp_path)
    tf.train.update_checkpoint_state(folder, folder + "/m-3", [folder + "/m-7"], "names", [1.5, 2.5], 1.25)
    assert (tmp_path / "names").read_text() == (
        f'model_checkpoint_path: "{folder}/m-3"\nall_model_checkpoint_paths: "{folder}/m-7"\n'
        f'all_model_checkpoint_paths: "{folder}/m-3"\nall_model_checkpoint_timestamps: 1.5\n'
        "all_model_checkpoint_timestamps: 2.5\nlast_preserved_timestamp: 1.25\n")
    assert os.listdir(tmp_path) == ["names"]
    state = tf.train.get_checkpoint_state(folder, "names")
    assert list(state.all_model_checkpoint_timestamps) == [1.5, 2.5]


def test_relative_folders():
    state = tf.train.generate_checkpoint_state_proto("a/b", "a/b/m-1", ["a/b/m-0", "/abs/m"])
    assert state.model_checkpoint_path == "m-1"
    assert list(state.all_model_checkpoint_paths) == ["m-0", "/abs/m", "m-1"]
    with pytest.raises(ValueError, match="must match checkpoint paths"):
        tf.train.generate_checkpoint_state_proto("a", "a/m", None, [1.0, 2.0])
    with pytest.raises(RuntimeError, match="conflicts with path used for checkpoint state"):
        tf.train.update_checkpoint_state("/a", "/a/checkpoint")


def test_no_state_and_no_files(tmp_path, told):
    assert tf.train.get_checkpoint_state(tmp_path) is None
    assert hornbeam.train.latest_checkpoint(tmp_path / "nowhere") is None
    tf.train.update_checkpoint_state(str(tmp_path), str(tmp_path / "gone"))
    assert tf.train.latest_checkpoint(str(tmp_path)) is None
    assert "Couldn't match files for checkpoint" in told.text
    (tmp_path / "checkpoint").write_text("")
    with pytest.raises(ValueError, match="Invalid checkpoint state loaded from"):
        tf.train.get_checkpoint_state(str(tmp_path))


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_damaged_state_files_are_named_and_left_alone(count, tmp_path, told):
    path = write(tmp_path / "m")
    tf.train.update_checkpoint_state(str(tmp_path), path, [write(tmp_path / "k"), path])
    state = tmp_path / "checkpoint"
    whole = state.read_bytes()
    rng = np.random.default_rng(3)
    named = 0
    for _ in range(count):
        data = bytearray(whole)
        at = int(rng.integers(len(data)))
        data[at:at + int(rng.integers(1, 9))] = rng.bytes(int(rng.integers(0, 9)))
        state.write_bytes(data)
        told.clear()
        error = ""
        try:
            found = tf.train.latest_checkpoint(str(tmp_path))
        except ValueError as raised:
            found, error = None, str(raised)
        assert found is None or os.path.exists(f"{found}.index")
        if found is None:
            named += 1
            assert str(tmp_path) in error or str(tmp_path) in told.text
        assert state.read_bytes() == bytes(data)
    assert named > count // 3


def test_checkpoints_as_files(tmp_path):
    path = write(tmp_path / "m[1]")
    other = write(tmp_path / "m1")
    assert tf.train.checkpoint_exists(path)
    assert not tf.train.checkpoint_exists(tmp_path / "m")
    (one,) = tf.train.get_checkpoint_mtimes([path, str(tmp_path / "none")])
    assert one == os.path.getmtime(f"{path}.index")
    (tmp_path / "m[1].meta").write_bytes(b"")
    tf.train.remove_checkpoint(path)
    assert sorted(os.listdir(tmp_path)) == ["m1.data-00000-of-00001", "m1.index"]
    assert tf.train.checkpoint_exists(other)


def test_reading(tmp_path):
    path = write(tmp_path / "m")
    reader = tf.train.NewCheckpointReader(path)
    assert reader.has_tensor("x")
    assert not reader.has_tensor("y")
    assert reader.get_variable_to_shape_map() == {"x": [2]}
    assert reader.get_variable_to_dtype_map() == {"x": tf.float64}
    assert reader.debug_string() == b"x (DT_DOUBLE) [2]\n"
    assert reader.get_tensor("x").tolist() == [1, 1]
    with pytest.raises(tf.errors.NotFoundError, match="Key y not found in checkpoint"):
        reader.get_tensor("y")
    with pytest.raises(ValueError, match="Couldn't find 'checkpoint' file or checkpoints in given directory"):
        hornbeam.train.load_checkpoint(tmp_path)
    tf.train.update_checkpoint_state(str(tmp_path), path)
    assert hornbeam.train.list_variables(tmp_path) == [("x", [2])]
    assert hornbeam.train.load_variable(tmp_path, "x:0").tolist() == [1, 1]
    with pytest.raises(tf.errors.NotFoundError, match=r"Failed to find any matching files for .*none"):
        tf.train.load_checkpoint(str(tmp_path / "none"))


def test_each_new_checkpoint(tmp_path):
    folder = str(tmp_path)
    found = []
    answers = iter([False, True])

    def again() -> bool:
        tf.train.update_checkpoint_state(folder, write(tmp_path / "m-2"))
        return next(answers)

    tf.train.update_checkpoint_state(folder, write(tmp_path / "m-1"))
    found = list(tf.train.checkpoints_iterator(folder, timeout=0, timeout_fn=again))
    assert found == [folder + "/m-1", folder + "/m-2"]
    assert list(tf.train.checkpoints_iterator(str(tmp_path / "none"), timeout=0)) == []
