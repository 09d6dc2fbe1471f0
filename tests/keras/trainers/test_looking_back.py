"""What a step's checks find is raised one step later at most; Ctrl-C stops every way of training within a second."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest

from hornbeam import keras
from hornbeam.keras import layers
from hornbeam.keras.trainers import loops

X = np.random.RandomState(0).rand(96, 4).astype(np.float32)
Y = np.random.RandomState(1).randint(0, 3, 96)


def model(**compiled):
    made = keras.Sequential([layers.Input((4,)), layers.Dense(3, "softmax")])
    made.compile(**{"optimizer": "sgd", "loss": "sparse_categorical_crossentropy", **compiled})
    return made


class Reads(keras.callbacks.Callback):
    """Notes the number of each batch, and reads its loss if it is told to."""

    def __init__(self, reads):
        super().__init__()
        self.reads, self.seen = reads, []

    def on_train_batch_end(self, batch, logs=None):
        if self.reads:
            assert np.isfinite(logs["loss"])
        self.seen.append(batch)


@pytest.mark.parametrize("on_device", [True, False])
@pytest.mark.parametrize("reads", [True, False])
def test_a_failing_step_changes_nothing_and_is_told(reads, on_device, monkeypatch) -> None:
    labels = Y.copy()
    labels[40] = 7
    one, listener = model(), Reads(reads)
    if not on_device:
        monkeypatch.setattr(loops.Pass, "_fits_device", lambda self: False)
    with pytest.raises(Exception, match="valid range"):
        one.fit(X, labels, batch_size=16, shuffle=False, verbose=0, callbacks=[listener])
    made = 2 if reads or on_device else 3  # whoever does not look at a call a step is told one step later
    assert listener.seen == list(range(made))
    assert int(one.optimizer.iterations) == made
    other = model()
    other.set_weights(one.get_weights())
    other.fit(X, Y, batch_size=16, verbose=0)  # nothing is left over for the next call


def test_the_last_step_is_looked_at_too() -> None:
    labels = Y.copy()
    labels[95] = 7
    with pytest.raises(Exception, match="valid range"):
        model().fit(X, labels, batch_size=16, shuffle=False, verbose=0, callbacks=[Reads(False)])


def endless():
    while True:
        yield X[:16], Y[:16]


@pytest.mark.slow
@pytest.mark.parametrize(("compiled", "fit"), [
    ({}, {"x": X, "y": Y}),
    ({}, {"x": X, "y": Y, "callbacks": [Reads(False)]}),
    ({"steps_per_execution": 3}, {"x": X, "y": Y, "callbacks": [Reads(False)]}),
    ({"steps_per_execution": "auto"}, {"x": X, "y": Y, "callbacks": [Reads(True)]}),
    ({}, {"x": endless(), "steps_per_epoch": 10**6}),
], ids=["device", "every batch", "three steps", "auto", "generator"])
def test_ctrl_c_stops_within_a_second(compiled, fit) -> None:
    one = model(**compiled)
    one.fit(**{**fit, "epochs": 1, **({"steps_per_epoch": 2} if "steps_per_epoch" in fit else {})}, verbose=0)
    pressed = []

    def press():
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.5, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        one.fit(**fit, epochs=10**6, verbose=0)
    assert time.perf_counter() - pressed[0] < 1
    steps = int(one.optimizer.iterations)
    one.fit(X[:16], Y[:16], verbose=0)
    assert int(one.optimizer.iterations) == steps + 1
