"""CategoryEncoding and Discretization: numbers as categories."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph.tensor import Tensor
from hornbeam.keras import ops
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export


def encoded(x: Any, mode: str, depth: int, dtype: Any, weights: Any = None) -> Any:
    """Integers by `mode`: 'int' as they are, 'one_hot' each a vector of `depth` (a last dimension of 1 is dropped),
    'multi_hot' and 'count' one vector for each row: which are there, or how often (times `weights`).

    Numbers outside [0, depth) count nowhere.
    """
    if mode == "int":
        return ops.cast(x, dtype)
    if not len(x.shape):
        x = ops.reshape(x, (1,))
    if mode == "multi_hot":
        return ops.multi_hot(x, depth, dtype=dtype)
    if mode == "one_hot":
        return ops.one_hot(ops.squeeze(x, -1) if len(x.shape) > 1 and x.shape[-1] == 1 else x, depth, dtype=dtype)
    vectors = ops.one_hot(x, depth, dtype=dtype if weights is None else weights.dtype)
    if weights is not None:
        vectors = vectors * ops.expand_dims(weights, -1)
    return ops.sum(vectors, axis=1 if len(x.shape) > 1 else 0)


def encoded_shape(shape: Any, mode: str, depth: int) -> tuple[Any, ...]:
    """The shape of what `encoded` gives; of a single number, as Keras has it: one vector."""
    shape = tuple(shape)
    if mode == "int":
        return shape
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (shape[0], *shape[2:], depth) if len(shape) > 1 else (depth,)


def refuse_sparse(sparse: bool) -> None:
    if sparse:
        raise ValueError("`sparse=True` is not supported: results are dense tensors.")


@keras_export("layers.CategoryEncoding")
class CategoryEncoding(Layer):
    """Integers in [0, num_tokens) as vectors.

    output_mode: 'multi_hot' (for each row, 1 where a number occurs), 'one_hot' (a vector for each number), 'count'
    (how often each occurs; `call(inputs, count_weights)` weighs them). Raises ValueError for other modes, without
    `num_tokens`, and for weights in another mode.

    >>> CategoryEncoding(4)([[0, 1], [3, 3]]).numpy().tolist()
    [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    """

    def __init__(self, num_tokens: int | None = None, output_mode: str = "multi_hot", sparse: bool = False,
                 **kwargs: Any) -> None:
        super().__init__(**kwargs)
        output_mode = "multi_hot" if output_mode == "binary" else output_mode
        if output_mode not in ("count", "one_hot", "multi_hot"):
            raise ValueError(f"Unknown arg for output_mode: {output_mode}")
        if num_tokens is None:
            raise ValueError("num_tokens must be set to use this layer. If the number of tokens is not known "
                             "beforehand, use the IntegerLookup layer instead.")
        if num_tokens < 1:
            raise ValueError(f"`num_tokens` must be >= 1. Received: num_tokens={num_tokens}.")
        refuse_sparse(sparse)
        self.num_tokens, self.output_mode, self.sparse = num_tokens, output_mode, sparse
        self._allow_non_tensor_positional_args = True
        self._convert_input_args = False

    def call(self, inputs: Any, count_weights: Any = None) -> Any:
        if count_weights is not None:
            if self.output_mode != "count":
                raise ValueError("`count_weights` is not used when `output_mode` is not `'count'`. Received "
                                 f"`count_weights={count_weights}`.")
            count_weights = ops.convert_to_tensor(count_weights, dtype=self.compute_dtype)
        x = ops.convert_to_tensor(inputs)
        return encoded(x, self.output_mode, self.num_tokens, self.dtype, count_weights)

    def compute_output_shape(self, input_shape: Any, count_weights_shape: Any = None) -> Any:
        return encoded_shape(input_shape, self.output_mode, self.num_tokens)

    def compute_output_spec(self, inputs: Any, count_weights: Any = None) -> Any:
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "num_tokens": self.num_tokens, "output_mode": self.output_mode}


@keras_export("layers.Discretization")
class Discretization(Layer):
    """Which bin each number lies in.

    bin_boundaries: where a bin ends and the next begins, rising; n of them make n + 1 bins. num_bins: instead of them,
    how many bins of about equally many numbers `adapt(data)` is to make. epsilon: how exactly, as a part of the data.
    output_mode: 'int' for the bin's number, or as for `CategoryEncoding`. Raises ValueError for both or neither of the
    two, other modes, and a call before `adapt`.

    >>> Discretization([0.0, 1.0])([[-1.5, 0.5, 3.0]]).numpy().tolist()
    [[0, 1, 2]]
    """

    def __init__(self, bin_boundaries: Any = None, num_bins: int | None = None, epsilon: float = 0.01,
                 output_mode: str = "int", sparse: bool = False, dtype: Any = None, name: str | None = None) -> None:
        super().__init__(name=name, dtype=dtype)
        refuse_sparse(sparse)
        if output_mode not in ("int", "one_hot", "multi_hot", "count"):
            raise ValueError("Unknown value for argument `output_mode` of layer Discretization. Expected one of "
                             f"('int', 'one_hot', 'multi_hot', 'count'). Received: output_mode={output_mode}")
        if num_bins is not None and num_bins < 0:
            raise ValueError(f"`num_bins` must be greater than or equal to 0. Received: `num_bins={num_bins}`")
        if num_bins is not None and bin_boundaries is not None:
            raise ValueError("Both `num_bins` and `bin_boundaries` should not be set. Received: "
                             f"`num_bins={num_bins}` and `bin_boundaries={bin_boundaries}`")
        if num_bins is None and bin_boundaries is None:
            raise ValueError("You need to set either `num_bins` or `bin_boundaries`.")
        self.bin_boundaries, self.num_bins, self.epsilon = bin_boundaries, num_bins, epsilon
        self.output_mode, self.sparse = output_mode, sparse
        self._allow_non_tensor_positional_args = True
        self.summary: Any = None if bin_boundaries else _NOTHING

    @property
    def input_dtype(self) -> str:
        return floatx()

    @property
    def output_dtype(self) -> str:
        """Integers with the mode 'int', else the compute dtype."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Makes the boundaries from `data`: an array, a tensor or an iterable of batches, of which `steps` are taken.

        Raises ValueError for a layer whose boundaries were given.
        """
        if self.num_bins is None:
            raise ValueError("Cannot adapt a Discretization layer that has been initialized with `bin_boundaries`, use "
                             "`num_bins` instead.")
        self.reset_state()
        one = isinstance(data, (np.ndarray, Tensor)) or not hasattr(data, "__iter__")
        for i, batch in enumerate((data,) if one else data):
            if not one and steps is not None and i >= steps:
                break
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Takes a batch into the summary."""
        both = np.concatenate([_sampled(np.asarray(data, np.float32), self.epsilon), self.summary], axis=1)
        self.summary = _condensed(both[:, np.argsort(both[0])], self.epsilon)

    def finalize_state(self) -> None:
        """Makes the boundaries from the summary."""
        if self.num_bins is not None:
            self.bin_boundaries = _condensed(self.summary, 1.0 / self.num_bins)[0, :-1].tolist()

    def reset_state(self) -> None:
        """Forgets the batches."""
        if self.num_bins is not None:
            self.summary = _NOTHING

    def call(self, inputs: Any) -> Any:
        if self.bin_boundaries is None:
            raise ValueError("You need to either pass the `bin_boundaries` argument at construction time or call "
                             "`adapt(dataset)` before you can start using the `Discretization` layer.")
        bins = ops.digitize(ops.convert_to_tensor(inputs), np.asarray(self.bin_boundaries, np.float32))
        return encoded(bins, self.output_mode, len(self.bin_boundaries) + 1, self.output_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        depth = self.num_bins if self.bin_boundaries is None else len(self.bin_boundaries) + 1
        return encoded_shape(input_shape, self.output_mode, depth or 0)

    def compute_output_spec(self, inputs: Any) -> Any:
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype=self.output_dtype)

    def get_config(self) -> dict[str, Any]:
        names = ("bin_boundaries", "num_bins", "epsilon", "output_mode", "sparse", "name", "dtype")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        config = dict(config)
        found = config.pop("bin_boundaries", None)
        if config.get("num_bins") is None:
            return cls(found, **config)
        layer = cls(**config)
        layer.bin_boundaries = found
        return layer


# A summary of numbers is [2, n]: some of them, rising, and how many each stands for.
_NOTHING = np.zeros((2, 0), np.float32)


def _sampled(data: np.ndarray, epsilon: float) -> np.ndarray:
    """Every so-manieth number, so that each stands for a part `epsilon` of all."""
    values = np.sort(data.reshape(-1))
    stride = max(values.size * epsilon, 1)
    taken = values[int(stride - 1)::int(stride)]
    return np.stack([taken, np.full_like(taken, stride)])


def _condensed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """A summary of at most 1 / epsilon numbers, found between those of the longer one."""
    if summary.shape[1] * epsilon < 1:
        return summary
    parts = epsilon + np.arange(0.0, 1.0, epsilon)
    reached = np.cumsum(summary[1])
    where = reached / reached[-1]
    weights = np.diff(np.interp(parts, where, reached), prepend=0)
    return np.stack([np.interp(parts, where, summary[0]), weights]).astype(np.float32)
