"""The networks of `training_tasks.py` for PyTorch, channels last: eager, and with `torch.compile`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from training_steps import Stepped
from training_tasks import DEPTH, DROPOUT, EPSILON, HEADS, WIDTH, Block, Task, Weights, basic_blocks, narrow_blocks


def load(side: str) -> Any:
    """PyTorch, imported, and whether to compile."""
    import torch

    return torch, side == "torch-compile"


def learner(loaded: Any, name: str, task: Task, weights: Weights) -> Stepped:
    """The steps of a task, from these weights."""
    torch, compiled = loaded
    model = NETWORKS[name](Parts(torch, weights)).to(memory_format=torch.channels_last)
    loss_of = torch.nn.functional.cross_entropy

    def loss(x: Any, y: Any) -> Any:
        return loss_of(model(x), y)

    if compiled:
        loss = torch.compile(loss)
    if task.optimizer is None:
        model.eval()

        def step(x: np.ndarray, y: np.ndarray) -> Any:
            with torch.inference_mode():
                return loss(*tensors(torch, x, y))
    else:
        optimizer = optimizer_of(torch, *task.optimizer[:2], [p for p in model.parameters() if p.requires_grad])

        def step(x: np.ndarray, y: np.ndarray) -> Any:
            found = loss(*tensors(torch, x, y))
            optimizer.zero_grad()
            found.backward()
            optimizer.step()
            return found.detach()

    return Stepped(step, lambda found: found.item())


def tensors(torch: Any, x: np.ndarray, y: np.ndarray) -> tuple[Any, Any]:
    """The batch; images [n, h, w, c] become [n, c, h, w] where they lie: channels last."""
    inputs = torch.from_numpy(x)
    return inputs.permute(0, 3, 1, 2) if x.ndim == 4 else inputs, torch.from_numpy(y).long()


def optimizer_of(torch: Any, name: str, rate: float, parameters: list[Any]) -> Any:
    """By the name in the task, fused where PyTorch has that for the CPU."""
    optim = torch.optim
    if name == "rmsprop":  # Keras adds 1e-7 within the root
        return optim.RMSprop(parameters, rate, alpha=0.9, eps=1e-7 ** 0.5)
    if name == "adam":
        return optim.Adam(parameters, rate, eps=1e-7, fused=True)
    return optim.SGD(parameters, rate, momentum=0.9 if name == "momentum" else 0, fused=True)


class Parts:
    """Layers that begin from given weights."""

    def __init__(self, torch: Any, weights: Weights) -> None:
        self.torch, self.nn, self.weights = torch, torch.nn, weights

    def fill(self, *pairs: tuple[Any, np.ndarray]) -> None:
        """Put arrays into parameters and buffers."""
        with self.torch.no_grad():
            for parameter, array in pairs:
                parameter.copy_(self.torch.from_numpy(np.ascontiguousarray(array)))

    def dense(self, name: str) -> Any:
        kernel, bias = self.weights[name]
        made = self.nn.Linear(*kernel.shape)
        self.fill((made.weight, kernel.T), (made.bias, bias))
        return made

    def convolution(self, name: str, stride: int = 1, padding: int | str = 0) -> Any:
        kernel, *bias = self.weights[name]
        made = self.nn.Conv2d(*kernel.shape[2:], kernel.shape[0], stride, padding, bias=bool(bias))
        self.fill((made.weight, kernel.transpose(3, 2, 0, 1)), *((made.bias, b) for b in bias))
        return made

    def convolved(self, name: str, stride: int, relu: bool = True) -> list[Any]:
        """Convolution, batch normalisation, ReLU."""
        scale, offset, mean, variance = self.weights[f"{name}_norm"]
        norm = self.nn.BatchNorm2d(len(scale), eps=EPSILON, momentum=0.1)
        self.fill((norm.weight, scale), (norm.bias, offset), (norm.running_mean, mean), (norm.running_var, variance))
        size = self.weights[name][0].shape[0]
        return [self.convolution(name, stride, size // 2), norm, *([self.nn.ReLU(inplace=True)] if relu else [])]

    def norm(self, name: str) -> Any:
        scale, offset = self.weights[name]
        made = self.nn.LayerNorm(len(scale), eps=EPSILON)
        self.fill((made.weight, scale), (made.bias, offset))
        return made

    def lstm(self, *names: str) -> Any:
        """All layers in one. PyTorch has two offsets a gate: the second stays 0, or both would be trained."""
        kernel = self.weights[names[0]][0]
        made = self.nn.LSTM(kernel.shape[0], kernel.shape[1] // 4, len(names), batch_first=True)
        for number, name in enumerate(names):
            kernel, recurrent, bias = self.weights[name]
            second = getattr(made, f"bias_hh_l{number}")
            self.fill((getattr(made, f"weight_ih_l{number}"), kernel.T),
                      (getattr(made, f"weight_hh_l{number}"), recurrent.T),
                      (getattr(made, f"bias_ih_l{number}"), bias), (second, np.zeros_like(bias)))
            second.requires_grad_(False)
        return made


def softmax(parts: Parts) -> Any:
    return parts.dense("out")


def mlp(parts: Parts) -> Any:
    nn = parts.nn
    return nn.Sequential(parts.dense("hidden1"), nn.ReLU(), nn.Dropout(DROPOUT), parts.dense("hidden2"), nn.ReLU(),
                         nn.Dropout(DROPOUT), parts.dense("out"))


class FlattenedAsKeras:
    """Made into a module below: [n, c, h, w] becomes [n, h·w·c], the order of the dense kernel's rows."""

    def forward(self, x: Any) -> Any:
        return x.permute(0, 2, 3, 1).flatten(1)


def cnn(parts: Parts) -> Any:
    nn = parts.nn
    flatten = type("Flattened", (FlattenedAsKeras, nn.Module), {})()
    return nn.Sequential(parts.convolution("conv1"), nn.ReLU(), parts.convolution("conv2"), nn.ReLU(), nn.MaxPool2d(2),
                         flatten, parts.dense("hidden"), nn.ReLU(), parts.dense("out"))


def lstm(parts: Parts) -> Any:
    class Network(parts.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.recurrent, self.out = parts.lstm("lstm1", "lstm2"), parts.dense("out")

        def forward(self, x: Any) -> Any:
            return self.out(self.recurrent(x)[0][:, -1])

    return Network()


def transformer(parts: Parts) -> Any:
    nn = parts.nn

    class Layer(nn.Module):
        """Attention and two dense layers, each after a normalisation and beside a way around it."""

        def __init__(self, n: int) -> None:
            super().__init__()
            self.norm1, self.norm2 = parts.norm(f"norm{n}a"), parts.norm(f"norm{n}b")
            self.up, self.down = parts.dense(f"up{n}"), parts.dense(f"down{n}")
            arrays = parts.weights[f"attention{n}"]
            self.inside, self.outside = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
            parts.fill(
                (self.inside.weight, np.concatenate([a.reshape(WIDTH, WIDTH) for a in arrays[:6:2]], 1).T),
                (self.inside.bias, np.concatenate([a.reshape(WIDTH) for a in arrays[1:6:2]])),
                (self.outside.weight, arrays[6].reshape(WIDTH, WIDTH).T), (self.outside.bias, arrays[7]))

        def forward(self, x: Any) -> Any:
            q, k, v = (a.unflatten(-1, (HEADS, -1)).transpose(1, 2) for a in self.inside(self.norm1(x)).chunk(3, -1))
            found = nn.functional.scaled_dot_product_attention(q, k, v)
            x = x + self.outside(found.transpose(1, 2).flatten(2))
            return x + self.down(nn.functional.gelu(self.up(self.norm2(x))))

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            table = parts.weights["embedding"][0]
            self.embedding = nn.Embedding(*table.shape)
            parts.fill((self.embedding.weight, table))
            self.layers = nn.Sequential(*(Layer(n) for n in range(DEPTH)))
            self.norm, self.out = parts.norm("norm"), parts.dense("out")

        def forward(self, tokens: Any) -> Any:
            return self.out(self.norm(self.layers(self.embedding(tokens))).mean(1))

    return Network()


def residual(parts: Parts, stem: list[Any], blocks: list[Block]) -> Any:
    """A ResNet."""
    nn = parts.nn

    class Residual(nn.Module):
        def __init__(self, block: Block) -> None:
            super().__init__()
            convolutions = block.convolutions()
            around = convolutions.pop() if block.projects else None
            last = convolutions[-1][0]
            self.inner = nn.Sequential(*(module for name, *_, stride in convolutions
                                         for module in parts.convolved(name, stride, relu=name != last)))
            self.around = nn.Sequential(*(parts.convolved(around[0], around[-1], relu=False) if around else ()))

        def forward(self, x: Any) -> Any:
            return nn.functional.relu(self.inner(x) + self.around(x), inplace=True)

    return nn.Sequential(*stem, *(Residual(block) for block in blocks), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         parts.dense("out"))


def resnet20(parts: Parts) -> Any:
    return residual(parts, parts.convolved("stem", 1), basic_blocks())


def resnet50(parts: Parts) -> Any:
    return residual(parts, [*parts.convolved("stem", 2), parts.nn.MaxPool2d(3, 2, 1)], narrow_blocks())


NETWORKS: dict[str, Callable[[Parts], Any]] = {
    f.__name__: f for f in (softmax, mlp, cnn, lstm, transformer, resnet20, resnet50)}
