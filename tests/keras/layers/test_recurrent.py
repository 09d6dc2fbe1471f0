"""`LSTM` and `GRU` as one op give what their cells give step by step."""

from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras.layers.rnn.recurrent import GRU, LSTM

CASES: list[dict[str, Any]] = [
    {"return_sequences": True, "return_state": True}, {"go_backwards": True, "return_sequences": True},
    {"use_bias": False, "stateful": True}, {"dropout": 0.5, "seed": 3}]
OF_GRU: list[dict[str, Any]] = [{"reset_after": False, "bias_initializer": "random_normal", "return_state": True},
                                {"bias_initializer": "random_normal", "return_sequences": True}]
RUNS = [(LSTM, case) for case in CASES] + [(GRU, case) for case in OF_GRU + CASES[2:]]


def rows(*shape: int) -> Any:
    return np.random.default_rng(len(shape)).normal(size=shape).astype(np.float32)


def results(kind: Any, case: dict[str, Any], start: bool) -> list[Any]:
    """What a layer gives twice, and the gradients of its weights."""
    keras.utils.set_random_seed(5)
    layer = kind(3, **case)
    state = [tf.constant(rows(2, 3)), tf.constant(-rows(2, 3))][:1 if kind is GRU else 2] if start else None
    found = []
    for _ in range(2):
        with tf.GradientTape() as tape:
            outputs = layer(rows(2, 4, 5), initial_state=state, training=True)
            loss = sum(tf.reduce_sum(o * o) for o in (outputs if isinstance(outputs, tuple) else [outputs]))
        found += [*(outputs if isinstance(outputs, tuple) else [outputs]),
                  *tape.gradient(loss, layer.trainable_variables)]
    return [np.asarray(x) for x in found]


@pytest.mark.parametrize("start", [False, True])
@pytest.mark.parametrize(("kind", "case"), RUNS, ids=lambda c: " ".join(c) if isinstance(c, dict) else c.__name__)
def test_one_op_gives_what_steps_give(kind, case, start, monkeypatch):
    as_one = results(kind, case, start)
    monkeypatch.setattr(kind, "_is_usual", lambda self, training: False)
    for one, other in zip(as_one, results(kind, case, start), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def ops_of(layer: Any, **given: Any) -> set[str]:
    function = tf.function(lambda x: layer(x, **given)).get_concrete_function(tf.TensorSpec([None, None, 2]))
    return {op.type for op in function.graph.get_operations()}


def test_what_is_one_op():
    assert "BlockLSTMV2" in ops_of(LSTM(3))
    assert "BlockLSTMV2" in ops_of(LSTM(3, recurrent_dropout=0.5))
    assert "BlockGRU" in ops_of(GRU(3))
    assert "BlockGRU" not in ops_of(GRU(3, recurrent_activation="hard_sigmoid"))
    for layer, given in ((LSTM(3, activation="relu"), {}), (LSTM(3, dtype="mixed_bfloat16"), {}),
                         (LSTM(3, recurrent_dropout=0.5), {"training": True}),
                         (LSTM(3), {"mask": tf.constant([[True]])})):
        assert "BlockLSTMV2" not in ops_of(layer, **given)
