"""The networks of `training_tasks.py` for Keras: Hornbeam's, and Keras on its backends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from keras_workloads import epochs_of, keras_of
from training_tasks import (
    CLASSES,
    DEPTH,
    DROPOUT,
    EPSILON,
    HEADS,
    SEQUENCE,
    UNITS,
    VOCABULARY,
    WIDTH,
    Block,
    Task,
    Weights,
    basic_blocks,
    narrow_blocks,
)


class Fitted:
    """A model whose losses and times are those of `fit`, or of `predict` where the task has no optimizer."""

    def __init__(self, keras: Any, name: str, task: Task, weights: Weights) -> None:
        self.keras, self.task, self.batch = keras, task, task.shape[0]
        if task.half:
            keras.config.set_dtype_policy("mixed_bfloat16")
        self.model = MODELS[task.half or name](keras)
        for layer, arrays in weights.items():
            self.model.get_layer(layer).set_weights(arrays)
        if task.optimizer is not None:
            self.model.compile(optimizer_of(keras, *task.optimizer[:2]),
                               keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    def losses(self, x: np.ndarray, y: np.ndarray) -> float:
        """The mean loss of batches [n, batch, …], one step each."""
        x, y = x.reshape(-1, *x.shape[2:]), y.reshape(-1)
        if self.task.optimizer is None:
            logits = self.model.predict(x, batch_size=self.batch, verbose=0)
            return cross_entropy(logits, y)
        return self.model.fit(x, y, batch_size=self.batch, shuffle=False, verbose=0).history["loss"][0]

    def times(self, x: np.ndarray, y: np.ndarray, epochs: int) -> dict[str, float]:
        """µs of a step."""
        x, y = x.reshape(-1, *x.shape[2:]), y.reshape(-1)
        if self.task.optimizer is None:
            from training_steps import clock

            return clock(lambda: self.model.predict(x, batch_size=self.batch, verbose=0), len(x) // self.batch, epochs)
        found = epochs_of(self.keras, self.model, x, y, self.batch, epochs, shuffle=False)
        return {"step": found["step"], "cpu": found["cpu"], "last loss": found["loss"]}


def cross_entropy(logits: np.ndarray, y: np.ndarray) -> float:
    """The mean over samples, from logits [samples, classes]."""
    shifted = np.asarray(logits, np.float64) - np.max(logits, axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]))


def optimizer_of(keras: Any, name: str, rate: float) -> Any:
    """By the name in the task."""
    optimizers = keras.optimizers
    if name == "momentum":
        return optimizers.SGD(rate, momentum=0.9)
    return {"sgd": optimizers.SGD, "rmsprop": optimizers.RMSprop, "adam": optimizers.Adam}[name](rate)


def softmax(keras: Any) -> Any:
    return keras.Sequential([keras.layers.Input((784,)), keras.layers.Dense(CLASSES, name="out")])


def mlp(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([
        layers.Input((784,)), layers.Dense(512, activation="relu", name="hidden1"), layers.Dropout(DROPOUT),
        layers.Dense(512, activation="relu", name="hidden2"), layers.Dropout(DROPOUT),
        layers.Dense(CLASSES, name="out")])


def cnn(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu", name="conv1"),
        layers.Conv2D(64, 3, activation="relu", name="conv2"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(128, activation="relu", name="hidden"), layers.Dense(CLASSES, name="out")])


def lstm(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([
        layers.Input((100, 64)), layers.LSTM(UNITS, return_sequences=True, name="lstm1"),
        layers.LSTM(UNITS, name="lstm2"), layers.Dense(CLASSES, name="out")])


def transformer(keras: Any) -> Any:
    layers = keras.layers

    def norm(name: str) -> Any:
        return layers.LayerNormalization(epsilon=EPSILON, name=name)

    tokens = layers.Input((SEQUENCE,), dtype="int32")
    x = layers.Embedding(VOCABULARY, WIDTH, name="embedding")(tokens)
    for n in range(DEPTH):
        inputs = norm(f"norm{n}a")(x)
        x = layers.add([x, layers.MultiHeadAttention(HEADS, WIDTH // HEADS, name=f"attention{n}")(inputs, inputs)])
        hidden = layers.Dense(4 * WIDTH, activation="gelu", name=f"up{n}")(norm(f"norm{n}b")(x))
        x = layers.add([x, layers.Dense(WIDTH, name=f"down{n}")(hidden)])
    pooled = layers.GlobalAveragePooling1D()(norm("norm")(x))
    return keras.Model(tokens, layers.Dense(CLASSES, name="out")(pooled))


def convolved(keras: Any, x: Any, name: str, size: int, filters: int, stride: int, relu: bool = True) -> Any:
    """Convolution and batch normalisation. With a stride the edges are padded alike, as PyTorch pads them."""
    layers = keras.layers
    padding = "same" if stride == 1 else "valid"
    if stride > 1 and size > 1:
        x = layers.ZeroPadding2D(size // 2)(x)
    x = layers.Conv2D(filters, size, stride, padding, use_bias=False, name=name)(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=EPSILON, name=f"{name}_norm")(x)
    return layers.ReLU()(x) if relu else x


def residual(keras: Any, x: Any, block: Block) -> Any:
    """One block of a ResNet."""
    convolutions, shortcut = block.convolutions(), x
    if block.projects:
        name, size, _, filters, stride = convolutions.pop()
        shortcut = convolved(keras, x, name, size, filters, stride, relu=False)
    last = convolutions[-1][0]
    for name, size, _, filters, stride in convolutions:
        x = convolved(keras, x, name, size, filters, stride, relu=name != last)
    return keras.layers.ReLU()(keras.layers.add([x, shortcut]))


def resnet20(keras: Any) -> Any:
    inputs = keras.layers.Input((32, 32, 3))
    x = convolved(keras, inputs, "stem", 3, 16, 1)
    for block in basic_blocks():
        x = residual(keras, x, block)
    return keras.Model(inputs, keras.layers.Dense(CLASSES, name="out")(keras.layers.GlobalAveragePooling2D()(x)))


def resnet50(keras: Any) -> Any:
    layers = keras.layers
    inputs = layers.Input((224, 224, 3))
    x = convolved(keras, inputs, "stem", 7, 64, 2)
    x = layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(x))
    for block in narrow_blocks():
        x = residual(keras, x, block)
    return keras.Model(inputs, layers.Dense(1000, name="out")(layers.GlobalAveragePooling2D()(x)))


MODELS: dict[str, Callable[[Any], Any]] = {
    f.__name__: f for f in (softmax, mlp, cnn, lstm, transformer, resnet20, resnet50)}


def load(side: str) -> Any:
    """Keras, imported."""
    return keras_of(side)


def learner(keras: Any, name: str, task: Task, weights: Weights) -> Fitted:
    """The model of a task, from these weights."""
    return Fitted(keras, name, task, weights)
