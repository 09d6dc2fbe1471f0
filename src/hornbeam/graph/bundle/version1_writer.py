"""Writing a checkpoint of the format before: one file, a table of the tensors themselves."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes, errors
from hornbeam.graph.bundle import files, slices, values
from hornbeam.graph.bundle.table import TableWriter
from hornbeam.graph.bundle.version1 import FIELDS

_VERSION = 1
_MOST_BYTES = (1 << 31) - (1 << 10)


@final
class Version1Writer:
    """Writes the checkpoint `path`, which is there once `finish` returns."""

    def __init__(self, path: str) -> None:
        from hornbeam.graph.messages.saved_tensor_slice_pb2 import SavedTensorSlices
        self._path = path
        self._described = SavedTensorSlices()
        self._described.meta.versions.producer = _VERSION
        self._by_name: dict[str, Any] = {}
        self._data: dict[bytes, bytes] = {}

    def add(self, name: str, shape: Sequence[int], part: slices.Part, value: Any) -> None:
        """A part of a tensor, whose whole has the given shape."""
        from hornbeam.graph.messages.saved_tensor_slice_pb2 import SavedTensorSlices
        array = values.plain(value)
        dtype = dtypes.from_numpy(array.dtype)
        if array.nbytes > _MOST_BYTES:
            raise errors.InvalidArgumentError(None, None, f"{self._path}: {name} is too large for this format: its "
                                              "tensors have less than 2 GB. Save with write_version V2")
        about = self._by_name.get(name)
        if about is None:
            about = self._by_name[name] = self._described.meta.tensor.add(name=name, type=dtype.as_datatype_enum)
            about.shape.SetInParent()
            for size in shape:
                about.shape.dim.add().size = size
        key = slices.key(name, part)
        if key in self._data:
            raise errors.InvalidArgumentError(None, None, f"{self._path}: {name} is saved twice")
        slices.to_proto(part, about.slice.add())
        held = SavedTensorSlices()
        held.data.name = name
        slices.to_proto(part, held.data.slice)
        getattr(held.data.data, FIELDS.get(dtype, "int_val")).extend(_listed(dtype, array))
        self._data[key] = held.SerializeToString()

    def finish(self) -> None:
        """Bring everything to the disk, and put it in the place of what was there."""
        with files.told(self._path):
            folder = os.path.dirname(self._path)
            if folder and not os.path.isdir(folder):
                os.mkdir(folder)
            file = files.opened(self._path)
            try:
                with file:
                    table = TableWriter(file)
                    table.add(b"", self._described.SerializeToString())
                    for key in sorted(self._data):
                        table.add(key, self._data[key])
                    table.finish()
                    files.flushed(file)
                os.replace(file.name, self._path)
            except BaseException:
                files.discard(file.name)
                raise
            files.flush_folder(self._path)


def _listed(dtype: dtypes.DType, array: np.ndarray) -> Any:
    """The elements as a `TensorProto` lists them."""
    flat = array.reshape(-1)
    if dtype is dtypes.string:
        return [v.encode() if isinstance(v, str) else bytes(v) for v in flat]
    if dtype in (dtypes.float16, dtypes.bfloat16):
        flat = flat.view(np.uint16)
    elif dtype.is_complex:
        flat = flat.view(dtype.real_dtype.np_dtype)
    elif dtype.is_quantized:
        flat = flat.view(dtype.np_dtype[0])
    return flat.tolist()
