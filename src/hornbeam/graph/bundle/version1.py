"""Reading checkpoints of the format before: tables that hold the tensors themselves, all parts of one whole.

Each file begins, under the empty key, with what tensors there are and in which parts; the others are those parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes, errors
from hornbeam.graph.bundle import slices
from hornbeam.graph.bundle.reader import Entry, joined
from hornbeam.graph.bundle.table import lost, read_table


@final
class Version1Reader:
    """The checkpoint whose files are `paths`. Offers what `BundleReader` does."""

    def __init__(self, prefix: str, paths: Sequence[str]) -> None:
        self.prefix = prefix
        self._entries: dict[str, Entry] = {}
        self._held: dict[bytes, tuple[str, bytes]] = {}
        for path in paths:
            self._read(path)

    def _read(self, path: str) -> None:
        from google.protobuf.message import DecodeError

        from hornbeam.graph.messages.saved_tensor_slice_pb2 import SavedTensorSlices
        table = dict(read_table(path))
        try:
            described = SavedTensorSlices.FromString(table.pop(b"", b"")).meta.tensor
            for tensor in described:
                shape = tuple(d.size for d in tensor.shape.dim)
                parts = tuple(slices.from_proto(s) for s in tensor.slice)
                if any(len(p) != len(shape) for p in parts) or any(d < 0 for d in shape):
                    raise ValueError(f"the parts of {tensor.name} do not fit its shape")
                before = self._entries.get(tensor.name)
                self._entries[tensor.name] = Entry(dtypes.as_dtype(tensor.type), shape, 0, 0, 0, 0,
                                                   (*(before.parts if before else ()), *parts))
        except (DecodeError, TypeError, ValueError) as error:
            raise lost(path, f"the table of tensors is damaged: {error}") from None
        self._held.update((key, (path, value)) for key, value in table.items())

    @property
    def shards(self) -> int:
        """How many files there are."""
        return len({path for path, _ in self._held.values()})

    def keys(self) -> list[bytes]:
        """The names, as bytes."""
        return [n.encode() for n in self.names()]

    def names(self) -> list[str]:
        """The names of the tensors, in order."""
        return sorted(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def entry(self, name: str) -> Entry:
        """What is said of a tensor. Raises NotFoundError for a name that is not there."""
        if name not in self._entries:
            raise errors.NotFoundError(None, None, f"Key {name} not found in checkpoint")
        return self._entries[name]

    def get(self, name: str) -> np.ndarray:
        """A whole tensor. Raises NotFoundError, DataLossError."""
        return self._joined(name, [(0, size) for size in self.entry(name).shape])

    def get_part(self, name: str, shape: tuple[int, ...], part: slices.Part) -> np.ndarray:
        """A part of a tensor. Raises InvalidArgumentError where the whole has another shape."""
        if self.entry(name).shape != shape:
            raise errors.InvalidArgumentError(None, None, f"{self.prefix}: {name} has the shape "
                                              f"{list(self.entry(name).shape)} in the checkpoint, not {list(shape)}")
        return self._joined(name, slices.bounds(shape, part))

    def _joined(self, name: str, wanted: list[tuple[int, int]]) -> np.ndarray:
        entry = self.entry(name)
        out = joined(entry, wanted, lambda part: self._part(name, entry, part))
        if out is None:
            raise errors.NotFoundError(None, None, f"{self.prefix}: the checkpoint does not hold all of {name}")
        return out

    def _part(self, name: str, entry: Entry, part: slices.Part) -> np.ndarray:
        from google.protobuf.message import DecodeError

        from hornbeam.graph.messages.saved_tensor_slice_pb2 import SavedTensorSlices
        path, raw = self._held.get(slices.key(name, part), (self.prefix, b""))
        shape = tuple(b - a for a, b in slices.bounds(entry.shape, part))
        try:
            return _array(SavedTensorSlices.FromString(raw).data.data, entry.dtype, shape)
        except (DecodeError, ValueError) as error:
            raise lost(path, f"{name}: {error}") from None

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Version1Reader:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


FIELDS = {dtypes.float32: "float_val", dtypes.float64: "double_val", dtypes.int64: "int64_val",
           dtypes.bool_: "bool_val", dtypes.uint32: "uint32_val", dtypes.uint64: "uint64_val",
           dtypes.float16: "half_val", dtypes.bfloat16: "half_val", dtypes.complex64: "scomplex_val",
           dtypes.complex128: "dcomplex_val", dtypes.string: "string_val"}


def _array(proto: Any, dtype: dtypes.DType, shape: tuple[int, ...]) -> np.ndarray:
    """The values of a `TensorProto` whose dtype and shape are known from elsewhere."""
    held = getattr(proto, FIELDS.get(dtype, "int_val"))
    if dtype is dtypes.string:
        out = np.empty(len(held), object)
        out[:] = list(held)
    elif dtype in (dtypes.float16, dtypes.bfloat16):
        out = np.array(held, np.uint16).view(dtype.np_dtype)
    elif dtype.is_complex:
        out = np.array(held, dtype.real_dtype.np_dtype).view(dtype.np_dtype)
    elif dtype.is_quantized:
        out = np.array(held, dtype.np_dtype[0]).view(dtype.np_dtype)
    else:
        out = np.array(held).astype(dtype.np_dtype)
    return out.reshape(shape)
