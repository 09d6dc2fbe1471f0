"""Cells that run over frequencies: figures are TensorFlow 1.15.5's."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

rnn = tf.contrib.rnn


def _draws(name: str, shape: Any) -> Any:
    return np.random.RandomState(zlib.crc32(name.encode()) % 2**31).normal(size=shape).astype(np.float32)


GRID = {"feature_size": 2, "frequency_skip": 1}
CASES: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "tf": (lambda: rnn.TimeFreqLSTMCell(2, use_peepholes=True, cell_clip=0.7, num_unit_shards=2, **GRID),
           ["W_0", "W_1", "B", "W_F_diag", "W_I_diag", "W_O_diag"]),
    "gs": (lambda: rnn.GridLSTMCell(2, True, True, num_frequency_blocks=[3], **GRID),
           ["W_f_0_0", "B_f_0"] + [f"W_{gate}_diag_freq{way}_0" for gate in "FIO" for way in "ft"]),
    "gb": (lambda: rnn.GridLSTMCell(2, num_frequency_blocks=[2, 1], start_freqindex_list=[0, 2],
                                    end_freqindex_list=[3, 4], **GRID),
           [f"{name}_{side}_{block}{shard}" for block in (0, 1) for side in "ft"
            for name, shard in (("W", "_0"), ("B", ""))]),
    "bo": (lambda: rnn.BidirectionalGridLSTMCell(2, couple_input_forget_gates=True, num_frequency_blocks=[3],
                                                 backward_slice_offset=1, cell_clip=0.5, **GRID),
           [f"{way}/{name}_{side}_0{shard}" for way in ("fwd", "bwd") for side in "ft"
            for name, shard in (("W", "_0"), ("B", ""))]),
}

_SUMS = {
    "tf": [2.63877, 6.02522],
    "gs": [2.38924, 2.74558, 0.61923, 4.0128, 0.46252, 4.62946, 0.44758],
    "gb": [3.21782, 1.74673, 0.75438, 3.47171, 0.44255, 1.44112, 0.96766],
    "bo": [8.3139, 1.49252, 0.83201, 1.77361, 0.73364, 1.61576, 0.83897, 1.62168, 0.51805, 0.74722, 0.56055, 1.59228,
           0.68436],
}


@pytest.mark.parametrize("name", CASES)
def test_outputs_states_and_names(name: str) -> None:
    make, names = CASES[name]
    with tf.Graph().as_default():
        cell, x = make(), tf.constant(_draws("x", [2, 4]))
        sizes = cell.state_size
        state: Any = tf.constant(_draws("st", [2, 12]))
        if isinstance(sizes, tuple):
            state = type(sizes)(*(tf.constant(_draws(f"s{i}", [2, s])) for i, s in enumerate(sizes)))
        output, after = cell(x, state)
        variables = tf.global_variables()
        assert [v.op.name.partition("/")[2] for v in variables] == names
        with tf.Session() as sess:
            sess.run([v.assign(_draws(v.name, v.shape.as_list())) for v in variables])
            values = sess.run([output, *(after if isinstance(after, tuple) else [after])])
    np.testing.assert_allclose([np.abs(v).sum() for v in values], _SUMS[name], rtol=1e-4)


def test_frequencies_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="Must specify num_frequency_blocks"):
        rnn.GridLSTMCell(2)
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="Invalid num_frequency_blocks, requires 2 but gets 3"):
            rnn.GridLSTMCell(2, num_frequency_blocks=[2], **GRID)(tf.zeros([1, 4]), None)
        with pytest.raises(ValueError, match="Length of num_frequency_blocks is not 1, but instead is 2"):
            rnn.GridLSTMCell(2, num_frequency_blocks=[2, 1], **GRID)(tf.zeros([1, 4]), None)
