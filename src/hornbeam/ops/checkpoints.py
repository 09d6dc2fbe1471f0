"""Tensors written to checkpoints and read from them: what `Saver` is made of."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, errors
from hornbeam.graph.bundle import slices
from hornbeam.graph.bundle.merging import merge
from hornbeam.graph.bundle.opening import open_checkpoint
from hornbeam.graph.bundle.version1_writer import Version1Writer
from hornbeam.graph.bundle.writer import BundleWriter
from hornbeam.graph.op import never, op

_FILES = never("files")
_NO_SAMPLES = {"samples": "reads and writes files"}


def _text(what: str, value: Any) -> str:
    if np.ndim(value):
        raise errors.InvalidArgumentError(None, None, f"{what} must be a scalar, but had shape "
                                          f"{list(np.shape(value))}")
    return os.fsdecode(bytes(np.asarray(value)[()]))


def _texts(value: Any, count: int | None, what: str) -> list[str]:
    """The strings of a vector. Raises InvalidArgumentError where it is none, or not of this length."""
    if np.ndim(value) != 1:
        raise errors.InvalidArgumentError(None, None, f"Input {what} should be an 1-D tensor, got shape "
                                          f"{list(np.shape(value))} instead.")
    if count is not None and len(value) != count:
        raise errors.InvalidArgumentError(None, None, f"{what} has {len(value)} elements, there are {count} tensors")
    return [v.decode() if isinstance(v, bytes) else str(v) for v in np.asarray(value).tolist()]


def _part(name: str, text: str) -> tuple[tuple[int, ...], slices.Part]:
    try:
        return slices.parsed(text)
    except ValueError as error:
        raise errors.InvalidArgumentError(None, None, f"{error} (of tensor {name})") from None


Each = Iterator[tuple[str, tuple[int, ...], slices.Part | None, Any]]


def _each(tensor_names: Any, shape_and_slices: Any, tensors: Sequence[Any]) -> Each:
    """Name, shape of the whole, part (None for all of it) and value of each tensor."""
    names = _texts(tensor_names, len(tensors), "tensor_names")
    parts = _texts(shape_and_slices, len(tensors), "shape_and_slices")
    for i in range(len(names)):
        if not parts[i]:
            yield names[i], np.shape(tensors[i]), None, tensors[i]
            continue
        shape, part = _part(names[i], parts[i])
        if tuple(b - a for a, b in slices.bounds(shape, part)) != np.shape(tensors[i]):
            raise errors.InvalidArgumentError(
                None, None, "Slice in shape_and_slice specification does not match the shape of the tensor to  "
                f"save: {parts[i]}, tensor: {list(np.shape(tensors[i]))}")
        yield names[i], shape, part, tensors[i]


@op("SaveV2", inputs="prefix: string, tensor_names: string, shape_and_slices: string, tensors: list", host=True,
    stateful=True, differentiable=_FILES, attr_types={"dtypes": "list(type)"}, waive=_NO_SAMPLES)
def save_v2(prefix, tensor_names, shape_and_slices, tensors, *, dtypes: Any = None):
    """Writes tensors to the checkpoint `prefix`, in one piece or not at all. In a graph an operation.

    prefix: a scalar. tensor_names: as many strings as there are tensors. shape_and_slices: for each "", or what part
    of which shape it is, `"5 2 0,3:-"`. Raises InvalidArgumentError where these do not fit, the errors of files.
    """
    writer = BundleWriter(_text("prefix", prefix))
    try:
        for name, shape, part, value in _each(tensor_names, shape_and_slices, tensors):
            if part is None:
                writer.add(name, value)
            else:
                writer.add_part(name, shape, part, value)
        writer.finish()
    except BaseException:
        writer.abandon()
        raise
    return ()


@op("SaveSlices", inputs="filename: string, tensor_names: string, shapes_and_slices: string, data: list", host=True,
    stateful=True, differentiable=_FILES, attr_types={"T": "list(type)"}, waive=_NO_SAMPLES)
def save_slices(filename, tensor_names, shapes_and_slices, data, *, T: Any = None):
    """Writes tensors to one file of the older format. In a graph an operation. The arguments are those of `SaveV2`."""
    writer = Version1Writer(_text("filename", filename))
    for name, shape, part, value in _each(tensor_names, shapes_and_slices, data):
        writer.add(name, shape, (None,) * len(shape) if part is None else part, value)
    writer.finish()
    return ()


@op("RestoreV2", inputs="prefix: string, tensor_names: string, shape_and_slices: string", host=True, stateful=True,
    returns_list=True, differentiable=_FILES, attr_types={"dtypes": "list(type)"}, waive=_NO_SAMPLES)
def restore_v2(prefix, tensor_names, shape_and_slices, *, dtypes: Any):
    """A list of tensors from the checkpoint `prefix`; the arguments are those of `SaveV2`.

    dtypes: what they are. Raises NotFoundError for names that are not there, InvalidArgumentError where they are of
    another dtype or shape, DataLossError where a file was cut or changed.
    """
    names = _texts(tensor_names, len(dtypes), "tensor_names")
    parts = _texts(shape_and_slices, len(dtypes), "shape_and_slices")
    found: list[Any] = [None] * len(names)
    with open_checkpoint(_text("prefix", prefix)) as reader:
        for i in sorted(range(len(names)), key=lambda i: names[i].encode()):
            held = reader.entry(names[i]).dtype
            if held is not dtypes[i].base_dtype:
                raise errors.InvalidArgumentError(
                    None, None, f"tensor_name = {names[i]}; expected dtype {_c_name(dtypes[i])} does not equal "
                    f"original dtype {_c_name(held)}")
            found[i] = reader.get_part(names[i], *_part(names[i], parts[i])) if parts[i] else reader.get(names[i])
    return found


_C_NAMES = {"float32": "float", "float64": "double", "float16": "half"}


def _c_name(dtype: Any) -> str:
    name = str(dtype.base_dtype.name)
    return _C_NAMES.get(name, name)


@op("MergeV2Checkpoints", inputs="checkpoint_prefixes: string, destination_prefix: string", host=True, stateful=True,
    differentiable=_FILES, waive=_NO_SAMPLES)
def merge_v2_checkpoints(checkpoint_prefixes, destination_prefix, *, delete_old_dirs: bool = True,
                         allow_missing_files: bool = False):
    """Several checkpoints become one. In a graph an operation.

    checkpoint_prefixes: a vector; destination_prefix: a scalar. delete_old_dirs: whether their folders are removed.
    """
    prefixes = _texts(checkpoint_prefixes, None, "checkpoint_prefixes")
    merge(prefixes, _text("destination_prefix", destination_prefix), delete_old_dirs, allow_missing_files)
    return ()


def _numbered(basename: Any, shard: Any, num_shards: Any) -> np.ndarray:
    return np.array(b"%s-%05d-of-%05d" % (bytes(np.asarray(basename)[()]), int(shard), int(num_shards)), object)


@op("ShardedFilename", inputs="basename: string, shard: int32, num_shards: int32", host=True,
    differentiable=never("strings"), samples=[((b"m", np.int32(0), np.int32(2)), {})])
def sharded_filename(basename, shard, num_shards):
    """The name of file `shard` of `num_shards`: `basename-00000-of-00002`."""
    return (_numbered(basename, shard, num_shards),)


@op("ShardedFilespec", inputs="basename: string, num_shards: int32", host=True, differentiable=never("strings"),
    samples=[((b"m", np.int32(2)), {})])
def sharded_filespec(basename, num_shards):
    """A pattern that the names of all `num_shards` files fit: `basename-?????-of-00002`."""
    return (np.array(b"%s-?????-of-%05d" % (bytes(np.asarray(basename)[()]), int(num_shards)), object),)


for _op in (save_v2, save_slices, merge_v2_checkpoints):
    _op.shape(lambda inputs, attrs: [])
for _op in (sharded_filename, sharded_filespec):
    _op.shape(lambda inputs, attrs: [((), dtypes.string)])


@restore_v2.shape
def _(inputs, attrs):
    return [(None, dtype) for dtype in attrs["dtypes"]]


