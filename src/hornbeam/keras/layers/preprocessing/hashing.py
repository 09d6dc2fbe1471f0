"""Hashing and HashedCrossing: categories as numbers, without a vocabulary."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.keras import ops
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.preprocessing.categories import encoded, refuse_sparse
from hornbeam.keras.layers.preprocessing.lookups import check_choice, two_keys
from hornbeam.keras.names import keras_export
from hornbeam.ops.compare import equal
from hornbeam.ops.hashing import to_hash_bucket_fast, to_hash_bucket_strong
from hornbeam.ops.sparse import to_dense
from hornbeam.ops.sparse_cross import sparse_cross_hashed
from hornbeam.ops.strings import as_string


@keras_export("layers.Hashing")
class Hashing(Layer):
    """Integers and strings as the numbers of bins, chosen by a hash: the same on every machine.

    num_bins: how many. mask_value: what the bin 0 is kept for. salt: one or two integers, the key of a stronger hash.
    output_mode: 'int' for the bin's number, or vectors as those of `CategoryEncoding` ('one_hot', 'multi_hot',
    'count'). The result is int64, vectors of Keras's float type, unless `dtype` says otherwise. Raises ValueError for
    other values.

    >>> Hashing(3)([["A"], ["B"]]).numpy().tolist()
    [[1], [0]]
    """

    def __init__(self, num_bins: int, mask_value: Any = None, salt: Any = None, output_mode: str = "int",
                 sparse: bool = False, **kwargs: Any) -> None:
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else floatx()
        super().__init__(**kwargs)
        if num_bins is None or num_bins <= 0:
            raise ValueError("The `num_bins` for `Hashing` cannot be `None` or non-positive values. Received: "
                             f"num_bins={num_bins}.")
        if output_mode == "int" and self.dtype_policy.name not in ("int32", "int64"):
            raise ValueError('When `output_mode="int"`, `dtype` should be an integer type, \'int32\' or \'int64\'. '
                             f"Received: dtype={kwargs['dtype']}")
        modes = ("int", "one_hot", "multi_hot", "count")
        if output_mode not in modes:
            raise ValueError(f"Invalid value for argument `output_mode`. Expected one of {modes}. Received: "
                             f"output_mode={output_mode}")
        refuse_sparse(sparse)
        self.num_bins, self.mask_value, self.output_mode, self.sparse = num_bins, mask_value, output_mode, sparse
        self.strong_hash = salt is not None
        self.salt = None if salt is None else two_keys(salt, "Hashing")
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.supports_jit = False

    def call(self, inputs: Any) -> Any:
        x = inputs if isinstance(inputs, SparseTensor) else convert_to_tensor(inputs)
        if isinstance(x, SparseTensor):
            x = to_dense(x.with_values(self._bins(x.values)), -1)
        else:
            x = self._bins(x)
        return encoded(x, self.output_mode, self.num_bins, self.dtype)

    def _bins(self, values: Any) -> Any:
        masked = self.mask_value is not None and self.num_bins > 1
        count = self.num_bins - 1 if masked else self.num_bins
        words = ops.cast(values, "int64") if values.dtype.is_floating else values
        words = words if words.dtype.name == "string" else as_string(words)
        bins = (to_hash_bucket_fast(words, num_buckets=count) if self.salt is None
                else to_hash_bucket_strong(words, num_buckets=count, key=tuple(self.salt)))
        if not masked:
            return bins
        return ops.where(equal(values, convert_to_tensor(self.mask_value, values.dtype)), 0, bins + 1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = tuple(input_shape)
        return shape if self.output_mode == "int" else (*shape[:-1], self.num_bins)

    def compute_output_spec(self, inputs: Any) -> Any:
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype=self.dtype)

    def get_config(self) -> dict[str, Any]:
        names = ("num_bins", "salt", "mask_value", "output_mode", "sparse")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras_export("layers.HashedCrossing")
class HashedCrossing(Layer):
    """Two or more categories of each row as the number of one bin, chosen by a hash of all of them.

    Called on a list or tuple of tensors of integers or strings, all of the shape (), [batch] or [batch, 1]. num_bins,
    output_mode ('int' or 'one_hot'): as for `Hashing`. Raises ValueError for other inputs.

    >>> HashedCrossing(5)((["A", "B"], [1, 2])).numpy().tolist()
    [0, 1]
    """

    def __init__(self, num_bins: int, output_mode: str = "int", sparse: bool = False, name: str | None = None,
                 dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, dtype="int64" if output_mode == "int" and dtype is None else dtype)
        refuse_sparse(sparse)
        check_choice(output_mode, ("int", "one_hot"), "HashedCrossing", "output_mode")
        self.num_bins, self.output_mode, self.sparse = num_bins, output_mode, sparse
        self._allow_non_tensor_positional_args = True
        self._convert_input_args = False
        self.supports_jit = False

    def call(self, inputs: Any) -> Any:
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(f"`HashedCrossing` should be called on a list or tuple of inputs. Received: {inputs}")
        if len(inputs) < 2:
            raise ValueError(f"`HashedCrossing` should be called on at least two inputs. Received: inputs={inputs}")
        given = [x if isinstance(x, SparseTensor) else convert_to_tensor(x) for x in inputs]
        shape = self._checked(given)
        columns = [ops.reshape(x, (-1, 1)) for x in given]
        # Each row has one combination, so the values alone are the column.
        bins = sparse_cross_hashed(columns, self.num_bins).values
        bins = ops.reshape(bins, (-1, 1) if len(shape) == 2 else (-1,) if shape else ())
        bins = bins if None in shape else ops.reshape(bins, shape)
        return encoded(bins, self.output_mode, self.num_bins, self.compute_dtype)

    @staticmethod
    def _checked(given: list[Any]) -> tuple[Any, ...]:
        words = "All `HashedCrossing` inputs should "
        shape = tuple(given[0].shape)
        if len(shape) > 2 or (len(shape) == 2 and shape[-1] != 1):
            raise ValueError(f"{words}have shape `()`, `(batch_size)` or `(batch_size, 1)`. Received: inputs={given}")
        if any(tuple(x.shape) != shape for x in given[1:]):
            raise ValueError(f"{words}have equal shape. Received: inputs={given}")
        if any(isinstance(x, SparseTensor) for x in given):
            raise ValueError(f"{words}be dense tensors. Received: inputs={given}")
        if not all(x.dtype.is_integer or x.dtype.name == "string" for x in given):
            raise ValueError(f"{words}have an integer or string dtype. Received: inputs={given}")
        return shape

    def compute_output_shape(self, input_shape: Any) -> Any:
        pair = [tuple(s) for s in input_shape] if all(isinstance(s, (tuple, list)) for s in input_shape) else []
        if len(pair) < 2:
            raise ValueError(f"Expected as input a list/tuple of 2 tensors. Received input_shape={input_shape}")
        if any(s[-1:] != pair[0][-1:] for s in pair):
            raise ValueError("Expected the two input tensors to have identical shapes. Received "
                             f"input_shape={input_shape}")
        shape = pair[0]
        if self.output_mode == "int":
            return shape
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), self.num_bins)

    def compute_output_spec(self, inputs: Any) -> Any:
        return KerasTensor(self.compute_output_shape([x.shape for x in inputs]), dtype=self.dtype)

    def get_config(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("num_bins", "output_mode", "sparse", "name", "dtype")}
