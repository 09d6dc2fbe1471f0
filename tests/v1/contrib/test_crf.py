"""Conditional random fields: figures are TensorFlow 1.15.5's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

crf = tf.contrib.crf
SCORES = np.array([[[1.0, 0.5, -1.0], [0.2, 2.0, 0.1], [-0.3, 0.4, 0.9]],
                   [[0.0, 1.5, 0.3], [1.1, -0.2, 0.6], [0.7, 0.7, -0.5]],
                   [[2.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]], np.float32)
TAGS = np.array([[0, 1, 2], [1, 0, 0], [2, 0, 0]], np.int32)
LENGTHS = np.array([3, 2, 0], np.int32)
TRANSITIONS = np.array([[0.5, -0.5, 1.0], [0.2, 0.1, -1.0], [-0.4, 0.8, 0.3]], np.float32)

_WANTED = [[2.4, 2.8, 0.0],
           [5.518111, 3.747259, 0.0],
           [-3.118111, -0.947259, 0.0],
           [3.9, 2.6, 0.0],
           [-1.5, 0.2, 0.0],
           [4.181885, 2.967786, 0.0],
           [[-0.350767, 0.789292, -0.571674], [0.410105, -0.49224, 0.794851], [-0.093461, -0.267032, -0.219075]]]
DECODED = [[0, 0, 2], [1, 0, 0], [0, 0, 0]]
DECODED_SCORES = [3.6, 2.8, 2.0]


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def _run(fetches: Any) -> Any:
    with tf.Session() as sess:
        return sess.run(fetches)


def test_scores_and_likelihood() -> None:
    x, t, n, tr = (tf.constant(v) for v in (SCORES, TAGS, LENGTHS, TRANSITIONS))
    likelihood, given = crf.crf_log_likelihood(x, t, n, tr)
    assert given is tr
    found = _run([crf.crf_sequence_score(x, t, n, tr), crf.crf_log_norm(x, n, tr), likelihood,
                  crf.crf_unary_score(t, n, x), crf.crf_binary_score(t, n, tr),
                  crf.crf_multitag_sequence_score(x, tf.constant(SCORES > 0.3), n, tr),
                  tf.gradients(likelihood, tr)[0]])
    for value, wanted in zip(found, _WANTED, strict=True):
        np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=1e-5)


def test_most_likely_tags() -> None:
    x, n, tr = (tf.constant(v) for v in (SCORES, LENGTHS, TRANSITIONS))
    tags, score = _run(crf.crf_decode(x, tr, n))
    assert (tags.tolist(), tags.dtype) == (DECODED, np.int32)
    np.testing.assert_allclose(score, DECODED_SCORES, rtol=1e-6)
    best, best_score = crf.viterbi_decode(SCORES[0], TRANSITIONS)
    assert [int(tag) for tag in best] == DECODED[0]
    np.testing.assert_allclose(best_score, DECODED_SCORES[0], rtol=1e-6)


def test_sequences_of_one_place() -> None:
    x, t, n, tr = (tf.constant(v) for v in (SCORES[:, :1], TAGS[:, :1], np.array([1, 1, 0]), TRANSITIONS))
    likelihood, _ = crf.crf_log_likelihood(x, t, n, tr)
    tags, score = crf.crf_decode(x, tr, n)
    found = _run([likelihood, tags, score])
    np.testing.assert_allclose(found[0], np.append([s[tag] - np.log(np.exp(s).sum()) for s, tag in zip(
        SCORES[:2, 0], TAGS[:2, 0], strict=True)], 0), rtol=1e-5)
    assert (found[1].tolist(), found[2].tolist()) == ([[0], [1], [0]], [1.0, 1.5, 2.0])


def test_lengths_that_the_graph_does_not_know() -> None:
    x, t = tf.placeholder(tf.float32, [None, None, 3]), tf.placeholder(tf.int32, [None, None])
    likelihood, transitions = crf.crf_log_likelihood(x, t, tf.constant(LENGTHS))
    assert (transitions.name, transitions.shape.as_list()) == ("transitions:0", [3, 3])
    with tf.Session() as sess:
        sess.run(transitions.assign(TRANSITIONS))
        np.testing.assert_allclose(sess.run(likelihood, {x: SCORES, t: TAGS}), _WANTED[2], rtol=1e-5, atol=1e-5)
