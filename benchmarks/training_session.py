"""The networks of `training_tasks.py` as TensorFlow 1 programs, for Hornbeam's `Session.run` and TensorFlow's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from training_steps import Stepped
from training_tasks import (
    DEPTH,
    DROPOUT,
    EPSILON,
    HEADS,
    UNITS,
    WIDTH,
    Block,
    Task,
    Weights,
    basic_blocks,
    narrow_blocks,
)
from workloads import tf1


def load(side: str) -> Any:
    """TensorFlow 1's namespace, imported."""
    return tf1(side.removesuffix("-session"))


def learner(tf: Any, name: str, task: Task, weights: Weights) -> Stepped:
    """The runs of a task, from these weights."""
    x = tf.placeholder(tf.int32 if name == "transformer" else tf.float32, task.shape)
    y = tf.placeholder(tf.int32, task.shape[:1])
    net = Net(tf, weights, training=task.optimizer is not None)
    logits = NETWORKS[name](net, x)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    after: list[tuple[Any, np.ndarray]] = list(net.given)
    session = tf.Session()
    if task.optimizer is None:
        session.run(tf.global_variables_initializer())
        return Stepped(lambda a, b: session.run(loss, {x: a, y: b}), float)
    optimizer = optimizer_of(tf, *task.optimizer[:2])
    with tf.control_dependencies(net.moved):
        train = optimizer.minimize(loss)
    if task.optimizer[0] == "rmsprop":  # TensorFlow 1 begins from mean squares of 1, Keras and the others from 0
        slots = [optimizer.get_slot(variable, "rms") for variable in tf.trainable_variables()]
        after += [(slot, np.zeros(slot.shape.as_list(), np.float32)) for slot in slots]
    session.run(tf.global_variables_initializer())
    for variable, value in after:
        variable.load(value, session)
    return Stepped(lambda a, b: session.run([loss, train], {x: a, y: b})[0], float,
                   lambda a, b: session.run(train, {x: a, y: b}))


def optimizer_of(tf: Any, name: str, rate: float) -> Any:
    """By the name in the task."""
    if name == "rmsprop":
        return tf.train.RMSPropOptimizer(rate, decay=0.9, epsilon=1e-7)
    if name == "adam":
        return tf.train.AdamOptimizer(rate, epsilon=1e-7)
    if name == "momentum":
        return tf.train.MomentumOptimizer(rate, 0.9)
    return tf.train.GradientDescentOptimizer(rate)


class Net:
    """Layers by name. `given`: variables that get their values later; `moved`: updates of means and variances."""

    def __init__(self, tf: Any, weights: Weights, training: bool) -> None:
        self.tf, self.weights, self.training = tf, weights, training
        self.given: list[tuple[Any, np.ndarray]] = []
        self.moved: list[Any] = []

    def variables(self, name: str, shapes: tuple[tuple[int, ...], ...] = ()) -> list[Any]:
        """A layer's arrays as variables; the third and following of four are not trained."""
        arrays = self.weights[name]
        if shapes:
            arrays = [array.reshape(shape) for array, shape in zip(arrays, shapes, strict=True)]
        return [self.tf.Variable(array, trainable=len(arrays) != 4 or number < 2)
                for number, array in enumerate(arrays)]

    def dense(self, name: str, x: Any) -> Any:
        kernel, bias = self.variables(name)
        return self.tf.matmul(x, kernel) + bias

    def convolution(self, name: str, x: Any, stride: int = 1, padding: int = 0) -> Any:
        kernel, *bias = self.variables(name)
        around = [[0, 0], [padding, padding], [padding, padding], [0, 0]]
        if stride == 1 and padding:
            around = "SAME"
        x = self.tf.nn.conv2d(x, kernel, strides=[1, stride, stride, 1], padding=around if padding else "VALID")
        return self.tf.nn.bias_add(x, bias[0]) if bias else x

    def convolved(self, name: str, x: Any, stride: int, relu: bool = True) -> Any:
        """Convolution, batch normalisation, ReLU."""
        tf = self.tf
        x = self.convolution(name, x, stride, self.weights[name][0].shape[0] // 2)
        scale, offset, mean, variance = self.variables(f"{name}_norm")
        if self.training:
            x, now, spread = tf.nn.fused_batch_norm(x, scale, offset, epsilon=EPSILON, is_training=True)
            self.moved += [tf.assign_sub(mean, 0.1 * (mean - now)), tf.assign_sub(variance, 0.1 * (variance - spread))]
        else:
            x, *_ = tf.nn.fused_batch_norm(x, scale, offset, mean, variance, epsilon=EPSILON, is_training=False)
        return tf.nn.relu(x) if relu else x

    def norm(self, name: str, x: Any) -> Any:
        tf = self.tf
        scale, offset = self.variables(name)
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        return tf.nn.batch_normalization(x, mean, variance, offset, scale, EPSILON)

    def attention(self, name: str, x: Any) -> Any:
        """x: [batch · time, width]."""
        tf = self.tf
        q, qb, k, kb, v, vb, o, ob = self.variables(name, ((WIDTH, WIDTH), (WIDTH,)) * 4)

        def heads(kernel: Any, bias: Any) -> Any:
            split = tf.reshape(tf.matmul(x, kernel) + bias, [16, -1, HEADS, WIDTH // HEADS])
            return tf.transpose(split, [0, 2, 1, 3])

        scores = tf.matmul(heads(q, qb), heads(k, kb), transpose_b=True) * (WIDTH // HEADS) ** -0.5
        found = tf.transpose(tf.matmul(tf.nn.softmax(scores), heads(v, vb)), [0, 2, 1, 3])
        return tf.matmul(tf.reshape(found, [-1, WIDTH]), o) + ob


def softmax(net: Net, x: Any) -> Any:
    return net.dense("out", x)


def mlp(net: Net, x: Any) -> Any:
    tf = net.tf
    for name in ("hidden1", "hidden2"):
        x = tf.nn.dropout(tf.nn.relu(net.dense(name, x)), rate=DROPOUT)
    return net.dense("out", x)


def cnn(net: Net, x: Any) -> Any:
    tf = net.tf
    for name in ("conv1", "conv2"):
        x = tf.nn.relu(net.convolution(name, x))
    x = tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID")
    return net.dense("out", tf.nn.relu(net.dense("hidden", tf.reshape(x, [-1, 12 * 12 * 64]))))


def lstm(net: Net, x: Any) -> Any:
    """Gates of `LSTMCell` are in the order i c f o. TensorFlow 2.21 with Keras 3 has no such cell: absent there."""
    tf = net.tf
    cells = [tf.nn.rnn_cell.LSTMCell(UNITS, forget_bias=0.0) for _ in range(2)]
    outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.MultiRNNCell(cells), x, dtype=tf.float32)
    for cell, name in zip(cells, ("lstm1", "lstm2"), strict=True):
        kernel, recurrent, bias = net.weights[name]
        order = np.r_[:UNITS, 2 * UNITS:3 * UNITS, UNITS:2 * UNITS, 3 * UNITS:4 * UNITS]
        kernel_variable, bias_variable = cell.variables
        net.given += [(kernel_variable, np.concatenate([kernel, recurrent])[:, order]), (bias_variable, bias[order])]
    return net.dense("out", outputs[:, -1])


def transformer(net: Net, tokens: Any) -> Any:
    tf = net.tf
    table, = net.variables("embedding")
    x = tf.reshape(tf.nn.embedding_lookup(table, tokens), [-1, WIDTH])
    for n in range(DEPTH):
        x = x + net.attention(f"attention{n}", net.norm(f"norm{n}a", x))
        hidden = net.dense(f"up{n}", net.norm(f"norm{n}b", x))
        x = x + net.dense(f"down{n}", 0.5 * hidden * (1.0 + tf.erf(hidden * 0.5 ** 0.5)))
    return net.dense("out", tf.reduce_mean(tf.reshape(net.norm("norm", x), [16, -1, WIDTH]), 1))


def residual(net: Net, x: Any, blocks: list[Block]) -> Any:
    """The blocks and the end of a ResNet."""
    tf = net.tf
    for block in blocks:
        convolutions, shortcut = block.convolutions(), x
        if block.projects:
            name, *_, stride = convolutions.pop()
            shortcut = net.convolved(name, x, stride, relu=False)
        for name, *_, stride in convolutions:
            x = net.convolved(name, x, stride, relu=name != convolutions[-1][0])
        x = tf.nn.relu(x + shortcut)
    return net.dense("out", tf.reduce_mean(x, [1, 2]))


def resnet20(net: Net, x: Any) -> Any:
    return residual(net, net.convolved("stem", x, 1), basic_blocks())


def resnet50(net: Net, x: Any) -> Any:
    tf = net.tf
    x = tf.pad(net.convolved("stem", x, 2), [[0, 0], [1, 1], [1, 1], [0, 0]])
    return residual(net, tf.nn.max_pool(x, ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding="VALID"), narrow_blocks())


NETWORKS: dict[str, Callable[[Net, Any], Any]] = {
    f.__name__: f for f in (softmax, mlp, cnn, lstm, transformer, resnet20, resnet50)}
