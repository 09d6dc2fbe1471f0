"""What `keras_fit.py` measures, one function a row: `python keras_workloads.py SIDE ROW` prints JSON.

All sides run the same lines on real MNIST, from the same weights; only what `keras` is differs. The folder `IMAGES`
holds the digits as two arrays. Every row gives a `loss` besides its times: where the sides differ in it, they did not
do the same work.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from harness import micros

BATCH = 128
CLASSES = 10


def keras_of(side: str) -> Any:
    """The namespace `keras` of one side; the backend of Keras is chosen by the environment."""
    if side.startswith("hornbeam"):
        from hornbeam import keras
    else:
        import keras
    return keras


def digits(count: int) -> tuple[np.ndarray, np.ndarray]:
    """The first `count` training images [count, 784] from 0 to 1, and their classes [count]."""
    folder = Path(os.environ["IMAGES"])
    images, labels = (np.load(folder / f"{name}.npy", mmap_mode="r")[:count] for name in ("images", "labels"))
    return images.astype(np.float32) / 255, labels.astype(np.int32)


def with_the_same_weights(model: Any) -> Any:
    """The model, started from weights that are the same on all sides: uniform by Glorot's bound, biases 0."""
    rng = np.random.default_rng(1)
    weights = []
    for weight in model.get_weights():
        if weight.ndim < 2:
            weights.append(np.zeros_like(weight))
            continue
        field = int(np.prod(weight.shape[:-2]))
        bound = np.sqrt(6 / (field * (weight.shape[-2] + weight.shape[-1])))
        weights.append(rng.uniform(-bound, bound, weight.shape).astype(weight.dtype))
    model.set_weights(weights)
    return model


def classic(keras: Any) -> Any:
    """784-512-512-10 with dropout and RMSprop."""
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((784,)), layers.Dense(512, activation="relu"), layers.Dropout(0.2),
        layers.Dense(512, activation="relu"), layers.Dropout(0.2), layers.Dense(CLASSES, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.RMSprop(), metrics=["accuracy"])
    return with_the_same_weights(model)


def tiny(keras: Any) -> Any:
    """4-8-10 with Adam."""
    layers = keras.layers
    model = keras.Sequential([layers.Input((4,)), layers.Dense(8, activation="relu"),
                              layers.Dense(CLASSES, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return with_the_same_weights(model)


def convolutional(keras: Any) -> Any:
    """Two convolutions, pooling, 128 units, Adam."""
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(), layers.Flatten(), layers.Dense(128, activation="relu"),
        layers.Dense(CLASSES, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return with_the_same_weights(model)


def epochs_of(keras: Any, model: Any, x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int, warm: int = 1,
              callbacks: tuple[Any, ...] = (), shuffle: bool = True) -> dict[str, float]:
    """µs of a step: an epoch's time, from its begin to the next one's, over its steps. The median, without `warm` ones.

    `cpu` is the same in time of all cores together, which other work on the machine disturbs less. The loss is the
    last epoch's.
    """
    begins: list[tuple[float, float]] = []

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            begins.append((time.perf_counter(), time.process_time()))

        def on_train_end(self, logs: Any = None) -> None:
            begins.append((time.perf_counter(), time.process_time()))

    history = model.fit(x, y, batch_size=batch_size, epochs=warm + epochs, verbose=0, callbacks=[Clock(), *callbacks],
                        shuffle=shuffle)
    steps = -(-len(x) // batch_size)
    step, cpu = 1e6 * np.median(np.diff(begins, axis=0)[warm:], axis=0) / steps
    return {"step": float(step), "cpu": float(cpu), "loss": history.history["loss"][-1]}


def mlp(side: str) -> dict[str, float]:
    """The classic network, 100 steps an epoch, the last batch smaller than the others."""
    keras = keras_of(side)
    return epochs_of(keras, classic(keras), *digits(100 * BATCH - 32), BATCH, epochs=4)


def conv(side: str) -> dict[str, float]:
    """The convolution network, 40 steps an epoch."""
    keras = keras_of(side)
    x, y = digits(40 * BATCH)
    return epochs_of(keras, convolutional(keras), x.reshape(-1, 28, 28, 1), y, BATCH, epochs=1)


def few_features() -> tuple[np.ndarray, np.ndarray]:
    """Four features of 16,000 digits: how bright their quarters are, centred and scaled."""
    x, y = digits(16_000)
    quarters = x.reshape(-1, 2, 14, 2, 14).mean(axis=(2, 4)).reshape(-1, 4)
    return ((quarters - quarters.mean(axis=0)) / quarters.std(axis=0)).astype(np.float32), y


def small(side: str) -> dict[str, float]:
    """The tiny network, 500 steps an epoch: alone, with a callback that counts batches, with one that keeps losses."""
    keras = keras_of(side)

    class Counts(keras.callbacks.Callback):
        seen = 0

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.seen += 1

    class Keeps(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.losses: list[float] = []

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.losses.append(logs["loss"])

    x, y = few_features()
    alone = epochs_of(keras, tiny(keras), x, y, 32, epochs=4, warm=2)
    counted = epochs_of(keras, tiny(keras), x, y, 32, epochs=4, warm=2, callbacks=(Counts(),))
    keeps = Keeps()
    kept = epochs_of(keras, tiny(keras), x, y, 32, epochs=4, warm=2, callbacks=(keeps,))
    assert len(keeps.losses) == 6 * 500
    assert all(isinstance(loss, float) for loss in keeps.losses)
    return {"step": alone["step"], "counted": counted["step"], "kept": kept["step"],
            "counted_cpu": counted["cpu"], "kept_cpu": kept["cpu"], "hook": kept["step"] - alone["step"],
            "loss": alone["loss"]}


def predict(side: str) -> dict[str, float]:
    """µs of `predict` on one sample of the classic network; its loss there."""
    keras = keras_of(side)
    model = classic(keras)
    x, y = digits(1)
    took = micros(lambda: model.predict(x, verbose=0), 150, 15)
    return {"call": took, "loss": -float(np.log(model.predict(x, verbose=0)[0, y[0]]))}


def first_step(side: str, make: Callable[[Any], Any] = classic) -> dict[str, float]:
    """s until the first step of `fit` is done: from the start of the process, and from the end of the import."""
    keras = keras_of(side)
    imported = time.time()
    x, y = digits(BATCH) if make is classic else (a[:32] for a in few_features())
    loss = make(keras).fit(x, y, batch_size=len(x), verbose=0).history["loss"][-1]
    done = time.time()
    return {"start": done - float(os.environ["STARTED"]), "imported": done - imported, "loss": loss}


def first_small_step(side: str) -> dict[str, float]:
    """The same of the tiny network."""
    return first_step(side, tiny)


def main() -> None:
    side, row = sys.argv[1:]
    print(json.dumps(globals()[row](side)))


if __name__ == "__main__":
    main()
