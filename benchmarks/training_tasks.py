"""The networks of `training.py`, whatever they are written with: their data, their weights, what a step costs at least.

Weights are in Keras's layout and by the layers' names: dense kernels [inputs, units], convolutions [height, width,
inputs, filters], gates in the order i f c o, batch normalisation as scale, offset, mean, variance.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import NamedTuple

import numpy as np

CLASSES = 10
DROPOUT = 0.2
EPSILON = 1e-5
"""Of every normalisation."""
HEADS, DEPTH, WIDTH, SEQUENCE, VOCABULARY = 4, 4, 256, 128, 1000
UNITS = 128

Weights = dict[str, list[np.ndarray]]


class Block(NamedTuple):
    """A residual block: its name, what comes in and goes out, its stride; `inner` where it narrows between 1×1s."""

    name: str
    inputs: int
    filters: int
    stride: int
    inner: int | None = None

    @property
    def projects(self) -> bool:
        """Whether the way around the block has a convolution too."""
        return self.stride > 1 or self.inputs != self.filters

    def convolutions(self) -> list[tuple[str, int, int, int, int]]:
        """Name, size, inputs, filters, stride of each convolution of the block, the way around it last."""
        if self.inner is None:
            found = [("conv1", 3, self.inputs, self.filters, self.stride), ("conv2", 3, self.filters, self.filters, 1)]
        else:
            found = [("conv1", 1, self.inputs, self.inner, 1), ("conv2", 3, self.inner, self.inner, self.stride),
                     ("conv3", 1, self.inner, self.filters, 1)]
        if self.projects:
            found.append(("around", 1, self.inputs, self.filters, self.stride))
        return [(f"{self.name}_{name}", size, inputs, filters, stride) for name, size, inputs, filters, stride in found]


def basic_blocks() -> list[Block]:
    """ResNet-20's: three stages of three."""
    blocks, inputs = [], 16
    for stage, filters in enumerate((16, 32, 64)):
        for number in range(3):
            blocks.append(Block(f"block{stage}{number}", inputs, filters, 2 if stage and not number else 1))
            inputs = filters
    return blocks


def narrow_blocks() -> list[Block]:
    """ResNet-50's: stages of 3, 4, 6, 3."""
    blocks, inputs = [], 64
    for stage, (count, inner) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512))):
        for number in range(count):
            blocks.append(Block(f"block{stage}{number}", inputs, 4 * inner, 2 if stage and not number else 1, inner))
            inputs = 4 * inner
    return blocks


# Weights -----------------------------------------------------------------------------------------------


class Drawn:
    """Weights drawn one layer after the other."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(1)
        self.layers: Weights = {}

    def uniform(self, shape: tuple[int, ...], inputs: int, outputs: int) -> np.ndarray:
        """By Glorot's bound."""
        bound = np.sqrt(6 / (inputs + outputs))
        return self.rng.uniform(-bound, bound, shape).astype(np.float32)

    def dense(self, name: str, inputs: int, units: int) -> None:
        """Kernel and offset."""
        self.layers[name] = [self.uniform((inputs, units), inputs, units), np.zeros(units, np.float32)]

    def convolution(self, name: str, size: int, inputs: int, filters: int, bias: bool = True) -> None:
        """Filters for ReLU (He), and an offset."""
        scale = np.sqrt(2 / (size * size * inputs))
        kernel = (scale * self.rng.standard_normal((size, size, inputs, filters))).astype(np.float32)
        self.layers[name] = [kernel, np.zeros(filters, np.float32)] if bias else [kernel]

    def batch_norm(self, name: str, size: int, scale: float = 1.0) -> None:
        """As it begins."""
        ones, zeros = np.ones(size, np.float32), np.zeros(size, np.float32)
        self.layers[name] = [scale * ones, zeros, zeros.copy(), ones.copy()]

    def norm(self, name: str, size: int) -> None:
        """A layer's."""
        self.layers[name] = [np.ones(size, np.float32), np.zeros(size, np.float32)]

    def lstm(self, name: str, inputs: int, units: int) -> None:
        """Kernel, recurrent kernel, offset: 1 for the gate that forgets."""
        bias = np.zeros(4 * units, np.float32)
        bias[units:2 * units] = 1
        self.layers[name] = [self.uniform((inputs, 4 * units), inputs, 4 * units),
                             self.uniform((units, 4 * units), units, 4 * units), bias]

    def attention(self, name: str) -> None:
        """Query, key, value [width, heads, size], then the way out [heads, size, width], each with its offset."""
        size = WIDTH // HEADS
        self.layers[name] = []
        for _ in range(3):
            self.layers[name] += [self.uniform((WIDTH, HEADS, size), WIDTH, WIDTH), np.zeros((HEADS, size), np.float32)]
        self.layers[name] += [self.uniform((HEADS, size, WIDTH), WIDTH, WIDTH), np.zeros(WIDTH, np.float32)]


def softmax_weights() -> Weights:
    draw = Drawn()
    draw.dense("out", 784, CLASSES)
    return draw.layers


def mlp_weights() -> Weights:
    draw = Drawn()
    draw.dense("hidden1", 784, 512)
    draw.dense("hidden2", 512, 512)
    draw.dense("out", 512, CLASSES)
    return draw.layers


def cnn_weights() -> Weights:
    draw = Drawn()
    draw.convolution("conv1", 3, 1, 32)
    draw.convolution("conv2", 3, 32, 64)
    draw.dense("hidden", 12 * 12 * 64, 128)
    draw.dense("out", 128, CLASSES)
    return draw.layers


def lstm_weights() -> Weights:
    draw = Drawn()
    draw.lstm("lstm1", 64, UNITS)
    draw.lstm("lstm2", UNITS, UNITS)
    draw.dense("out", UNITS, CLASSES)
    return draw.layers


def transformer_weights() -> Weights:
    draw = Drawn()
    draw.layers["embedding"] = [draw.uniform((VOCABULARY, WIDTH), 3, 3)]
    for n in range(DEPTH):
        draw.norm(f"norm{n}a", WIDTH)
        draw.attention(f"attention{n}")
        draw.norm(f"norm{n}b", WIDTH)
        draw.dense(f"up{n}", WIDTH, 4 * WIDTH)
        draw.dense(f"down{n}", 4 * WIDTH, WIDTH)
    draw.norm("norm", WIDTH)
    draw.dense("out", WIDTH, CLASSES)
    return draw.layers


def resnet_weights(stem: int, size: int, blocks: list[Block], classes: int) -> Weights:
    """The stem is a convolution of `size`×`size` with `stem` filters. Each block begins close to the identity."""
    draw = Drawn()
    draw.convolution("stem", size, 3, stem, bias=False)
    draw.batch_norm("stem_norm", stem)
    for block in blocks:
        last = len(block.convolutions()) - block.projects - 1
        for number, (name, size, inputs, filters, _) in enumerate(block.convolutions()):
            draw.convolution(name, size, inputs, filters, bias=False)
            draw.batch_norm(f"{name}_norm", filters, 0.2 if number == last else 1.0)
    draw.dense("out", blocks[-1].filters, classes)
    return draw.layers


# What a step costs -------------------------------------------------------------------------------------


class Count:
    """Floating-point operations of the products of a step, and how many numbers layers put out.

    Forward once; backward once for the weights and, but for the first layer, once for the inputs.
    """

    def __init__(self, training: bool = True) -> None:
        self.training = training
        self.flops = 0
        self.outputs = 0

    def product(self, rows: int, inner: int, columns: int, first: bool = False) -> None:
        """A product [rows, inner] × [inner, columns] of inputs and weights, or of inputs alone."""
        passes = (2 if first else 3) if self.training else 1
        self.flops += passes * 2 * rows * inner * columns
        self.outputs += rows * columns


def softmax_count() -> Count:
    count = Count()
    count.product(100, 784, CLASSES, first=True)
    return count


def mlp_count() -> Count:
    count = Count()
    count.product(128, 784, 512, first=True)
    count.product(128, 512, 512)
    count.product(128, 512, CLASSES)
    return count


def cnn_count() -> Count:
    count = Count()
    count.product(128 * 26 * 26, 9, 32, first=True)
    count.product(128 * 24 * 24, 9 * 32, 64)
    count.product(128, 12 * 12 * 64, 128)
    count.product(128, 128, CLASSES)
    return count


def lstm_count() -> Count:
    count = Count()
    for inputs in (64, UNITS):
        count.product(32 * 100, inputs, 4 * UNITS, first=inputs == 64)
        count.product(32 * 100, UNITS, 4 * UNITS)
    count.product(32, UNITS, CLASSES)
    return count


def transformer_count() -> Count:
    count = Count()
    tokens = 16 * SEQUENCE
    for _ in range(DEPTH):
        count.product(tokens, WIDTH, 4 * WIDTH)  # query, key, value, and out
        count.product(tokens * HEADS, WIDTH // HEADS, SEQUENCE)
        count.product(tokens * HEADS, SEQUENCE, WIDTH // HEADS)
        count.product(tokens, WIDTH, 4 * WIDTH)
        count.product(tokens, 4 * WIDTH, WIDTH)
    count.product(16, WIDTH, CLASSES)
    return count


def resnet_count(batch: int, side: int, stem: int, size: int, blocks: list[Block], classes: int,
                 training: bool) -> Count:
    """`side`: the images' where the first block begins; the stem runs at twice that where `size` is 7."""
    count = Count(training)
    count.product(batch * (side * (2 if size == 7 else 1)) ** 2, size * size * 3, stem, first=True)
    for block in blocks:
        after = side // block.stride
        for name, size, inputs, filters, stride in block.convolutions():
            here = side if block.inner and name.endswith("conv1") and stride == 1 else after
            count.product(batch * here * here, size * size * inputs, filters)
        side = after
    count.product(batch, blocks[-1].filters, classes)
    return count


# Tasks -------------------------------------------------------------------------------------------------


class Task(NamedTuple):
    """What one row trains, or, without an optimizer, predicts with.

    shape: of a batch. optimizer: its name, learning rate, and how many arrays it keeps for a weight. steps: in an epoch
    of the clock. checked: batches whose mean loss is compared. close: how far apart losses may be, of the smallest.
    """

    title: str
    shape: tuple[int, ...]
    weights: Callable[[], Weights]
    count: Callable[[], Count]
    optimizer: tuple[str, float, int] | None
    steps: int
    checked: int = 4
    close: float = 0.01
    classes: int = CLASSES
    half: str | None = None
    """Of a row in bfloat16: the task it is compared with."""

    def data(self, batches: int) -> tuple[np.ndarray, np.ndarray]:
        """Inputs [batches, *shape] and classes [batches, batch]; a batch is the same however many there are.

        Words at random, or noise around a pattern for each class.
        """
        patterns = np.random.default_rng(0).random((CLASSES, *self.shape[1:]), np.float32)
        x, y = [], []
        for number in range(batches):
            rng = np.random.default_rng([1, number])
            y.append(rng.integers(0, self.classes, self.shape[0], np.int32))
            if self.shape[1:] == (SEQUENCE,):
                x.append(rng.integers(0, VOCABULARY, self.shape, np.int32))
            else:
                x.append(0.5 * rng.random(self.shape, np.float32) + 0.5 * patterns[y[-1] % CLASSES])
        return np.stack(x), np.stack(y)

    def floor(self) -> tuple[float, float]:
        """Floating-point operations and bytes that a step takes at least.

        Weights are read forward and backward; their gradient is written and read, they and what the optimizer keeps are
        read and written. What layers put out is written once and read forward and backward.
        """
        count = self.count()
        weights = sum(array.size for layer in self.weights().values() for array in layer)
        if self.optimizer is None:
            return count.flops, 4 * (weights + 2 * count.outputs + prod(self.shape))
        kept = self.optimizer[2]
        return count.flops, 4 * ((6 + 2 * kept) * weights + 3 * count.outputs + 2 * prod(self.shape))


def resnet20_weights() -> Weights:
    return resnet_weights(16, 3, basic_blocks(), CLASSES)


def resnet50_weights() -> Weights:
    return resnet_weights(64, 7, narrow_blocks(), 1000)


def resnet20_count() -> Count:
    return resnet_count(128, 32, 16, 3, basic_blocks(), CLASSES, training=True)


def resnet50_count() -> Count:
    return resnet_count(8, 56, 64, 7, narrow_blocks(), 1000, training=False)


FLOAT32 = {
    "softmax": Task("softmax regression, SGD", (100, 784), softmax_weights, softmax_count,
                    ("sgd", 0.1, 0), steps=500),
    "mlp": Task("784-512-512-10, dropout, RMSprop", (128, 784), mlp_weights, mlp_count,
                ("rmsprop", 1e-3, 1), steps=100, checked=40, close=0.15),
    "cnn": Task("conv32-conv64-pool-dense128, Adam", (128, 28, 28, 1), cnn_weights, cnn_count,
                ("adam", 1e-3, 2), steps=20, close=0.02),
    "lstm": Task("two LSTM(128) on (32, 100, 64), Adam", (32, 100, 64), lstm_weights, lstm_count,
                 ("adam", 1e-3, 2), steps=15),
    "transformer": Task("transformer 4×256, (16, 128), Adam", (16, SEQUENCE), transformer_weights,
                        transformer_count, ("adam", 1e-4, 2), steps=5),
    "resnet20": Task("ResNet-20, batch 128, momentum", (128, 32, 32, 3), resnet20_weights,
                     resnet20_count, ("momentum", 0.01, 1), steps=5),
    "resnet50": Task("ResNet-50, inference, batch 8", (8, 224, 224, 3), resnet50_weights, resnet50_count, None,
                     steps=3, checked=2, classes=1000),
}


def tasks() -> dict[str, Task]:
    """By name, those in bfloat16 after what they are compared with."""
    found = {}
    for name, task in FLOAT32.items():
        found[name] = task
        if name in ("transformer", "resnet20"):
            title = task.title.split()[0].removesuffix(",")
            found[f"{name}_bf16"] = task._replace(title=f"  {title} in mixed bfloat16", half=name, close=0.05)
    return found


TASKS = tasks()
