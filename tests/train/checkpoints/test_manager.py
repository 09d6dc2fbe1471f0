"""CheckpointManager: what is kept, what a later run takes over."""

from __future__ import annotations

import os
import time

import pytest

import hornbeam as tf

Manager, Checkpoint = tf.train.CheckpointManager, tf.train.Checkpoint


def names(folder) -> list[str]:
    return sorted(n.removesuffix(".index") for n in os.listdir(folder) if n.endswith(".index"))


def test_the_latest_are_kept(tmp_path):
    step = tf.Variable(0)
    manager = Manager(Checkpoint(step=step), tmp_path, max_to_keep=2)
    assert manager.latest_checkpoint is None
    assert manager.restore_or_initialize() is None
    for i in range(4):
        step.assign(i)
        assert manager.save() == str(tmp_path / f"ckpt-{i + 1}")
    assert names(tmp_path) == ["ckpt-3", "ckpt-4"]
    assert manager.checkpoints == [str(tmp_path / "ckpt-3"), str(tmp_path / "ckpt-4")]
    assert manager.latest_checkpoint == manager.checkpoints[-1] == tf.train.latest_checkpoint(tmp_path)
    assert (manager.directory, manager.checkpoint_interval) == (str(tmp_path), None)
    text = (tmp_path / "checkpoint").read_text()
    assert text.startswith('model_checkpoint_path: "ckpt-4"\nall_model_checkpoint_paths: "ckpt-3"\n'
                           'all_model_checkpoint_paths: "ckpt-4"\nall_model_checkpoint_timestamps: ')
    assert "last_preserved_timestamp: " in text
    later = Manager(Checkpoint(step=step), tmp_path, max_to_keep=2)
    assert later.checkpoints == manager.checkpoints
    step.assign(100)
    assert later.restore_or_initialize() == manager.latest_checkpoint
    assert step.numpy() == 3
    later.save()
    assert names(tmp_path) == ["ckpt-4", "ckpt-5"]


def test_numbers_and_names_of_ones_own(tmp_path):
    step = tf.Variable(7)
    manager = Manager(Checkpoint(step=step), tmp_path, None, checkpoint_name="m")
    assert [os.path.basename(manager.save(n)) for n in (step, 9, None)] == ["m-7", "m-9", "m-3"]
    manager.save(9)
    assert [os.path.basename(p) for p in manager.checkpoints] == ["m-7", "m-3", "m-9"]


def test_one_is_kept_for_each_time_that_passed(tmp_path):
    manager = Manager(Checkpoint(a=tf.Variable(1)), tmp_path, 1, keep_checkpoint_every_n_hours=0.3 / 3600)
    for _ in range(3):
        manager.save()
        time.sleep(0.2)
    assert names(tmp_path)[-1] == "ckpt-3"
    assert names(tmp_path)[0] == "ckpt-1"  # a second was taken to have passed when the manager was made
    assert manager.checkpoints == [str(tmp_path / "ckpt-3")]


def test_only_so_often(tmp_path):
    step = tf.Variable(0)
    manager = Manager(Checkpoint(step=step), tmp_path, 3, step_counter=step, checkpoint_interval=2)
    made = []
    for i in range(5):
        step.assign(i)
        made.append(manager.save() is not None)
    assert made == [True, False, True, False, True]
    assert manager.save(check_interval=False) is not None


def test_something_to_start_with(tmp_path):
    called = []
    manager = Manager(Checkpoint(a=tf.Variable(1)), tmp_path, 1, init_fn=lambda: called.append(1))
    assert manager.restore_or_initialize() is None
    assert called == [1]
    for arguments, words in (({"max_to_keep": 0}, "Expected a positive integer or `None` for `max_to_keep`, got 0."),
                             ({"max_to_keep": 1, "checkpoint_interval": 2}, "`step_counter` should be passed")):
        with pytest.raises(ValueError, match=words.replace("(", r"\(")):
            Manager(Checkpoint(), tmp_path, **arguments)
