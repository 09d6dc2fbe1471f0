"""Checkpoint: keys and graph of objects as in TensorFlow 2.21, restoring what comes later, what is refused."""

from __future__ import annotations

import copy
import os
import pickle

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import v1
from hornbeam.graph import mode
from hornbeam.train.checkpoints.object_graph import ObjectGraph
from hornbeam.train.checkpoints.trackables import children

Checkpoint = tf.train.Checkpoint


class Parts(tf.Module):
    """Everything that a module may hold."""

    def __init__(self):
        super().__init__(name="m")
        self.w = tf.Variable([1.0], name="w")
        self.l = [tf.Variable(1.0, name="x"), 2, tf.Module(name="q")]
        self.d = {"b": tf.Variable(2.0), "a": 3, "k/z": tf.Variable(5.0)}
        self.t = (tf.Variable(3.0), 1)
        self.n, self.s, self.e = [1, 2], "x", None
        self.z = tf.Variable(0.0, name="y.z")
        self._hidden = tf.Variable(7.0)
        self.nest = {"u": [tf.Variable(1)]}
        self.rng = tf.random.Generator.from_seed(1)
        self.again = self.w


def keys(path: str) -> list[str]:
    return [name.replace("/.ATTRIBUTES/VARIABLE_VALUE", "") for name, _ in tf.train.list_variables(path)]


def test_keys_are_tensorflows(tmp_path):
    path = Checkpoint(m=Parts(), step=tf.Variable(1, dtype=tf.int64)).write(str(tmp_path / "m"))
    assert keys(path) == [  # recorded from TensorFlow 2.21
        "_CHECKPOINTABLE_OBJECT_GRAPH", "m/_hidden", "m/d/b", "m/d/k.Sz", "m/l/0", "m/nest/u/0", "m/rng/_state_var",
        "m/t/0", "m/w", "m/z", "step"]
    assert os.listdir(tmp_path) == ["m.index", "m.data-00000-of-00001"] or len(os.listdir(tmp_path)) == 2


def test_the_graph_is_tensorflows():
    module = Parts()
    graph = ObjectGraph(module, {"extra": tf.Variable(1), "root": module}).to_proto()
    children_of = [{c.local_name: c.node_id for c in n.children} for n in graph.nodes]
    assert children_of[0] == {"w": 1, "l": 2, "d": 3, "t": 4, "n": 5, "z": 6, "_hidden": 7, "nest": 8, "rng": 9,
                              "again": 1, "extra": 10, "root": 0}
    assert children_of[2] == {"0": 11, "2": 12}
    assert [n.has_checkpoint_values.value for n in graph.nodes[:6]] == [True, True, True, True, True, False]
    (attribute,) = graph.nodes[6].attributes
    assert (attribute.name, attribute.full_name, attribute.checkpoint_key) == (
        "VARIABLE_VALUE", "y.z", "z/.ATTRIBUTES/VARIABLE_VALUE")


def test_everything_comes_back(tmp_path):
    module = Parts()
    path = Checkpoint(module, extra=[tf.Variable(["a", "b"])]).save(str(tmp_path / "c"))
    assert path == str(tmp_path / "c-1")
    assert tf.train.latest_checkpoint(str(tmp_path)) == path
    other, texts = Parts(), tf.Variable(["", ""])
    for variable in other.variables:
        variable.assign(tf.zeros_like(variable))
    other.rng.uniform([3])
    status = Checkpoint(other, extra=[texts]).restore(path)
    status.assert_consumed().assert_existing_objects_matched().assert_nontrivial_match()
    for a, b in zip(module.variables, other.variables, strict=True):
        assert np.array_equal(a.numpy(), b.numpy())
    assert texts.numpy().tolist() == [b"a", b"b"]
    assert np.array_equal(module.rng.uniform([3]), other.rng.uniform([3]))


def test_saves_are_counted_and_the_count_is_restored(tmp_path):
    step = tf.Variable(3)
    checkpoint = Checkpoint(step=step)
    assert [checkpoint.save(str(tmp_path / "c")) for _ in range(2)] == [str(tmp_path / "c-1"), str(tmp_path / "c-2")]
    again = Checkpoint(step=step)
    again.restore(str(tmp_path / "c-2"))
    assert again.save_counter.numpy() == 2
    assert again.save(str(tmp_path / "c")).endswith("c-3")
    assert (tmp_path / "checkpoint").read_text() == (
        'model_checkpoint_path: "c-3"\nall_model_checkpoint_paths: "c-3"\n')


def test_objects_that_come_later_get_their_values(tmp_path):
    saved = tf.Module()
    saved.a, saved.inner = tf.Variable(3.0), tf.Module()
    saved.inner.b, saved.held = tf.Variable([4.0, 5.0]), {"c": tf.Variable(6.0)}
    path = Checkpoint(m=saved).save(str(tmp_path / "c"))
    module = tf.Module()
    status = Checkpoint(m=module).restore(path)
    status.assert_existing_objects_matched()
    with pytest.raises(AssertionError, match=r"Unresolved object in checkpoint \(root\).m.a: attributes"):
        status.assert_consumed()
    module.a = tf.Variable(0.0)
    assert module.a.numpy() == 3.0
    inner = tf.Module()
    module.inner = inner
    assert "_deferred_restorations" in vars(copy.deepcopy(inner)) | vars(inner)
    inner.b = tf.Variable([0.0, 0.0])
    assert inner.b.numpy().tolist() == [4.0, 5.0]
    module.held = {"c": tf.Variable(0.0)}
    assert module.held["c"].numpy() == 6.0
    status.assert_consumed()
    assert "_deferred_restorations" not in vars(module)


def test_a_module_that_waits_can_be_pickled(tmp_path):
    path = Checkpoint(a=tf.Variable(1.0)).save(str(tmp_path / "c"))
    module = tf.Module(name="left")
    Checkpoint(module).restore(path)
    assert pickle.loads(pickle.dumps(module)).name == "left"


def test_a_later_restoration_goes_first(tmp_path):
    first = Checkpoint(a=tf.Variable(1.0)).save(str(tmp_path / "c"))
    second = Checkpoint(a=tf.Variable(2.0)).save(str(tmp_path / "d"))
    module = tf.Module()
    Checkpoint(module).restore(first)
    Checkpoint(module).restore(second)
    module.a = tf.Variable(0.0)
    assert module.a.numpy() == 2.0


def test_variables_made_while_a_function_is_traced(tmp_path):
    saved = tf.Module()
    saved.w = tf.Variable([[1.0, 2.0]])
    path = Checkpoint(saved).save(str(tmp_path / "c"))
    module = tf.Module()
    Checkpoint(module).restore(path)

    @tf.function
    def call(x):
        if not hasattr(module, "w"):
            module.w = tf.Variable(tf.zeros([1, 2]))
        return x @ module.w

    assert call(tf.constant([[2.0]])).numpy().tolist() == [[2.0, 4.0]]


def test_slots_of_optimizers(tmp_path):
    def trained(steps: int):
        w = tf.Variable([1.0, 2.0], name="w")
        optimizer = v1.train.AdamOptimizer(0.1)
        return w, optimizer, lambda: [optimizer.apply_gradients([(2 * w, w)]) for _ in range(steps)]

    w, optimizer, train = trained(3)
    train()
    path = Checkpoint(w=w, o=optimizer).write(str(tmp_path / "m"))
    assert keys(path) == ["_CHECKPOINTABLE_OBJECT_GRAPH", "o/beta1_power", "o/beta2_power", "w",
                          "w/.OPTIMIZER_SLOT/o/m", "w/.OPTIMIZER_SLOT/o/v"]  # recorded from TensorFlow 2.21
    w2, optimizer2, train2 = trained(3)
    status = Checkpoint(w=w2, o=optimizer2).read(path)
    train()
    train2()
    status.assert_consumed()
    assert np.array_equal(w.numpy(), w2.numpy())
    assert np.array_equal(optimizer.get_slot(w, "m").numpy(), optimizer2.get_slot(w2, "m").numpy())
    w3, optimizer3, _ = trained(1)
    options = tf.train.CheckpointOptions(experimental_skip_slot_variables=True)
    Checkpoint(w=w3, o=optimizer3).read(path, options).assert_existing_objects_matched()


class Counted(tf.train.experimental.PythonState):
    """State that Python keeps."""

    def __init__(self, number: int) -> None:
        self.number = number

    def serialize(self):
        return str(self.number)

    def deserialize(self, string_value):
        self.number = int(string_value)


class Own:
    """An object that says what is saved of it."""

    def __init__(self, value: float) -> None:
        self.value = np.array([value])

    def _serialize_to_tensors(self):
        return {"a": tf.constant(self.value), "b/c": np.int32(7)}

    def _restore_from_tensors(self, arrays):
        self.value = arrays.get("a", self.value)


def test_state_that_is_no_variable(tmp_path):
    path = Checkpoint(n=Counted(5), o=Own(2.5)).write(str(tmp_path / "m"))
    assert keys(path)[1:] == ["n/.ATTRIBUTES/PYTHON_STATE", "o/.ATTRIBUTES/a", "o/.ATTRIBUTES/b.Sc"]
    number, own = Counted(0), Own(0.0)
    Checkpoint(n=number, o=own).read(path).assert_consumed()
    assert (number.number, own.value.tolist()) == (5, [2.5])


def test_checkpoints_of_names_and_of_objects(tmp_path):
    w = tf.Variable([1.0, 2.0], name="scope/w")
    with mode.opened(None):
        named = v1.train.Saver([w]).save(None, str(tmp_path / "named"))
    w.assign([0.0, 0.0])
    status = Checkpoint(x=w).restore(named)
    assert w.numpy().tolist() == [1.0, 2.0]
    status.assert_consumed()
    with pytest.raises(AssertionError, match="Some objects had attributes which were not restored"):
        Checkpoint(x=tf.Variable(1.0, name="q")).restore(named).assert_existing_objects_matched()
    objects = Checkpoint(x=w).save(str(tmp_path / "objects"))
    with v1.Graph().as_default(), v1.Session() as session:
        other = v1.get_variable("scope/w", [2])
        v1.train.Saver().restore(session, objects)
        assert session.run(other).tolist() == [1.0, 2.0]


def test_words_of_errors(tmp_path):
    path = Checkpoint(a=tf.Variable([1.0, 2.0]), b=tf.Variable(1)).save(str(tmp_path / "c"))
    module = tf.Module()
    module.x = tf.Variable(1)
    for call, kind, words in (
            (lambda: Checkpoint(a=tf.Variable([1.0] * 3)).restore(path), ValueError,
             "Received incompatible tensor with shape (2,) when attempting to restore variable with shape (3,) and "
             "name Variable:0."),
            (lambda: Checkpoint(a=tf.Variable([1, 2])).restore(path), tf.errors.InvalidArgumentError,
             "tensor_name = a/.ATTRIBUTES/VARIABLE_VALUE; expected dtype int32 does not equal original dtype float"),
            (lambda: Checkpoint(a=tf.Variable([1.0, 2.0]), b=tf.Variable(0), c=tf.Variable(0)).restore(
                path).assert_existing_objects_matched(), AssertionError,
             "Found 1 Python objects that were not bound to checkpointed values"),
            (lambda: Checkpoint(c=tf.Variable(0)).read(path).assert_nontrivial_match(), AssertionError,
             "Nothing except the root object matched a checkpointed value."),
            (lambda: Checkpoint(a=module.x).restore(path + "x"), tf.errors.NotFoundError,
             "Error when restoring from checkpoint or SavedModel at "),
            (lambda: Checkpoint(a=module.x).restore(None).assert_consumed(), AssertionError,
             "No checkpoint specified (save_path=None); nothing is being restored."),
            (lambda: Checkpoint(a=3), ValueError, "`Checkpoint` was expecting a to be a trackable object (an object "
             "derived from `Trackable`), got 3."),
            (lambda: Checkpoint(3), ValueError, "`Checkpoint` was expecting root to be a trackable object"),
            (lambda: Checkpoint(module, x=tf.Variable(2)), ValueError,
             "Cannot create a Checkpoint with keyword argument x if root.x already exists."),
            (lambda: Checkpoint(a={1: module.x}).write(str(tmp_path / "n")), ValueError, "Unable to save the object"),
            (lambda: tf.train.CheckpointOptions(experimental_write_callbacks=[1]), TypeError, "holds functions"),
            (lambda: tf.train.experimental.PythonState().serialize(), TypeError, "define `serialize`")):
        with pytest.raises(kind) as caught:
            call()
        assert words in str(caught.value)
    assert Checkpoint(a=module.x).restore(None).initialize_or_restore() is None
    Checkpoint(module, x=module.x)


def test_in_a_graph_values_are_a_sessions(tmp_path):
    with v1.Graph().as_default():
        w = v1.get_variable("w", initializer=[1.0, 2.0])
        optimizer = v1.train.MomentumOptimizer(0.1, 0.9)
        train = optimizer.minimize(v1.reduce_sum(w * w))
        checkpoint = v1.train.Checkpoint(w=w, o=optimizer)
        with v1.Session() as session:
            session.run(v1.global_variables_initializer())
            session.run(train)
            path = checkpoint.save(str(tmp_path / "c"), session)
            before = session.run([w, optimizer.get_slot(w, "momentum")])
        with v1.Session() as session:
            status = checkpoint.restore(path)
            status.assert_consumed().run_restore_ops(session)
            for a, b in zip(before, session.run([w, optimizer.get_slot(w, "momentum")]), strict=True):
                assert np.array_equal(a, b)
            assert checkpoint.save(str(tmp_path / "c"), session).endswith("c-2")
        other = v1.get_variable("other", initializer=3.0)
        both = v1.train.Checkpoint(w=w, other=other)
        with v1.Session() as session:
            both.restore(path).initialize_or_restore(session)
            assert session.run(other) == 3.0
            assert np.array_equal(session.run(w), before[0])
        with pytest.raises(RuntimeError, match="needs a session"):
            both.save(str(tmp_path / "n"))
    again = tf.Variable([0.0, 0.0])
    Checkpoint(w=again).restore(path).assert_existing_objects_matched()
    assert np.array_equal(again.numpy(), before[0])


def test_callbacks_after_writing(tmp_path):
    called = []
    options = tf.train.CheckpointOptions(experimental_write_callbacks=[lambda: called.append(1), called.append])
    path = Checkpoint(a=tf.Variable(1)).save(str(tmp_path / "c"), options)
    assert called == [1, path]


def test_views(tmp_path):
    a = tf.Variable(1.0)
    path = Checkpoint(a=a, b=tf.Variable(1)).save(str(tmp_path / "c"))
    view = tf.train.CheckpointView(path)
    assert view.children(0) == {"a": 1, "b": 2, "save_counter": 3}
    assert view.descendants() == [0, 1, 2, 3]
    other = Checkpoint(a=a)
    assert view.match(other) == {0: other, 1: a}
    new = tf.Variable(2)
    other.c = new
    matched, only_there, only_here = view.diff(other)
    assert (list(matched), only_there) == ([0, 1], [2, 3])
    assert only_here[0] is new
    seen = tf.train.TrackableView(other)
    assert seen.root is other
    assert seen.children(other) == children(other) == {"a": a, "c": new}
    assert len(seen.descendants()) == 3
    with mode.opened(None):
        named = v1.train.Saver([a]).save(None, str(tmp_path / "named"))
    with pytest.raises(tf.errors.NotFoundError, match="does not appear to be object-based"):
        tf.train.CheckpointView(named)


def test_a_damaged_graph_of_objects_is_named(tmp_path):
    from hornbeam.graph.bundle.writer import BundleWriter
    writer = BundleWriter(str(tmp_path / "m"))
    writer.add("_CHECKPOINTABLE_OBJECT_GRAPH", np.array(b"\xff\xff", object))
    writer.finish()
    with pytest.raises(tf.errors.DataLossError, match="m: the graph of objects cannot be parsed"):
        Checkpoint(a=tf.Variable(1)).restore(str(tmp_path / "m"))
