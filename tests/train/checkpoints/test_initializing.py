"""Variables that start from a checkpoint, by names, scopes, parts and words, as in TensorFlow 1.15."""

from __future__ import annotations

import re

import numpy as np
import pytest

from hornbeam import v1 as tf


@pytest.fixture
def path(tmp_path):
    """A checkpoint with old/w, old/k/b and old/p."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("old/w", initializer=[1.0, 2.0])
        tf.get_variable("old/k/b", initializer=[3.0])
        tf.get_variable("old/p", initializer=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
        session.run(tf.global_variables_initializer())
        saved = tf.train.Saver().save(session, str(tmp_path / "m"))
    with tf.Graph().as_default():
        yield saved


def values():
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return [v.tolist() for v in session.run(tf.global_variables())]


def test_scopes(path, tmp_path):
    with tf.variable_scope("new"):
        tf.get_variable("w", [2])
        with tf.variable_scope("k"):
            tf.get_variable("b", [1])
    tf.train.init_from_checkpoint(tmp_path, {"old/": "new/"})
    assert values() == [[1.0, 2.0], [3.0]]


@pytest.mark.parametrize("by", ["name", "variable", "pairs"])
def test_one_variable(path, by):
    w = tf.get_variable("w", [2])
    wanted = {"old/w": w if by == "variable" else "w"}
    tf.train.init_from_checkpoint(path, list(wanted.items()) if by == "pairs" else wanted)
    assert values() == [[1.0, 2.0]]
    assert [o.type for o in tf.get_default_graph().get_operations() if o.name == "checkpoint_initializer"] == [
        "RestoreV2"]


def test_everything_below_the_root(path):
    tf.get_variable("old/w", [2])
    tf.train.init_from_checkpoint(path, {"/": "/"})
    assert values() == [[1.0, 2.0]]


@pytest.mark.parametrize("listed", [False, True])
def test_parts(path, listed):
    p = tf.get_variable("p", [3, 2], partitioner=tf.fixed_size_partitioner(2))
    tf.train.init_from_checkpoint(path, {"old/p": list(p) if listed else "p"})
    assert values() == [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]]]


@pytest.mark.parametrize(("wanted", "words"), [
    ({"old/w": "x"}, "Shape of variable x:0 ((3,)) doesn't match with shape of tensor old/w ([2]) from checkpoint "
                     "reader."),
    ({"old/ww": "w"}, "Tensor old/ww is not found in "),
    ({"old/w": "ww"}, "Assignment map with scope only name  should map to scope only old/w. Should be 'scope/': "
                      "'other_scope/'."),
    ({"ol/": "/"}, "Tensor ol/w ( in ol/) is not found in ")])
def test_words_of_errors(path, wanted, words):
    tf.get_variable("w", [2])
    tf.get_variable("x", [3]) if "x" in wanted.values() else None
    with pytest.raises(ValueError, match=re.escape(words)):
        tf.train.init_from_checkpoint(path, wanted)


def test_warm_start_by_names(path):
    tf.get_variable("old/w", [2])
    tf.get_variable("new/w", [2], initializer=tf.zeros_initializer())
    tf.train.warm_start(path, vars_to_warm_start="old")
    assert values() == [[1.0, 2.0], [0.0, 0.0]]
    tf.train.warm_start(path, vars_to_warm_start=[".*new/w"], var_name_to_prev_var_name={"new/w": "old/w"})
    assert values() == [[1.0, 2.0], [1.0, 2.0]]
    with pytest.raises(ValueError, match="not in the graph"):
        tf.train.warm_start(path, vars_to_warm_start="new", var_name_to_prev_var_name={"x": "old/w"})
    with pytest.raises(ValueError, match="it must be all `Variable` or all `str`"):
        tf.train.warm_start(path, vars_to_warm_start=[1])


@pytest.mark.parametrize("parts", [False, True])
def test_warm_start_by_words(path, parts, tmp_path):
    (tmp_path / "old").write_text("a\nb\nc\n")
    (tmp_path / "new").write_text("c\nx\na\n")
    tf.get_variable("e", [4, 2], partitioner=tf.fixed_size_partitioner(2) if parts else None)
    info = tf.train.VocabInfo(str(tmp_path / "new"), 3, 1, str(tmp_path / "old"),
                              backup_initializer=tf.constant_initializer(9.0))
    tf.train.warm_start(path, vars_to_warm_start=None, var_name_to_vocab_info={"e": info},
                        var_name_to_prev_var_name={"e": "old/p"})
    assert np.concatenate([np.reshape(v, (-1, 2)) for v in values()]).tolist() == [[5, 6], [9, 9], [1, 2], [9, 9]]
