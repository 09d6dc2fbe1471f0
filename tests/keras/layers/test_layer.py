"""Layers: state in attributes, building, calls within calls, configurations, copies."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras

layers = keras.layers


def x(*shape: int) -> np.ndarray:
    return np.ones(shape, "float32")


class Holder(layers.Layer):
    """Keeps what it is given."""

    def __init__(self, **held: Any) -> None:
        super().__init__()
        for name, value in held.items():
            setattr(self, name, value)

    def call(self, inputs: Any) -> Any:
        return inputs


Pair = namedtuple("Pair", "first second")


@pytest.mark.parametrize("wrap", [
    lambda d: d, lambda d: [d], lambda d: (d, 1), lambda d: {"k": d}, lambda d: [[{"k": (d,)}]],
    lambda d: Pair(d, 2), lambda d: OrderedDict(k=d)],
    ids=["plain", "list", "tuple", "dict", "nested", "named", "order"])
def test_layers_are_found_in_attributes(wrap: Any) -> None:
    dense = layers.Dense(2)
    holder = Holder(held=wrap(dense))
    assert holder._layers == [dense]
    dense(x(1, 3))
    assert [w.path for w in holder.weights] == [w.path for w in dense.weights]


def test_lists_and_dictionaries_go_on_tracking() -> None:
    a, b, c, d = (layers.Dense(2) for _ in range(4))
    holder = Holder(items=[a], table={})
    holder.items.append(b)
    holder.items += [c]
    holder.table["d"] = d
    assert holder._layers == [a, b, c, d]
    holder.items.pop()
    del holder.table["d"]
    assert holder._layers == [a, b]
    holder.items[0] = d
    assert holder._layers == [b, d]
    assert isinstance(holder.items, list)


def test_variables_metrics_and_seeds_are_told_apart() -> None:
    holder = Holder(weight=keras.Variable(x(2), name="w"), kept=keras.Variable(x(3), trainable=False),
                    seen=keras.metrics.Mean(name="m"), seed=keras.random.SeedGenerator(3))
    assert [w.shape for w in holder.trainable_weights] == [(2,)]
    assert [w.shape for w in holder.non_trainable_weights] == [(3,)]
    assert len(holder.weights) == 2
    assert len(holder.variables) == 3
    assert [m.name for m in holder.metrics] == ["m"]
    assert len(holder.metrics_variables) == 2
    del holder.weight
    assert [w.shape for w in holder.weights] == [(3,)]


def test_state_is_locked_after_building() -> None:
    class Late(layers.Layer):
        def build(self, shape: Any) -> None:
            self.items = []

        def call(self, inputs: Any) -> Any:
            return inputs

    layer = Late()
    layer(x(1, 1))
    for add in (lambda: setattr(layer, "more", layers.Dense(1)), lambda: layer.items.append(keras.Variable(x(1))),
                lambda: layer.add_weight(shape=(1,))):
        with pytest.raises(ValueError, match="You cannot add new elements of state"):
            add()


def test_a_list_of_layers_is_built_by_the_first_call() -> None:
    class Tower(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.floors = [layers.Dense(3), layers.Dense(2)]

        def call(self, inputs: Any) -> Any:
            for floor in self.floors:
                inputs = floor(inputs)
            return inputs

    keras.utils.clear_session()
    tower = Tower()
    symbolic = tower(keras.Input((5,)))
    assert symbolic.shape == (None, 2)
    assert [w.path for w in tower.weights] == [f"tower/dense{i}/{w}" for i in ("", "_1") for w in ("kernel", "bias")]
    assert tower(x(2, 5)).shape == (2, 2)
    assert tower.compute_output_shape((4, 5)) == (4, 2)


def test_build_gets_the_shapes_that_its_arguments_name() -> None:
    seen = {}

    class Two(layers.Layer):
        def build(self, query_shape: Any, value_shape: Any) -> None:
            seen.update(query=query_shape, value=value_shape)

        def call(self, query: Any, value: Any, mask: Any = None) -> Any:
            return query + value

    layer = Two()
    layer.supports_masking = True
    layer(x(1, 2), value=x(3, 2), mask=tf.constant([True]))
    assert seen == {"query": (1, 2), "value": (3, 2)}
    assert layer.get_build_config() == {"shapes_dict": {"query_shape": (1, 2), "value_shape": (3, 2)}}
    again = Two()
    again.build_from_config(layer.get_build_config())
    assert again.built


def test_nested_inputs_give_nested_shapes() -> None:
    class Sum(layers.Layer):
        def build(self, shapes: Any) -> None:
            self.seen = shapes

        def call(self, inputs: Any) -> Any:
            return inputs["a"] + inputs["b"][0]

    layer = Sum()
    assert layer({"a": x(1, 2), "b": [x(1, 2)]}).numpy().tolist() == [[2, 2]]
    assert layer.seen == {"a": (1, 2), "b": [(1, 2)]}
    with pytest.raises(ValueError, match="you cannot mix tensors and non-tensors"):
        layer(inputs={"a": x(1, 2), "b": ["no"]})


def test_a_subclass_of_a_layer_builds_once_with_its_parent() -> None:
    class More(layers.Dense):
        def build(self, shape: Any) -> None:
            super().build(shape)
            self.extra = self.add_weight(shape=(self.units,), initializer="ones", name="extra")

        def call(self, inputs: Any) -> Any:
            return super().call(inputs) + self.extra

    layer = More(2, kernel_initializer="zeros")
    assert layer(x(1, 3)).numpy().tolist() == [[1, 1]]
    assert [w.name for w in layer.weights] == ["kernel", "bias", "extra"]


def test_training_is_taken_from_the_caller_the_outer_call_or_the_default() -> None:
    class Says(layers.Layer):
        def call(self, inputs: Any, training: Any = None) -> Any:
            self.said = training
            return inputs

    class Defaults(layers.Layer):
        def call(self, inputs: Any, training: bool = True) -> Any:
            self.said = training
            return inputs

    says, defaults, explicit = Says(), Defaults(), Says()

    class Outer(layers.Layer):
        def call(self, inputs: Any) -> Any:
            return says(defaults(explicit(inputs, training=True)))

    outer = Outer()
    outer(x(1))
    assert (explicit.said, defaults.said, says.said) == (True, True, None)
    outer(x(1), training=False)
    assert (explicit.said, defaults.said, says.said) == (True, False, False)


def test_further_arguments_are_passed_down_where_registered() -> None:
    class Inner(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self._register_call_context_args("plus")

        def call(self, inputs: Any, plus: float = 0.0) -> Any:
            return inputs + plus

    outer = Holder(inner=Inner())
    outer.call = lambda inputs: outer.inner(outer.inner(inputs))
    outer._register_call_context_args("plus")
    assert outer(x(1, 1), plus=2.0).numpy().tolist() == [[5.0]]
    assert outer(x(1, 1)).numpy().tolist() == [[1.0]]


def test_variables_are_read_in_the_compute_dtype_inside_the_layer_alone() -> None:
    class Reads(layers.Layer):
        def build(self, shape: Any) -> None:
            self.w = self.add_weight(shape=(1,), initializer="ones")
            self.exact = self.add_weight(shape=(1,), initializer="ones", autocast=False)

        def call(self, inputs: Any) -> Any:
            self.seen = [inputs.dtype.name, self.w.dtype, self.w.value.dtype.name, self.exact.dtype]
            return inputs * self.w

    layer = Reads(dtype="mixed_bfloat16")
    assert layer(x(1)).dtype == "bfloat16"
    assert layer.seen == ["bfloat16", "bfloat16", "bfloat16", "float32"]
    assert (layer.w.dtype, layer.w.value.dtype.name) == ("float32", "float32")
    plain = Holder()
    assert plain(x(1).astype("float64")).dtype == "float32"
    plain.autocast = False
    assert plain(x(1).astype("float64")).dtype == "float64"


def test_stateless_calls_leave_the_variables_as_they_are() -> None:
    class Counts(layers.Layer):
        def build(self, shape: Any) -> None:
            self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)
            self.scale = self.add_weight(shape=(), initializer="ones")

        def call(self, inputs: Any) -> Any:
            self.count.assign_add(1.0)
            return inputs * self.scale * self.count

    layer = Counts()
    layer(x(1))
    out, state = layer.stateless_call([3.0], [5.0], x(1))
    assert out.numpy().tolist() == [18.0]
    assert float(state[0]) == 6.0
    assert (float(layer.count), float(layer.scale)) == (1.0, 1.0)


def test_layers_that_change_state_are_built_symbolically_without_changing_it() -> None:
    class Counts(layers.Layer):
        def build(self, shape: Any) -> None:
            self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, inputs: Any) -> Any:
            self.count.assign_add(1.0)
            return inputs[:, :1] + self.count

    layer = Counts()
    assert layer(keras.Input((3,))).shape == (None, 1)
    assert float(layer.count) == 0.0


def test_losses_are_those_of_the_last_call_and_of_regularizers() -> None:
    class Adds(layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(tf.reduce_sum(inputs))
            return inputs

    model = keras.Sequential([Adds(), layers.Dense(1, kernel_initializer="ones", kernel_regularizer="l2"), Adds()])
    for _ in range(2):
        model(x(2, 2))
    assert [round(float(v), 4) for v in model.losses] == [4.0, 4.0, 0.02]


def test_old_spellings_work_and_say_the_new_ones() -> None:
    class Old(layers.Layer):
        def build(self, shape: Any) -> None:
            with pytest.warns(DeprecationWarning, match="add_weight\\(shape=..., name=name\\)"):
                self.w = self.add_weight("w", shape=[2], initializer="ones")

        def call(self, inputs: Any) -> Any:
            return inputs + self.w

    assert Old()(x(1, 2)).numpy().tolist() == [[2, 2]]
    with pytest.warns(UserWarning, match="Do not pass an `input_shape`"):
        model = keras.Sequential([layers.Dense(2, input_dim=3)])
    assert model.input_shape == (None, 3)
    with pytest.warns(DeprecationWarning, match="batch_shape"):
        model = keras.Sequential([layers.Dense(2, batch_input_shape=(4, 3))])
    assert model.input_shape == (4, 3)
    with pytest.warns(DeprecationWarning, match="set_weights"):
        layer = layers.Dense(2, weights=[np.full((3, 2), 2.0), np.ones(2)])
    assert layer(x(1, 3)).numpy().tolist() == [[7, 7]]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copied", "pickled"])
def test_copies_have_weights_of_their_own(copied: Any) -> None:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2), layers.Dense(1)])
    other = copied(model)
    assert np.array_equal(other(x(2, 3)), model(x(2, 3)))
    other.weights[0].assign(np.zeros((3, 2)))
    assert not np.array_equal(other.weights[0], model.weights[0])


def test_arguments_are_the_configuration_where_the_class_writes_none() -> None:
    class Mine(layers.Layer):
        def __init__(self, units: int, scale: float = 2.0, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units, self.scale = units, scale

        def call(self, inputs: Any) -> Any:
            return inputs * self.scale

    again = Mine.from_config(Mine(3, scale=4.0, name="mine", trainable=False).get_config())
    assert (again.units, again.scale, again.name, again.trainable) == (3, 4.0, "mine", False)


def test_equal_names_start_again_with_a_new_session() -> None:
    keras.utils.clear_session()
    assert [layers.Dense(1).name, layers.Dense(1).name] == ["dense", "dense_1"]
    keras.utils.clear_session()
    assert layers.Dense(1).name == "dense"


def test_an_error_in_a_call_says_the_layer_and_the_arguments_once() -> None:
    class Fails(layers.Layer):
        def call(self, inputs: Any) -> Any:
            raise KeyError("nothing")

    with pytest.raises(KeyError) as caught:
        Holder(inner=Fails()).inner(x(1, 2))
    text = caught.value.args[0]
    assert text.count("Exception encountered when calling") == 1
    assert "Fails.call()" in text
    assert "tf.Tensor(shape=(1, 2), dtype=float32)" in text
    keras.config.disable_traceback_filtering()
    try:
        with pytest.raises(KeyError) as caught:
            Fails()(x(1, 2))
        assert caught.value.args == ("nothing",)
    finally:
        keras.config.enable_traceback_filtering()


def test_masks_reach_the_layers_that_ask_for_them() -> None:
    class Asks(layers.Layer):
        def call(self, inputs: Any, mask: Any = None) -> Any:
            self.got = mask
            return inputs

    asks = Asks()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it does not pass the mask on
        keras.Sequential([layers.Masking(), layers.Dense(2), asks])(np.array([[[1.0], [0.0]]], "float32"))
    assert np.asarray(asks.got).tolist() == [[True, False]]


def test_a_recurrence_of_integers_and_one_of_a_cell_of_ones_own_train() -> None:
    class Cell(keras.layers.Layer):
        state_size = 2

        def build(self, input_shape) -> None:
            self.kernel = self.add_weight(shape=(input_shape[-1], 2))
            self.recurrent = self.add_weight(shape=(2, 2))

        def call(self, x, states):
            h = keras.ops.matmul(x, self.kernel) + keras.ops.matmul(states[0], self.recurrent)
            return h, [h]

    model = keras.Sequential([keras.layers.RNN(Cell())])
    model.compile("sgd", "mse")
    model.fit(np.ones((2, 2, 3), np.float32), np.ones((2, 2), np.float32), verbose=0)
    assert keras.layers.LSTM(2)(np.ones((1, 2, 3), np.int64)).dtype.name == "float32"


@pytest.mark.parametrize("kind", ["Dropout", "AlphaDropout"])
def test_what_is_dropped_may_be_the_same_along_a_dimension(kind: str) -> None:
    layer = getattr(keras.layers, kind)(0.5, noise_shape=(None, 1, None))
    found = np.asarray(layer(np.ones((4, 3, 5), np.float32), training=True))
    assert np.array_equal(found[:, 0], found[:, 2])
    assert len(np.unique(found)) == 2
