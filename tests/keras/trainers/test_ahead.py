"""Callbacks that want every batch see what they would see if each step were a call of its own."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras.trainers import loops

STEPS = 40
rng = np.random.default_rng(0)
X = rng.normal(size=(STEPS * 8 + 3, 4)).astype("f4")
Y = rng.integers(0, 3, STEPS * 8 + 3)


def small(dropout: float = 0.0):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, "relu"), keras.layers.Dropout(dropout),
                              keras.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


class Sees(keras.callbacks.Callback):
    """Keeps what it hears, and what `look` finds at the batches that `at` says."""

    def __init__(self, at=lambda batch: True, look=lambda model: None, begin=False):
        super().__init__()
        self.at, self.look, self.begin = at, look, begin
        self.heard: list = []

    def _hear(self, when, batch, logs):
        self.heard.append((when, batch, dict(logs or {}), self.look(self.model) if self.at(batch) else None))

    def on_train_batch_begin(self, batch, logs=None):
        if self.begin:
            self._hear("begin", batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        self._hear("end", batch, logs)


def weights(model):
    return [w.copy() for w in model.get_weights()]


def trained(callbacks, monkeypatch=None, epochs=3, dropout=0.0, **options):
    """The model after `fit`; with a monkeypatch, one call a step."""
    if monkeypatch is not None:
        monkeypatch.setattr(loops.Pass, "_fits_device", lambda self: False)
    model = small(dropout)
    history = model.fit(X, Y, batch_size=8, epochs=epochs, verbose=0, callbacks=callbacks, **options)
    if monkeypatch is not None:
        monkeypatch.undo()
    return model, history.history


def assert_same(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one[:2] == other[:2]
        assert one[2] == pytest.approx(other[2], rel=1e-5)
        if other[3] is not None:
            for a, b in zip(one[3], other[3], strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("begin", [False, True])
@pytest.mark.parametrize("at", [lambda batch: False, lambda batch: True, lambda batch: batch % 7 == 3],
                         ids=["never", "always", "now and then"])
def test_callbacks_hear_and_see_the_same(at, begin, monkeypatch):
    ours, plain = Sees(at, weights, begin), Sees(at, weights, begin)
    model, history = trained([ours], dropout=0.4)
    other, expected = trained([plain], monkeypatch, dropout=0.4)
    assert_same(ours.heard, plain.heard)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    assert history["loss"] == pytest.approx(expected["loss"], rel=1e-5)
    assert int(model.optimizer.iterations) == 3 * (STEPS + 1)


def test_calls_run_many_steps():
    calls = []

    class Counts(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            assert type(logs["loss"]) is float
            calls.append(batch)

    model = small()
    function = []
    original = model._all_programs().recorded
    model._all_programs().recorded = lambda *a: function.append(original(*a)) or function[-1]  # type: ignore[method-assign]
    model.fit(X, Y, batch_size=8, epochs=2, verbose=0, callbacks=[Counts()])
    assert calls == [*range(STEPS + 1)] * 2
    assert function


@pytest.mark.parametrize("begin", [False, True])
def test_a_learning_rate_set_at_each_batch_counts_from_there_on(begin, monkeypatch):
    def slower(model):
        model.optimizer.learning_rate = 0.1 / (1 + int(model.optimizer.iterations))

    model, _ = trained([Sees(look=slower, begin=begin)])
    other, _ = trained([Sees(look=slower, begin=begin)], monkeypatch)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_weights_written_in_the_middle_count_from_there_on(monkeypatch):
    def emptied(model):
        model.layers[0].kernel.assign(tf.zeros((4, 5)))

    def at(batch):
        return batch == 30

    model, _ = trained([Sees(at, emptied)])
    other, _ = trained([Sees(at, emptied)], monkeypatch)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_training_stops_at_the_batch_that_says_so():
    class Stops(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 29:
                self.model.stop_training = True

    model, _ = trained([Stops()])
    assert int(model.optimizer.iterations) == 30


def test_an_error_of_a_callback_leaves_the_state_of_its_batch():
    class Fails(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 27:
                raise OSError("no room")

    model = small()
    with pytest.raises(OSError, match="no room"):
        model.fit(X, Y, batch_size=8, verbose=0, callbacks=[Fails()])
    assert int(model.optimizer.iterations) == 28
    assert np.isfinite(model.predict(X, verbose=0)).all()


def test_a_callback_may_evaluate_and_predict(monkeypatch):
    def asked(model):
        return [model.predict(X[:5], verbose=0), np.array(model.evaluate(X[:16], Y[:16], verbose=0))]

    def at(batch):
        return batch % 13 == 5

    ours, plain = Sees(at, asked), Sees(at, asked)
    trained([ours])
    trained([plain], monkeypatch)
    assert_same(ours.heard, plain.heard)


def test_bad_labels_are_told_as_in_one_call_a_step():
    y = Y.copy()
    y[8 * 30 + 1] = 7
    with pytest.raises(tf.errors.InvalidArgumentError, match="outside the valid range"):
        small().fit(X, y, batch_size=8, verbose=0, shuffle=False, callbacks=[Sees()])


def test_evaluate_tells_each_batch(monkeypatch):
    class Tests(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.heard = []

        def on_test_batch_end(self, batch, logs=None):
            self.heard.append((batch, logs["loss"]))

    model = small()
    ours, plain = Tests(), Tests()
    found = model.evaluate(X, Y, batch_size=8, verbose=0, callbacks=[ours])
    monkeypatch.setattr(loops.Pass, "_fits_device", lambda self: False)
    assert found == pytest.approx(model.evaluate(X, Y, batch_size=8, verbose=0, callbacks=[plain]))
    assert [b for b, _ in ours.heard] == [b for b, _ in plain.heard]
    assert [loss for _, loss in ours.heard] == pytest.approx([loss for _, loss in plain.heard])
