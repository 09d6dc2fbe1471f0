"""Models: functional ones in every shape, sequential ones that grow, copies, state trees, summaries, pictures."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras

layers = keras.layers


def x(*shape: int) -> np.ndarray:
    return np.ones(shape, "float32")


def ones(units: int, **kwargs: Any) -> layers.Dense:
    return layers.Dense(units, kernel_initializer="ones", **kwargs)


# Functional ------------------------------------------------------------------------------------------


def test_inputs_and_outputs_keep_their_structure() -> None:
    a, b = keras.Input((2,), name="a"), keras.Input((3,), name="b")
    model = keras.Model({"a": a, "more": [b]}, [ones(1)(a), {"sum": ones(1)(b)}])
    out = model({"a": x(1, 2), "more": [x(1, 3)]})
    assert out[0].numpy().tolist() == [[2]]
    assert out[1]["sum"].numpy().tolist() == [[3]]
    assert [t.name for t in model.inputs] == ["a", "b"]
    assert model.input_shape == [(None, 2), (None, 3)]


def test_inputs_are_found_by_name_or_order() -> None:
    a, b = keras.Input((1,), name="a"), keras.Input((1,), name="b")
    model = keras.Model([a, b], a - 2 * b)
    assert model([x(1, 1), x(1, 1) * 3]).numpy().tolist() == [[-5]]
    assert model({"b": x(1, 1) * 3, "a": x(1, 1)}).numpy().tolist() == [[-5]]
    assert model((x(1, 1), x(1, 1) * 3)).numpy().tolist() == [[-5]]
    with pytest.raises(ValueError, match='Missing data for input "b"'):
        model({"a": x(1, 1), "c": x(1, 1)})


def test_inputs_are_cast_and_their_rank_is_adjusted() -> None:
    number = keras.Input((), dtype="int32")
    model = keras.Model(number, number + 1)
    assert model(np.array([1.0, 2.0])).dtype == "int32"
    assert model(np.array([[1], [2]])).numpy().tolist() == [2, 3]
    column = keras.Input((1,))
    assert keras.Model(column, column * 2)(np.array([1, 2])).numpy().tolist() == [[2], [4]]


def test_optional_inputs_may_be_none() -> None:
    class Sums(layers.Layer):
        def call(self, a: Any, b: Any = None) -> Any:
            return a if b is None else a + b

    a, b = keras.Input((2,)), keras.Input((2,), optional=True)
    model = keras.Model([a, b], Sums()(a, b))
    assert model([x(1, 2), x(1, 2)]).numpy().tolist() == [[2, 2]]
    assert model([x(1, 2), None]).numpy().tolist() == [[1, 1]]
    with pytest.raises(ValueError, match="is not optional, but None was passed"):
        model([None, x(1, 2)])


def test_a_layer_that_is_called_twice_shares_its_weights() -> None:
    a, b = keras.Input((3,)), keras.Input((3,))
    shared = layers.Dense(2)
    model = keras.Model([a, b], shared(a) + shared(b))
    assert len(model.weights) == 2
    assert len(shared._inbound_nodes) == 2
    assert shared.get_output_at(1).shape == (None, 2)
    again = keras.Model.from_config(model.get_config())
    assert len(again.weights) == 2
    again.set_weights(model.get_weights())
    values = [np.random.default_rng(i).normal(size=(2, 3)).astype("float32") for i in range(2)]
    assert np.allclose(again(values), model(values), atol=1e-6)


def test_a_model_can_begin_and_end_in_the_middle_of_another() -> None:
    start = keras.Input((4,))
    middle = layers.Dense(3, activation="tanh")(start)
    end = layers.Dense(2)(middle)
    whole, front, back = keras.Model(start, end), keras.Model(start, middle), keras.Model(middle, end)
    assert back.input_shape == (None, 3)
    assert np.allclose(back(front(x(2, 4))), whole(x(2, 4)), atol=1e-6)
    assert back.layers[-1] is whole.layers[-1]
    features = keras.Model(whole.inputs, [layer.output for layer in whole.layers])
    assert [tuple(f.shape) for f in features(x(2, 4))] == [(2, 4), (2, 3), (2, 2)]


def test_models_are_layers_of_models() -> None:
    inner = keras.Sequential([keras.Input((3,)), ones(2)])
    start = keras.Input((3,))
    outer = keras.Model(start, ones(1)(inner(start) + inner(start * 2)))
    assert outer(x(1, 3)).numpy().tolist() == [[18]]
    assert len(outer.weights) == 4
    inner.trainable = False
    assert len(outer.trainable_weights) == 2


def test_a_subclass_may_hand_inputs_and_outputs_on() -> None:
    class Named(keras.Model):
        def __init__(self) -> None:
            start = keras.Input((2,))
            super().__init__(inputs=start, outputs=ones(1)(start), name="named")
            self.extra = 3

    model = Named()
    assert model(x(1, 2)).numpy().tolist() == [[2]]
    assert [layer.name for layer in model.layers][1:] == [model.layers[1].name]
    assert (model.name, model.extra) == ("named", 3)


def test_constants_variables_and_losses_may_be_part_of_a_model() -> None:
    start = keras.Input((2,))
    scale = keras.Variable(3.0)
    model = keras.Model(start, start * scale + tf.constant([1.0, 2.0]))
    assert model(x(1, 2)).numpy().tolist() == [[4, 5]]
    scale.assign(0.0)
    assert model(x(1, 2)).numpy().tolist() == [[1, 2]]
    model.add_loss(tf.reduce_mean(tf.square(start)))
    model(2 * x(1, 2))
    assert [float(v) for v in model.losses] == [4.0]


def test_long_rows_need_no_deep_stack() -> None:
    h = start = keras.Input((1,))
    for _ in range(1200):
        h = h + 1.0
    assert keras.Model(start, h)(x(1, 1)).numpy().tolist() == [[1201]]


# Sequential ------------------------------------------------------------------------------------------


def test_a_row_grows_and_shrinks() -> None:
    model = keras.Sequential()
    model.add(keras.Input((3,)))
    model.add(ones(2))
    assert model.output_shape == (None, 2)
    model.add(ones(1))
    assert model(x(1, 3)).numpy().tolist() == [[6]]
    assert model.pop().units == 1
    assert model(x(1, 3)).numpy().tolist() == [[3, 3]]
    assert len(model.weights) == 2


def test_a_row_that_was_not_told_its_input_is_built_by_the_first() -> None:
    model = keras.Sequential([ones(2), ones(1)])
    assert not model.built
    assert model(x(4, 3)).shape == (4, 1)
    assert model.input_shape == (4, 3)
    assert model(x(2, 3)).numpy().tolist() == [[6], [6]]


def test_a_row_may_take_several_inputs() -> None:
    class Joins(layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs["a"] + inputs["b"]

    model = keras.Sequential([Joins(), ones(1)])
    assert model({"a": x(1, 2), "b": x(1, 2)}).numpy().tolist() == [[4]]
    assert model.built


# Copies, state, descriptions ---------------------------------------------------------------------------


def test_clones_have_new_weights_and_may_have_other_layers() -> None:
    start = keras.Input((3,))
    model = keras.Model(start, layers.Dense(1)(ones(2, name="first")(start)))
    clone = keras.models.clone_model(model)
    assert not np.array_equal(clone.get_weights()[2], model.get_weights()[2])
    wider = keras.models.clone_model(
        model, clone_function=lambda layer: ones(5) if layer.name == "first" else type(layer).from_config(
            layer.get_config()))
    assert wider.layers[1].units == 5
    doubled = keras.models.clone_model(model, clone_function=lambda layer: layer,
                                       call_function=lambda layer, *args, **kwargs: layer(*args, **kwargs) * 2.0)
    assert np.allclose(doubled(x(1, 3)), model(x(1, 3)) * 4.0, rtol=1e-5)


def test_the_state_of_a_model_is_a_tree() -> None:
    keras.utils.clear_session()
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="d")], name="m")
    tree = model.get_state_tree(value_format="numpy_array")
    assert tree["trainable_variables"]["m"]["d"]["kernel"].shape == (2, 1)
    tree["trainable_variables"]["m"]["d"]["kernel"] = np.full((2, 1), 5.0)
    model.set_state_tree(tree)
    assert model.get_weights()[0].tolist() == [[5], [5]]
    with pytest.raises(ValueError, match="Unknown variable name"):
        model.set_state_tree({"nope": {}})


SUMMARY = """\
Model: "two"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━
┃ Layer (type)             ┃ Output Shape         ┃      Param # ┃ Connected to
┡━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━
│ a (InputLayer)           │ (None, 3)            │            0 │ -
├──────────────────────────┼──────────────────────┼──────────────┼──────────────
│ b (InputLayer)           │ (None, 3)            │            0 │ -
├──────────────────────────┼──────────────────────┼──────────────┼──────────────
│ d (Dense)                │ (None, 2)            │            8 │ a[0][0], b[0]
├──────────────────────────┼──────────────────────┼──────────────┼──────────────
│ add (Add)                │ (None, 2)            │            0 │ d[0][0], d[1]
└──────────────────────────┴──────────────────────┴──────────────┴──────────────
 Total params: 8 (32.00 B)
 Trainable params: 8 (32.00 B)
 Non-trainable params: 0 (0.00 B)
"""


def two_branches() -> keras.Model:
    keras.utils.clear_session()
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    shared = layers.Dense(2, name="d")
    return keras.Model([a, b], shared(a) + shared(b), name="two")


def test_a_summary_is_a_table() -> None:
    said: list[str] = []
    two_branches().summary(line_length=90, print_fn=said.append)
    assert [line.rstrip() for line in said[0].splitlines()] == SUMMARY.splitlines()
    with pytest.raises(ValueError, match="do not match the layer names"):
        two_branches().summary(layer_range=["q", "d"])


def test_a_model_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "model.svg"
    keras.utils.plot_model(two_branches(), path, show_shapes=True, show_layer_names=True, show_trainable=True)
    root = ElementTree.fromstring(path.read_text())
    texts = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "d (Dense)" in texts
    assert "Output shape: (None, 2)" in texts
    assert "Trainable" in texts
    assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) == 3  # d is drawn once, and so is what it gives
    with pytest.raises(ValueError, match="has not yet been built"):
        keras.utils.plot_model(keras.Sequential([layers.Dense(1)]), path)


def test_inner_models_are_drawn_layer_by_layer(tmp_path: Path) -> None:
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="one"), layers.Dense(2, name="other")])
    start = keras.Input((3,))
    path = tmp_path / "model.svg"
    keras.utils.plot_model(keras.Model(start, layers.Dense(1, name="last")(inner(start))), path, expand_nested=True,
                           show_layer_names=True)
    texts = [t.text for t in ElementTree.fromstring(path.read_text()).iter("{http://www.w3.org/2000/svg}text")]
    assert sorted(texts)[1:] == ["last (Dense)", "one (Dense)", "other (Dense)"]
