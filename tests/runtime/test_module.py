"""`tf.Module`: which variables and modules it finds, in which order, and the names it gives."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import hornbeam as tf


class Dense(tf.Module):
    def __init__(self, rows: int, columns: int, name: str | None = None) -> None:
        super().__init__(name=name)
        self.w = tf.Variable(tf.ones([rows, columns]), name="w")
        self.b = tf.Variable(tf.zeros([columns]), name="b", trainable=False)
        self.inner: Any = None

    @tf.Module.with_name_scope
    def __call__(self, x: Any) -> Any:
        """Multiplies."""
        if self.inner is None:
            self.inner = tf.Variable(1.0, name="inner")
        return x @ self.w + self.b


class Net(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = [Dense(2, 3), Dense(3, 4, name="last")]
        self.more = {"b": (Dense(1, 2),), "a": Dense(1, 1)}
        self.again = self.layers[0]


def names(variables: Any) -> list[str]:
    return [v.name for v in variables]


def test_own_variables_come_in_the_order_of_attributes_then_those_of_modules() -> None:
    net = Net()
    for layer in net.layers:
        layer(tf.ones([1, layer.w.shape[0]]))
    assert names(net.variables) == ["b:0", "dense/inner:0", "w:0", "b:0", "last/inner:0", "w:0", "b:0", "w:0", "b:0",
                                    "w:0"]
    assert names(net.non_trainable_variables) == ["b:0"] * 4
    assert names(net.trainable_variables) == ["dense/inner:0", "w:0", "last/inner:0", "w:0", "w:0", "w:0"]
    assert net.submodules == (net.again, net.layers[1], net.more["a"], net.more["b"][0])


def test_dictionaries_are_walked_by_their_keys_and_sets_are_not() -> None:
    module = tf.Module()
    module.z = tf.Variable(1.0, name="z")
    module.held = {3: tf.Variable(3.0, name="k3"), 1: tf.Variable(1.0, name="k1")}
    module.set = {tf.Module()}
    module.mixed = {"a": tf.Variable(1.0, name="t"), 2: tf.Variable(1.0, name="n")}
    assert names(module.variables) == ["k1:0", "k3:0", "t:0", "n:0", "z:0"]
    assert module.submodules == ()
    paths = module._flatten(predicate=lambda leaf: isinstance(leaf, tf.Variable), with_path=True)
    assert [path for path, _ in paths] == [("held", 1), ("held", 3), ("mixed", "a"), ("mixed", 2), ("z",)]


def test_what_refers_to_itself_ends() -> None:
    module = tf.Module()
    module.me, module.others, module.v = module, [module], tf.Variable(1.0)
    assert len(module.variables) == 1
    assert module.submodules == ()


def test_names_and_scopes() -> None:
    class HTTPLayer2(tf.Module):
        pass

    class Scoped(tf.Module):
        def __init__(self, name: str | None = None) -> None:
            super().__init__(name=name)
            with self.name_scope:
                self.v = tf.Variable(1.0, name="v")
                self.dense = Dense(1, 1)

    assert HTTPLayer2().name == "http_layer2"
    assert tf.Module("Foo").name == "Foo"
    assert Scoped("zed").v.name == "zed/v:0"
    assert Scoped().dense.w.name == "scoped/w:0"
    assert Scoped().dense.name_scope.name == "scoped/dense/"
    assert Dense.__call__.__doc__ == "Multiplies."
    for wrong in ("a b", "1a", "a/b"):
        with pytest.raises(ValueError, match="is not a valid module name"):
            tf.Module(wrong)


def test_a_class_that_forgets_its_base_still_finds_variables() -> None:
    class Bare(tf.Module):
        def __init__(self) -> None:
            self.v = tf.Variable(1.0)

    assert len(Bare().variables) == 1
    with pytest.raises(AttributeError, match="_name"):
        Bare().name  # noqa: B018


def test_in_a_graph_the_scope_is_unique_and_is_entered_again() -> None:
    with tf.Graph().as_default():
        first, second = tf.Module("m"), tf.Module("m")
        assert (first.name_scope.name, second.name_scope.name) == ("m/", "m_1/")
        with second.name_scope:
            assert tf.constant(1, name="c").name == "m_1/c:0"


def test_in_a_function_variables_are_named_by_the_scope() -> None:
    dense = Dense(1, 1)

    @tf.function
    def call(x: Any) -> Any:
        return dense(x)

    assert call(tf.ones([1, 1])).numpy() == 1
    assert dense.inner.name == "dense/inner:0"


def test_eager_scopes_nest_and_belong_to_their_thread() -> None:
    found = []
    with tf.name_scope("a"):
        with tf.name_scope("b") as scope:
            assert scope == "a/b/"
            assert tf.Variable(1.0, name="v").name == "a/b/v:0"
            assert tf.get_current_name_scope() == "a/b"
        with tf.name_scope("c/"):
            assert tf.Variable(1.0).name == "c/Variable:0"
        thread = threading.Thread(target=lambda: found.append(tf.get_current_name_scope()))
        thread.start()
        thread.join()
    assert found == [""]
    assert tf.get_current_name_scope() == ""


def test_a_class_may_keep_attributes_out_of_its_variables() -> None:
    class Part(tf.Module):
        _TF_MODULE_IGNORED_PROPERTIES = frozenset({"cached", *tf.Module._TF_MODULE_IGNORED_PROPERTIES})

        def __init__(self) -> None:
            super().__init__()
            self.own, self.cached = tf.Variable(1.0), tf.Variable(2.0)

    part = Part()
    assert [v is part.own for v in part.variables] == [True]
