"""Connectionist temporal classification against values of TensorFlow 2.21 (tests/golden/ctc.json)."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.ops.ctc_kernels import ctc_loss_op

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "ctc.json").read_text())
LOGITS = (np.random.default_rng(0).normal(size=(7, 3, 5)) * 2).astype(np.float32)
LABELS = np.array([[1, 2, 2], [3, 1, 0], [2, 0, 0]], np.int32)
LENGTHS, TIMES = np.array([3, 2, 1], np.int32), np.array([7, 5, 4], np.int32)
DECODED = np.round(np.random.default_rng(1).normal(size=(20, 2, 6)) * 1.5, 4).astype(np.float32)


def sparse(rows: list[list[int]]) -> Any:
    places = [(b, i) for b, row in enumerate(rows) for i in range(len(row))]
    values = np.array([label for row in rows for label in row], np.int32)
    return hb.SparseTensor(np.array(places, np.int64).reshape(-1, 2), values, [len(rows), 3])


SPARSE = [[1, 2, 2], [3, 1], [2]]


def with_gradient(loss: Any) -> tuple[Any, Any]:
    logits = hb.constant(LOGITS)
    with hb.GradientTape() as tape:
        tape.watch(logits)
        found = loss(logits)
    return found.numpy(), tape.gradient(found, logits).numpy().reshape(-1)


def compare(name: str, loss: Any) -> None:
    found, gradient = with_gradient(loss)
    np.testing.assert_allclose(found, GOLDEN[name][0], rtol=1e-5)
    np.testing.assert_allclose(gradient, GOLDEN[name][1], atol=2e-5)


def test_dense_labels() -> None:
    compare("dense", lambda x: hb.nn.ctc_loss(LABELS, x, LENGTHS, TIMES))
    compare("dense_last", lambda x: hb.nn.ctc_loss(LABELS, x, LENGTHS, TIMES, blank_index=-1))
    compare("dense", lambda x: hb.nn.ctc_loss(LABELS, hb.transpose(x, [1, 0, 2]), LENGTHS, TIMES,
                                              logits_time_major=False, unique=hb.nn.ctc_unique_labels(LABELS)))


@pytest.mark.parametrize(("collapse", "merge"), [*itertools.product((False, True), repeat=2)])
def test_sparse_labels(collapse: bool, merge: bool) -> None:
    name = f"sparse{int(collapse)}{int(merge)}"
    compare(name, lambda x: tf.nn.ctc_loss(sparse(SPARSE), x, TIMES, preprocess_collapse_repeated=collapse,
                                           ctc_merge_repeated=merge))


def test_sparse_labels_with_any_blank() -> None:
    compare("sparse01", lambda x: hb.nn.ctc_loss(sparse(SPARSE), x, None, TIMES, blank_index=-1))
    found = hb.nn.ctc_loss(sparse(SPARSE), LOGITS, None, TIMES, blank_index=0)
    np.testing.assert_allclose(found.numpy(), GOLDEN["dense"][0], rtol=1e-5)
    with pytest.raises(ValueError, match="`blank_index` must be provided"):
        hb.nn.ctc_loss(sparse(SPARSE), LOGITS, None, TIMES)
    raw = hb.raw_ops.CTCLoss(inputs=LOGITS, labels_indices=sparse(SPARSE).indices, labels_values=sparse(SPARSE).values,
                             sequence_length=TIMES)
    np.testing.assert_allclose(raw.loss.numpy(), GOLDEN["sparse01"][0], rtol=1e-5)


def test_the_loss_is_the_sum_over_all_paths() -> None:
    logits = np.random.default_rng(3).normal(size=(4, 1, 3))
    chances = np.exp(logits[:, 0] - np.log(np.exp(logits[:, 0]).sum(1, keepdims=True)))
    total = 0.0
    for path in itertools.product(range(3), repeat=4):
        merged = [label for i, label in enumerate(path) if not i or label != path[i - 1]]
        if [label for label in merged if label] == [2, 2]:
            total += float(np.prod([chances[t, label] for t, label in enumerate(path)]))
    found = hb.nn.ctc_loss(np.array([[2, 2]], np.int32), logits, np.array([2]), np.array([4]))
    np.testing.assert_allclose(found.numpy(), [-np.log(total)], rtol=1e-10)


@pytest.mark.parametrize("merge", [False, True])
def test_the_gradient_is_that_of_differences(merge: bool) -> None:
    x, step = LOGITS.astype(np.float64), 1e-6
    rest = LABELS, LENGTHS, TIMES

    def loss(logits: Any) -> Any:
        return ctc_loss_op(hb.constant(logits), *rest, ctc_merge_repeated=merge).loss.numpy()

    gradient = ctc_loss_op(hb.constant(x), *rest, ctc_merge_repeated=merge).gradient.numpy()
    for at in [(0, 0, 1), (3, 1, 0), (2, 2, 4), (6, 0, 2), (6, 1, 2)]:
        shift = np.zeros_like(x)
        shift[at] = step
        difference = (loss(x + shift) - loss(x - shift))[at[1]] / (2 * step)
        assert gradient[at] == pytest.approx(difference, abs=1e-7)


def test_labels_that_do_not_fit() -> None:
    def loss(rows: list[list[int]], times: list[int], **options: bool) -> Any:
        return tf.nn.ctc_loss(sparse(rows), hb.constant(LOGITS), np.array(times, np.int32), **options)

    error = hb.errors.InvalidArgumentError
    with pytest.raises(error, match=r"Not enough time for target transition sequence \(required: 3, available: 2\)"):
        loss(SPARSE, [2, 2, 2])
    with pytest.raises(error, match="Labels length is zero in batch 2"):
        loss([[1], [2], []], [7, 5, 4])
    with pytest.raises(error, match=r"Saw a non-null label .* following a null label, batch: 0"):
        loss([[1, 4, 1], [2], [3]], [7, 5, 4])
    with pytest.raises(error, match="All labels must be nonnegative integers, batch: 0"):
        loss([[1, -1], [2], [3]], [7, 5, 4])
    with pytest.raises(error, match=r"sequence_length\(0\) <= 7"):
        loss(SPARSE, [8, 5, 4])
    with pytest.raises(TypeError, match="Expected argument `labels` to be a SparseTensor"):
        tf.nn.ctc_loss(LABELS, LOGITS, TIMES)
    ignored = loss(SPARSE, [2, 5, 4], ignore_longer_outputs_than_inputs=True).numpy()
    assert ignored[0] == 0
    assert np.isfinite(ignored).all()
    assert np.isinf(loss([[1, 1], [2], [3]], [2, 2, 2]).numpy()[0])  # the blank between them takes time


def test_there_is_no_second_derivative() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [7, 3, 5])
        loss = tf.nn.ctc_loss_v2(LABELS, x, LENGTHS, TIMES)
        first = tf.gradients(loss, x)[0]
        with pytest.raises(LookupError, match="no way to take the second derivative of ctc_loss"):
            tf.gradients(tf.reduce_sum(first), x)


def test_a_recognizer_is_trained_and_read_out() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, None, 5])
        labels, times = tf.sparse_placeholder(tf.int32), tf.placeholder(tf.int32, [None])
        w = tf.get_variable("w", initializer=np.eye(5, dtype=np.float32))
        y = tf.tensordot(x, w, 1)
        cost = tf.reduce_mean(tf.nn.ctc_loss(labels, y, times))
        step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(cost)
        decoded, _ = tf.nn.ctc_beam_search_decoder(y, times)
        rate = tf.reduce_mean(tf.edit_distance(tf.cast(decoded[0], tf.int32), labels))
        session.run(tf.global_variables_initializer())
        feeds = {x: LOGITS, labels: ([[0, 0], [0, 1], [1, 0], [2, 0]], [1, 2, 3, 3], [3, 2]), times: TIMES}
        costs = [session.run([cost, step], feeds)[0] for _ in range(60)]
        assert costs[-1] < 0.4 * costs[0]
        assert session.run(rate, feeds) < 1
        (binding,) = [b for b in session._bindings.values() if step in b.runner.plan.ops]
        assert [s.on_host for s in binding.runner.plan.stages] == [False, True, False]  # the labels between


# Decoding ------------------------------------------------------------------------------------------


def decoded(name: str, found: Any) -> None:
    paths, chances = found
    wanted, numbers = GOLDEN[name]
    assert [[x.indices.numpy().tolist(), x.values.numpy().tolist(), x.dense_shape.numpy().tolist()]
            for x in paths] == wanted
    np.testing.assert_allclose(chances.numpy(), numbers, rtol=1e-4)


def test_the_best_path() -> None:
    decoded("greedy", hb.nn.ctc_greedy_decoder(DECODED, [20, 13]))
    decoded("greedy0", hb.nn.ctc_greedy_decoder(DECODED, [20, 13], merge_repeated=False, blank_index=0))


def test_beam_search() -> None:
    decoded("beam3", hb.nn.ctc_beam_search_decoder(DECODED, [20, 13], beam_width=3, top_paths=2))
    decoded("beam50", tf.nn.ctc_beam_search_decoder(hb.constant(DECODED), [20, 13], beam_width=50, top_paths=3))
    with pytest.raises(hb.errors.InvalidArgumentError, match="requested more paths than the beam width"):
        hb.nn.ctc_beam_search_decoder(DECODED, [20, 13], beam_width=1, top_paths=2)


def test_a_wide_beam_finds_the_likeliest_labels() -> None:
    logits = np.random.default_rng(5).normal(size=(4, 1, 3))
    paths, chances = hb.nn.ctc_beam_search_decoder(logits, [4], beam_width=100, top_paths=3)
    for path, chance in zip(paths, chances.numpy()[0], strict=True):
        labels = path.values.numpy().astype(np.int32)[None]
        loss = hb.nn.ctc_loss(labels, logits, [labels.shape[1]], [4], blank_index=-1)
        assert -loss.numpy()[0] == pytest.approx(chance)


# Labels --------------------------------------------------------------------------------------------


def test_labels_are_prepared() -> None:
    unique, numbers = hb.nn.ctc_unique_labels([[3, 4, 4, 3], [1, 2, 1, 0]])
    assert unique.numpy().tolist() == [[3, 4, 0, 0], [1, 2, 0, 0]]
    assert numbers.numpy().tolist() == [[0, 1, 1, 0], [0, 1, 0, 2]]
    labels, lengths = hb.nn.collapse_repeated([[3, 3, 4, 4, 0], [1, 2, 2, 2, 1]], [4, 5])
    assert labels.numpy().tolist() == [[3, 4, 0], [1, 2, 1]]
    assert lengths.numpy().tolist() == [2, 3]
