"""Floats rounded to few bits, with their gradients: TensorFlow's values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
import hornbeam.v1 as tf1

quant = tf.quantization
X = tf.constant([-10.0, -6.0, -0.1, 0.0, 0.04, 1.3, 5.99, 6.0, 7.0])
GRID = tf.reshape(tf.linspace(-3.0, 3.0, 12), [4, 3])
ENDS = [-1.0, -2.0, -0.5], [1.0, 2.0, 0.5]
INSIDE = [0, 0, 1, 1, 1, 1, 0, 0, 0]

VALUES: dict[str, tuple[Callable[[], Any], list[Any]]] = {
    "args": (lambda: quant.fake_quant_with_min_max_args(X),
             [-6.02353, -5.97647, -0.09412, 0, 0.04706, 1.31765, 5.97647, 5.97647, 5.97647]),
    "four bits": (lambda: quant.fake_quant_with_min_max_args(X, min=-1, max=3, num_bits=4),
                  [-1.06667, -1.06667, 0, 0, 0, 1.33333, 2.93333, 2.93333, 2.93333]),
    "narrow": (lambda: quant.fake_quant_with_min_max_args(X, min=-1, max=3, num_bits=4, narrow_range=True),
               [-1.14286, -1.14286, 0, 0, 0, 1.42857, 2.85714, 2.85714, 2.85714]),
    "above zero": (lambda: quant.fake_quant_with_min_max_args(X, min=1, max=3),
                   [0, 0, 0, 0, 0.03922, 1.30196, 2, 2, 2]),
    "vars": (lambda: quant.fake_quant_with_min_max_vars(X, -1.0, 3.0),
             [-1.00392, -1.00392, -0.09412, 0, 0.04706, 1.30196, 2.99608, 2.99608, 2.99608]),
    "empty": (lambda: quant.fake_quant_with_min_max_vars(X, 0.0, 0.0), [0] * 9),
    "channels": (lambda: quant.fake_quant_with_min_max_vars_per_channel(GRID, *ENDS),
                 [[-0.99608, -1.99216, -0.49804], [-0.99608, -0.81569, -0.27451], [0.27451, 0.81569, 0.50196],
                  [1.00392, 2.00784, 0.50196]]),
    "back": (lambda: quant.quantize_and_dequantize_v2(X, -6.0, 6.0, range_given=True),
             [-6.04724, -6, -0.09449, 0, 0.04724, 1.32283, 6, 6, 6]),
    "its own range": (lambda: quant.quantize_and_dequantize(X, 0.0, 0.0),
                      [-10, -6.01562, -0.07812, 0, 0.07812, 1.32812, 6.01562, 6.01562, 7.03125]),
    "unsigned": (lambda: quant.quantize_and_dequantize_v2(X, -1.0, 3.0, False, 4, True),
                 [0, 0, 0, 0, 0, 1.2, 3, 3, 3]),
    "half up": (lambda: quant.quantize_and_dequantize_v2(X, -1.0, 3.0, range_given=True, num_bits=4,
                                                         round_mode="HALF_UP"),
                [-3.42857, -3.42857, 0, 0, 0, 1.28571, 3, 3, 3]),
    "along an axis": (lambda: quant.quantize_and_dequantize_v2(GRID, 0.0, 0.0, axis=0, num_bits=4),
                      [[-3, -2.625, -1.875], [-1.36364, -0.85227, -0.34091], [0.19481, 0.77922, 1.36364],
                       [1.71429, 2.57143, 3]]),
    "nothing but zeros": (lambda: quant.quantize_and_dequantize_v2(tf.zeros([3]), 0.0, 0.0), [0, 0, 0]),
}


@pytest.mark.parametrize("case", VALUES)
def test_values(case: str) -> None:
    call, expected = VALUES[case]
    np.testing.assert_allclose(call(), expected, atol=2e-5)


def slopes(function: Callable[..., Any], *arguments: Any) -> list[Any]:
    tensors = [tf.convert_to_tensor(x) for x in arguments]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        y = function(*tensors)
    return [None if g is None else g.numpy().tolist() for g in tape.gradient(y, tensors)]


def test_gradients_flow_inside_the_range_and_to_its_ends() -> None:
    assert slopes(lambda x: quant.fake_quant_with_min_max_args(x, min=-1, max=3), X) == [INSIDE]
    assert slopes(quant.fake_quant_with_min_max_vars, X, -1.0, 3.0) == [INSIDE, 2, 3]
    assert slopes(quant.fake_quant_with_min_max_vars, X, 0.0, 0.0) == [[1] * 9, 0, 0]
    of_grid = [[0, 0, 0], [0, 1, 1], [1, 1, 0], [0, 0, 0]]
    assert slopes(quant.fake_quant_with_min_max_vars_per_channel, GRID, *ENDS) == [of_grid, [2, 1, 1], [1, 1, 2]]
    assert slopes(lambda x: quant.quantize_and_dequantize_v2(x, -1.0, 3.0, range_given=True), X) == [INSIDE]
    found = quant.fake_quant_with_min_max_vars_gradient(tf.ones(9), X, -1.0, 3.0)
    assert found.backprops_wrt_input.numpy().tolist() == INSIDE
    assert (found.backprop_wrt_min.numpy(), found.backprop_wrt_max.numpy()) == (2, 3)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: quant.fake_quant_with_min_max_args(X, min=3, max=1), "min has to be smaller than max, was: 3 >= 1"),
    (lambda: quant.fake_quant_with_min_max_args(X, num_bits=1), "num_bits must be between 2 and 16, inclusive"),
    (lambda: quant.fake_quant_with_min_max_vars(GRID, [-1.0, 0.0, 0.0], 1.0), "`min` must be rank 0 but is rank 1"),
    (lambda: quant.fake_quant_with_min_max_vars_per_channel(GRID, [-1.0], [1.0]),
     "min has incorrect size, expected 3 was 1"),
    (lambda: quant.quantize_and_dequantize_v2(X, 3.0, 1.0, range_given=True),
     "Invalid range: input_min 3 > input_max 1"),
    (lambda: quant.quantize_and_dequantize_v2(X, 0.0, 0.0, num_bits=64), "num_bits is out of range: 64"),
    (lambda: quant.quantize_and_dequantize_v2(X, 0.0, 0.0, round_mode="foo"), "'round_mode' of \"foo\" is not in"),
])
def test_what_no_integer_can_hold_is_refused(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        call()


def test_in_a_session_under_the_first_generations_names() -> None:
    with tf1.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf1.float32, [None])
        y = tf1.fake_quant_with_min_max_vars(x, -1.0, 3.0)
        gradient, = tf1.gradients(y, [x])
        assert session.run(gradient, {x: [-2.0, 0.5]}).tolist() == [0, 1]
