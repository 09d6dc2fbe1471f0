"""Activation functions by name and configuration, and in models. Their values: `tests/keras/random`."""

from __future__ import annotations

import numpy as np
import pytest

from hornbeam import keras
from hornbeam.keras import activations

NAMES = """celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_sigmoid
log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax
squareplus tanh tanh_shrink threshold""".split()


@pytest.mark.parametrize("name", NAMES)
def test_each_is_found_by_name_and_named_again(name: str) -> None:
    found = activations.get(name)
    assert found is getattr(activations, name)
    assert activations.serialize(found) == name
    assert activations.deserialize(name) is found


def test_other_spellings() -> None:
    assert activations.get("swish") is activations.silu
    assert activations.get("hard_swish") is activations.hard_silu
    assert activations.get(None) is activations.linear
    assert activations.get(len) is len
    with pytest.raises(ValueError, match="Could not interpret activation function"):
        activations.get("no such thing")


def test_symbolic_relu_and_mish_are_operations_of_their_own() -> None:
    x = keras.Input((3,))
    y = activations.relu(x, max_value=2.0)
    assert y.shape == (None, 3)
    assert y._keras_history.operation.get_config()["max_value"] == 2.0
    assert activations.mish(x).shape == (None, 3)


def test_linear_gives_its_argument() -> None:
    x = np.ones(3)
    assert activations.linear(x) is x
