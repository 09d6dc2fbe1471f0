"""The networks of `training_tasks.py` for JAX and optax: one jitted step, its state donated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from training_steps import Stepped
from training_tasks import DEPTH, DROPOUT, EPSILON, Block, Task, Weights, basic_blocks, narrow_blocks


def load(side: str) -> Any:
    """JAX and optax, imported with this file."""
    return jax


def learner(loaded: Any, name: str, task: Task, weights: Weights) -> Stepped:
    """The steps of a task, from these weights."""
    network = NETWORKS[name]
    moving = {layer: [jnp.asarray(a) for a in arrays[2:]] for layer, arrays in weights.items() if len(arrays) == 4}
    trained = {layer: [jnp.asarray(a) for a in (arrays[:2] if layer in moving else arrays)]
               for layer, arrays in weights.items()}

    def loss_of(trained: Any, moving: Any, x: Any, y: Any, key: Any) -> Any:
        run = Run(trained, moving, task.optimizer is not None, key)
        logits = network(run, x)
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean(), {**moving, **run.moved}

    if task.optimizer is None:
        predict = jax.jit(lambda x, y: loss_of(trained, moving, x, y, None)[0])
        return Stepped(predict, float)

    optimizer = optimizer_of(*task.optimizer[:2])

    @jax.jit
    def initial() -> Any:
        return optimizer.init(trained)

    def step(state: Any, x: Any, y: Any) -> Any:
        trained, moving, kept, key = state
        key, now = jax.random.split(key)
        (loss, moving), gradients = jax.value_and_grad(loss_of, has_aux=True)(trained, moving, x, y, now)
        updates, kept = optimizer.update(gradients, kept, trained)
        return (optax.apply_updates(trained, updates), moving, kept, key), loss

    jitted = jax.jit(step, donate_argnums=0)
    state = [(trained, moving, initial(), jax.random.key(0))]

    def call(x: np.ndarray, y: np.ndarray) -> Any:
        state[0], loss = jitted(state[0], x, y)
        return loss

    return Stepped(call, float)


def optimizer_of(name: str, rate: float) -> Any:
    """By the name in the task."""
    if name == "rmsprop":
        return optax.rmsprop(rate, decay=0.9, eps=1e-7)
    if name == "adam":
        return optax.adam(rate, eps=1e-7)
    return optax.sgd(rate, momentum=0.9 if name == "momentum" else None)


class Run:
    """One forward pass: layers by name. `moved` is what the means and variances became."""

    def __init__(self, trained: Any, moving: Any, training: bool, key: Any) -> None:
        self.trained, self.moving, self.training, self.key = trained, moving, training, key
        self.moved: dict[str, list[Any]] = {}

    def dense(self, name: str, x: Any) -> Any:
        kernel, bias = self.trained[name]
        return x @ kernel + bias

    def dropout(self, x: Any) -> Any:
        self.key, now = jax.random.split(self.key)
        return jnp.where(jax.random.bernoulli(now, 1 - DROPOUT, x.shape), x / (1 - DROPOUT), 0)

    def convolution(self, name: str, x: Any, stride: int = 1, padding: int = 0) -> Any:
        kernel, *bias = self.trained[name]
        x = jax.lax.conv_general_dilated(x, kernel, (stride, stride), [(padding, padding)] * 2,
                                         dimension_numbers=("NHWC", "HWIO", "NHWC"))
        return x + bias[0] if bias else x

    def convolved(self, name: str, x: Any, stride: int, relu: bool = True) -> Any:
        """Convolution, batch normalisation, ReLU."""
        x = self.convolution(name, x, stride, self.trained[name][0].shape[0] // 2)
        scale, offset = self.trained[f"{name}_norm"]
        mean, variance = self.moving[f"{name}_norm"]
        if self.training:
            now = jnp.mean(x, (0, 1, 2)), jnp.var(x, (0, 1, 2))
            self.moved[f"{name}_norm"] = [0.9 * mean + 0.1 * now[0], 0.9 * variance + 0.1 * now[1]]
            mean, variance = now
        x = (x - mean) * (scale * jax.lax.rsqrt(variance + EPSILON)) + offset
        return jax.nn.relu(x) if relu else x

    def norm(self, name: str, x: Any) -> Any:
        scale, offset = self.trained[name]
        return jax.nn.standardize(x, epsilon=EPSILON) * scale + offset

    def lstm(self, name: str, x: Any) -> Any:
        """[batch, time, inputs] → [batch, time, units]; the inputs' products are one, before the loop."""
        kernel, recurrent, bias = self.trained[name]
        zeros = jnp.zeros((x.shape[0], recurrent.shape[0]))

        def cell(state: Any, inputs: Any) -> Any:
            h, c = state
            i, f, g, o = jnp.split(inputs + h @ recurrent, 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        _, outputs = jax.lax.scan(cell, (zeros, zeros), (x @ kernel + bias).swapaxes(0, 1))
        return outputs.swapaxes(0, 1)

    def attention(self, name: str, x: Any) -> Any:
        q, qb, k, kb, v, vb, o, ob = self.trained[name]
        q, k, v = (jnp.einsum("bte,ehd->bthd", x, a) + b for a, b in ((q, qb), (k, kb), (v, vb)))
        return jnp.einsum("bthd,hde->bte", jax.nn.dot_product_attention(q, k, v), o) + ob


def pooled(x: Any, size: int, stride: int, padding: int = 0) -> Any:
    """The largest of each window."""
    around = [(0, 0), (padding, padding), (padding, padding), (0, 0)]
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, size, size, 1), (1, stride, stride, 1), around)


def softmax(run: Run, x: Any) -> Any:
    return run.dense("out", x)


def mlp(run: Run, x: Any) -> Any:
    for name in ("hidden1", "hidden2"):
        x = run.dropout(jax.nn.relu(run.dense(name, x)))
    return run.dense("out", x)


def cnn(run: Run, x: Any) -> Any:
    for name in ("conv1", "conv2"):
        x = jax.nn.relu(run.convolution(name, x))
    x = pooled(x, 2, 2)
    return run.dense("out", jax.nn.relu(run.dense("hidden", x.reshape(len(x), -1))))


def lstm(run: Run, x: Any) -> Any:
    return run.dense("out", run.lstm("lstm2", run.lstm("lstm1", x))[:, -1])


def transformer(run: Run, tokens: Any) -> Any:
    x = run.trained["embedding"][0][tokens]
    for n in range(DEPTH):
        x = x + run.attention(f"attention{n}", run.norm(f"norm{n}a", x))
        hidden = jax.nn.gelu(run.dense(f"up{n}", run.norm(f"norm{n}b", x)), approximate=False)
        x = x + run.dense(f"down{n}", hidden)
    return run.dense("out", run.norm("norm", x).mean(1))


def residual(run: Run, x: Any, blocks: list[Block]) -> Any:
    """The blocks and the end of a ResNet."""
    for block in blocks:
        convolutions, shortcut = block.convolutions(), x
        if block.projects:
            name, *_, stride = convolutions.pop()
            shortcut = run.convolved(name, x, stride, relu=False)
        for name, *_, stride in convolutions:
            x = run.convolved(name, x, stride, relu=name != convolutions[-1][0])
        x = jax.nn.relu(x + shortcut)
    return run.dense("out", x.mean((1, 2)))


def resnet20(run: Run, x: Any) -> Any:
    return residual(run, run.convolved("stem", x, 1), basic_blocks())


def resnet50(run: Run, x: Any) -> Any:
    return residual(run, pooled(run.convolved("stem", x, 2), 3, 2, 1), narrow_blocks())


NETWORKS: dict[str, Callable[[Run, Any], Any]] = {
    f.__name__: f for f in (softmax, mlp, cnn, lstm, transformer, resnet20, resnet50)}
