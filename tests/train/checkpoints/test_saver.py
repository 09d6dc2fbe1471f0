"""Saver: the graph it makes, which checkpoints are kept, what it refuses, as in TensorFlow 1.15."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam
from hornbeam import v1 as tf
from hornbeam.graph import mode
from hornbeam.train.checkpoints.saveables import SaveableObject, SaveSpec


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def saved(folder: Path, *variables: tf.Variable, **arguments) -> str:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return tf.train.Saver(list(variables) or None, **arguments).save(session, str(folder / "m"))


def test_operations_are_tensorflows(graph):
    tf.Variable([1.0, 2.0], name="a")
    tf.get_variable("b/c", [3, 2], tf.int32, initializer=tf.zeros_initializer())
    tf.get_variable("p", [5, 2], partitioner=tf.fixed_size_partitioner(2))
    saver = tf.train.Saver()
    made = {o.name: (o.type, [i.name for i in o.inputs], [c.name for c in o.control_inputs])
            for o in graph.get_operations() if o.name.startswith("save/")}
    assert made == {  # recorded from TensorFlow 1.15.5
        "save/filename/input": ("Const", [], []),
        "save/filename": ("PlaceholderWithDefault", ["save/filename/input:0"], []),
        "save/Const": ("PlaceholderWithDefault", ["save/filename:0"], []),
        "save/SaveV2/tensor_names": ("Const", [], []),
        "save/SaveV2/shape_and_slices": ("Const", [], []),
        "save/SaveV2": ("SaveV2", ["save/Const:0", "save/SaveV2/tensor_names:0", "save/SaveV2/shape_and_slices:0",
                                   "a:0", "b/c:0", "p/part_0/read:0", "p/part_1/read:0"], []),
        "save/control_dependency": ("Identity", ["save/Const:0"], ["save/SaveV2"]),
        "save/RestoreV2/tensor_names": ("Const", [], []),
        "save/RestoreV2/shape_and_slices": ("Const", [], []),
        "save/RestoreV2": ("RestoreV2", ["save/Const:0", "save/RestoreV2/tensor_names:0",
                                         "save/RestoreV2/shape_and_slices:0"], []),
        "save/Assign": ("Assign", ["a:0", "save/RestoreV2:0"], []),
        "save/Assign_1": ("Assign", ["b/c:0", "save/RestoreV2:1"], []),
        "save/Assign_2": ("Assign", ["p/part_0:0", "save/RestoreV2:2"], []),
        "save/Assign_3": ("Assign", ["p/part_1:0", "save/RestoreV2:3"], []),
        "save/restore_all": ("NoOp", [], ["save/Assign", "save/Assign_1", "save/Assign_2", "save/Assign_3"])}
    with tf.Session() as session:
        assert session.run("save/SaveV2/shape_and_slices:0").tolist() == [b"", b"", b"5 2 0,3:0,2", b"5 2 3,2:0,2"]
        assert session.run("save/SaveV2/tensor_names:0").tolist() == [b"a", b"b/c", b"p", b"p"]
    definition = saver.as_saver_def()
    assert (definition.filename_tensor_name, definition.save_tensor_name, definition.restore_op_name) == (
        "save/Const:0", "save/control_dependency:0", "save/restore_all")
    assert (definition.max_to_keep, definition.version, definition.sharded) == (5, 2, False)


def test_sharded_operations_are_tensorflows(graph):
    a = tf.Variable([1.0], name="a")
    tf.train.Saver([a], sharded=True, name="sh")
    made = {o.name: (o.type, [i.name for i in o.inputs], [c.name for c in o.control_inputs])
            for o in graph.get_operations() if o.name.startswith("sh/")}
    assert made["sh/MergeV2Checkpoints"][:2] == (
        "MergeV2Checkpoints", ["sh/MergeV2Checkpoints/checkpoint_prefixes:0", "sh/Const:0"])
    assert made["sh/ShardedFilename"] == (
        "ShardedFilename", ["sh/StringJoin:0", "sh/ShardedFilename/shard:0", "sh/num_shards:0"], [])
    assert made["sh/Identity"] == ("Identity", ["sh/Const:0"], ["sh/control_dependency", "sh/MergeV2Checkpoints"])
    assert made["sh/restore_shard"] == ("NoOp", [], ["sh/Assign"])
    assert made["sh/restore_all"] == ("NoOp", [], ["sh/restore_shard"])


@pytest.mark.parametrize("arguments", [{}, {"sharded": True}, {"write_version": tf.train.SaverDef.V1},
                                       {"sharded": True, "write_version": tf.train.SaverDef.V1},
                                       {"restore_sequentially": True}, {"reshape": True}], ids=str)
def test_values_come_back_without_initialization(arguments, tmp_path):
    variables = [tf.Variable(np.arange(4).astype(d), name=d) for d in ("float32", "int64", "complex64", "bool")]
    variables.append(tf.Variable(["a", "bc"], name="texts"))
    with tf.device("/cpu:0"):
        variables.append(tf.Variable(True, name="there"))
    whole = tf.convert_to_tensor(tf.get_variable("p", [5, 2], partitioner=tf.fixed_size_partitioner(2)))
    saver = tf.train.Saver(**arguments)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run([*variables, whole])
        path = saver.save(session, str(tmp_path / "m"))
    with tf.Session() as session:
        saver.restore(session, path)
        for a, b in zip(before, session.run([*variables, whole]), strict=True):
            assert a.dtype == b.dtype
            assert np.array_equal(a, b)


def test_variables_by_other_names_and_a_subset(tmp_path):
    a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
    path = saved(tmp_path)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.train.Saver({"b": a}).restore(session, path)
        assert session.run([a, b]) == [2.0, 2.0]
        session.run(b.assign(7.0))
        tf.train.Saver([a]).restore(session, path)
        assert session.run([a, b]) == [1.0, 7.0]
    assert tf.train.list_variables(path) == [("a", []), ("b", [])]


def test_steps_and_which_checkpoints_are_kept(tmp_path):
    step = tf.train.get_or_create_global_step()
    saver = tf.train.Saver(max_to_keep=2, pad_step_number=True)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i in range(4):
            assert saver.save(session, str(tmp_path / "m"), global_step=step, write_meta_graph=i < 3) == str(
                tmp_path / f"m-{i:08d}")
            session.run(step.assign_add(1))
    assert saver.last_checkpoints == [str(tmp_path / "m-00000002"), str(tmp_path / "m-00000003")]
    assert sorted(os.listdir(tmp_path)) == [
        "checkpoint", "m-00000002.data-00000-of-00001", "m-00000002.index", "m-00000002.meta",
        "m-00000003.data-00000-of-00001", "m-00000003.index"]
    state = tf.train.get_checkpoint_state(str(tmp_path))
    assert state.model_checkpoint_path == saver.last_checkpoints[-1] == tf.train.latest_checkpoint(str(tmp_path))
    assert list(state.all_model_checkpoint_paths) == saver.last_checkpoints


def test_one_is_kept_for_each_time_that_passed(tmp_path):
    tf.Variable(1.0)
    saver = tf.train.Saver(max_to_keep=1, keep_checkpoint_every_n_hours=0.3 / 3600)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i in range(3):
            time.sleep(0.2)
            saver.save(session, str(tmp_path / "m"), global_step=i, write_meta_graph=False)
    assert saver.last_checkpoints == [str(tmp_path / "m-2")]
    kept = {n.split(".")[0] for n in os.listdir(tmp_path)} - {"checkpoint"}
    assert kept == {"m-1", "m-2"}


def test_all_are_kept_and_state_is_not_written(tmp_path):
    tf.Variable(1.0)
    saver = tf.train.Saver(max_to_keep=0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i in range(7):
            saver.save(session, str(tmp_path / "m"), global_step=i, write_meta_graph=False)
        assert saver.last_checkpoints == []
        saver.save(session, str(tmp_path / "n"), write_state=False, write_meta_graph=False)
    assert len(os.listdir(tmp_path)) == 2 * 8 + 1
    assert tf.train.latest_checkpoint(str(tmp_path)) == str(tmp_path / "m-6")


def test_relative_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tf.Variable(1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert tf.train.Saver().save(session, "m") == "m"
        assert tf.train.latest_checkpoint(".") == "./m"
        assert tf.train.Saver().save(session, "new/m", global_step=1) == "new/m-1"
        assert (tmp_path / "new" / "checkpoint").read_text().startswith('model_checkpoint_path: "m-1"\n')
        tf.train.Saver(save_relative_paths=True).save(session, str(tmp_path / "new" / "k"))
        assert (tmp_path / "new" / "checkpoint").read_text() == (
            'model_checkpoint_path: "k"\nall_model_checkpoint_paths: "k"\n')
    assert tf.train.latest_checkpoint("new") == "new/k"


def test_the_checkpoints_of_an_earlier_run(tmp_path):
    tf.Variable(1.0)
    saver, later = tf.train.Saver(max_to_keep=2), tf.train.Saver(max_to_keep=2, name="later")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        paths = [saver.save(session, str(tmp_path / "m"), global_step=i) for i in range(2)]
        later.recover_last_checkpoints([*paths, str(tmp_path / "gone")])
        assert later.last_checkpoints == paths
        later.save(session, str(tmp_path / "m"), global_step=2)
    assert not tf.train.checkpoint_exists(paths[0])
    later.set_last_checkpoints_with_time([("x", 1.0)])
    assert later.last_checkpoints == ["x"]
    later.set_last_checkpoints(["y", "z"])
    assert later.last_checkpoints == ["y", "z"]


def test_a_saver_on_operations_that_exist(tmp_path, graph):
    a = tf.Variable([1.0, 2.0], name="a")
    definition = tf.train.Saver(name="mine").to_proto()
    assert definition.restore_op_name == "mine/restore_all"
    assert tf.train.Saver(saver_def=definition).to_proto("mine").save_tensor_name == "control_dependency:0"
    assert tf.train.Saver(saver_def=definition).to_proto("other") is None
    count = len(graph.get_operations())
    saver = tf.train.Saver.from_proto(definition)
    assert len(graph.get_operations()) == count
    with tf.Session() as session:
        session.run(a.initializer)
        saver.restore(session, saver.save(session, str(tmp_path / "m")))
        assert session.run(a).tolist() == [1.0, 2.0]


def test_building_later(tmp_path):
    saver = tf.train.Saver(defer_build=True)
    a = tf.Variable(3.0, name="a")
    with tf.Session() as session:
        session.run(a.initializer)
        with pytest.raises(RuntimeError, match=r"`build\(\)` should be called before save if defer_build==True"):
            saver.save(session, str(tmp_path / "m"))
        saver.build()
        saver.restore(session, saver.save(session, str(tmp_path / "m")))


def test_nothing_to_save(tmp_path):
    with pytest.raises(ValueError, match="No variables to save"):
        tf.train.Saver()
    saver = tf.train.Saver(allow_empty=True)
    tf.constant(1)
    with tf.Session() as session:
        assert saver.save(session, str(tmp_path / "m")) is None
        saver.restore(session, "nowhere")
    assert os.listdir(tmp_path) == ["m.meta"]


def test_other_shapes_with_as_many_elements(tmp_path):
    with tf.Graph().as_default():
        tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="a")
        path = saved(tmp_path)
    a = tf.Variable([0.0] * 4, name="a")
    with tf.Session() as session:
        tf.train.Saver(reshape=True).restore(session, path)
        assert session.run(a).tolist() == [1.0, 2.0, 3.0, 4.0]


def test_words_of_errors(tmp_path):
    a, b = tf.Variable([1.0, 2.0], name="a"), tf.Variable([[1, 2]], name="b")
    path = saved(tmp_path)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        folder = str(tmp_path)
        for call, kind, words in (
                (lambda: saver.restore(session, folder + "/none"), ValueError,
                 f"The passed save_path is not a valid checkpoint: {folder}/none"),
                (lambda: saver.restore(session, None), ValueError, "Can't load save_path when it is None."),
                (lambda: saver.save(session, folder + "/x/y/m"), ValueError,
                 f"Parent directory of {folder}/x/y/m doesn't exist, can't save."),
                (lambda: saver.save(session, ""), ValueError, "no path specified"),
                (lambda: saver.save(1, path), TypeError, "'sess' must be a Session; 1"),
                (lambda: saver.save(session, path, latest_filename="a/b"), ValueError,
                 "'latest_filename' must not contain path components"),
                (lambda: saver.save(session, folder + "/checkpoint"), ValueError, "'latest_filename' collides"),
                (lambda: tf.train.Saver([a, a]), ValueError, "At least two variables have the same name: a"),
                (lambda: tf.train.Saver({"x": a, "y": a}), ValueError,
                 "The same saveable will be restored with two names: y"),
                (lambda: tf.train.Saver([a.value()]), TypeError, "Variable to save is not a Variable: Tensor"),
                (lambda: tf.train.Saver({"x": 3}), TypeError, "names_to_saveables must be a dict mapping string names"),
                (lambda: tf.train.Saver([a], defer_build=True), ValueError, "If `var_list` is provided then build"),
                (lambda: tf.train.Saver(saver_def=3), ValueError, "saver_def must be a saver_pb2.SaverDef: 3"),
                (lambda: tf.train.Saver({"q": a}).restore(session, path), tf.errors.NotFoundError,
                 "Restoring from checkpoint failed. This is most likely due to a Variable name or other graph key that "
                 "is missing from the checkpoint. Please ensure that you have not altered the graph expected based on "
                 "the checkpoint. Original error:\n\nKey q not found in checkpoint\n"),
                (lambda: tf.train.Saver({"b": a}).restore(session, path), tf.errors.InvalidArgumentError,
                 "Restoring from checkpoint failed. This is most likely due to a mismatch between the current graph "
                 "and the graph from the checkpoint. Please ensure that you have not altered the graph expected based "
                 "on the checkpoint. Original error:\n\ntensor_name = b; expected dtype float does not equal original "
                 "dtype int32"),
                (lambda: tf.train.Saver({"a": tf.Variable([0.0], name="c")}).restore(session, path),
                 tf.errors.InvalidArgumentError,
                 "Assign requires shapes of both tensors to match. lhs shape= [1] rhs shape= [2]")):
            with pytest.raises(kind) as caught:
                call()
            assert words in str(caught.value)
        assert session.run(b).tolist() == [[1, 2]]
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized"):
        tf.train.Saver([a]).save(session, str(tmp_path / "n"))
    assert not tf.train.checkpoint_exists(str(tmp_path / "n"))


def test_a_failed_restore_changes_nothing(tmp_path):
    a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b")
    path = saved(tmp_path)
    data = tmp_path / "m.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:4] + b"\x01\x02\x03\x04")
    with tf.Session() as session:
        session.run([a.assign(5.0), b.assign(6.0)])
        with pytest.raises(tf.errors.DataLossError, match=r"m\.data-00000-of-00001: b: Checksum does not match"):
            tf.train.Saver().restore(session, path)
        assert session.run([a, b]) == [5.0, 6.0]


def test_saving_without_a_graph(tmp_path):
    with mode.opened(None):
        a, b = hornbeam.Variable([1.0, 2.0], name="a"), hornbeam.Variable(3, name="b")
        with pytest.raises(RuntimeError, match="`var_list` must specify"):
            tf.train.Saver()
        saver = tf.train.Saver([a, b])
        path = saver.save(None, str(tmp_path / "m"), global_step=hornbeam.Variable(4))
        assert path == str(tmp_path / "m-4")
        a.assign([0.0, 0.0])
        saver.restore(None, path)
        assert a.numpy().tolist() == [1.0, 2.0]


def test_a_programs_own_object_is_saved_and_restored(tmp_path: Path) -> None:
    class Doubled(SaveableObject):
        def __init__(self, variable: Any) -> None:
            super().__init__(variable, [SaveSpec(variable * 2.0, "", "doubled")], "doubled")

        def restore(self, restored_tensors: Any, restored_shapes: Any) -> Any:
            return self.op.assign(restored_tensors[0])

    with tf.Graph().as_default(), tf.Session() as sess:
        v = tf.Variable(10.0)
        saver = tf.train.Saver([Doubled(v)])
        sess.run(v.initializer)
        saver.restore(sess, saver.save(sess, str(tmp_path / "m")))
        assert sess.run(v) == 20


def test_variables_of_keras_layers_are_saved_and_counted(tmp_path):
    layer = hornbeam.keras.layers.Dense(2)
    layer(tf.placeholder(tf.float32, [None, 3]))
    assert sum(v.shape.num_elements() for v in tf.trainable_variables()) == 8
    assert [v.get_shape().as_list() for v in tf.trainable_variables()] == [[3, 2], [2]]
    saver = tf.train.Saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        kernel = session.run(layer.kernel)
        path = saver.save(session, str(tmp_path / "m"))
        session.run(layer.kernel.assign(0 * kernel))
        saver.restore(session, path)
        assert np.array_equal(session.run(layer.kernel), kernel)
