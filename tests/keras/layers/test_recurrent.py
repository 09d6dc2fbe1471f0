"""`LSTM` as one op gives what its cell gives step by step."""

from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras.layers.rnn.recurrent import LSTM

CASES: list[dict[str, Any]] = [
    {"return_sequences": True, "return_state": True}, {"go_backwards": True, "return_sequences": True},
    {"use_bias": False, "stateful": True}, {"dropout": 0.5, "seed": 3}]


def rows(*shape: int) -> Any:
    return np.random.default_rng(len(shape)).normal(size=shape).astype(np.float32)


def results(case: dict[str, Any], start: bool) -> list[Any]:
    """What a layer gives twice, and the gradients of its weights."""
    keras.utils.set_random_seed(5)
    layer = LSTM(3, **case)
    state = [tf.constant(rows(2, 3)), tf.constant(-rows(2, 3))] if start else None
    found = []
    for _ in range(2):
        with tf.GradientTape() as tape:
            outputs = layer(rows(2, 4, 5), initial_state=state, training=True)
            loss = sum(tf.reduce_sum(o * o) for o in (outputs if isinstance(outputs, tuple) else [outputs]))
        found += [*(outputs if isinstance(outputs, tuple) else [outputs]),
                  *tape.gradient(loss, layer.trainable_variables)]
    return [np.asarray(x) for x in found]


@pytest.mark.parametrize("start", [False, True])
@pytest.mark.parametrize("case", CASES, ids=lambda c: " ".join(c))
def test_one_op_gives_what_steps_give(case, start, monkeypatch):
    as_one = results(case, start)
    monkeypatch.setattr(LSTM, "_is_usual", lambda self, training: False)
    for one, other in zip(as_one, results(case, start), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def ops_of(layer: Any, **given: Any) -> set[str]:
    function = tf.function(lambda x: layer(x, **given)).get_concrete_function(tf.TensorSpec([None, None, 2]))
    return {op.type for op in function.graph.get_operations()}


def test_what_is_one_op():
    assert "BlockLSTMV2" in ops_of(LSTM(3))
    assert "BlockLSTMV2" in ops_of(LSTM(3, recurrent_dropout=0.5))
    for layer, given in ((LSTM(3, activation="relu"), {}), (LSTM(3, dtype="mixed_bfloat16"), {}),
                         (LSTM(3, recurrent_dropout=0.5), {"training": True}),
                         (LSTM(3), {"mask": tf.constant([[True]])})):
        assert "BlockLSTMV2" not in ops_of(layer, **given)
