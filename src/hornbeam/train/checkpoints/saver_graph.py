"""The operations that save and restore, as TensorFlow makes and names them.

    save/filename, save/Const      the name of the checkpoint, which every run feeds
    save/SaveV2                    writes; save/control_dependency gives the name once that is done
    save/RestoreV2, save/Assign…   read and assign; save/restore_all has run when all of them have
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import array, checkpoints
from hornbeam.ops.joining import pack
from hornbeam.ops.strings import string_join_op
from hornbeam.runtime.graph_functions import group

V1, V2 = 1, 2


def build(saveables: Sequence[Any], *, reshape: bool = False, sharded: bool = False, max_to_keep: int = 5,
          keep_checkpoint_every_n_hours: float = 10000.0, name: str | None = None, restore_sequentially: bool = False,
          filename: Any = "model", version: int = V2, build_save: bool = True, build_restore: bool = True) -> Any:
    """Make the operations in the current graph; the `SaverDef` that names them."""
    from hornbeam.graph.messages.saver_pb2 import SaverDef
    graph = mode.default_graph()
    with mode.opened(graph), graph.name_scope(name or "save"), graph.control_dependencies(None):
        default = array.constant(filename or "model", dtypes.string, name="filename/input")
        given = array.placeholder_with_default_op(default, shape=(), name="filename")
        path = array.placeholder_with_default_op(given, shape=(), name="Const")
        shards = _by_device(saveables) if sharded else [("", list(saveables))]
        saved: Any = None
        if build_save:
            saved = _sharded(path, shards, version) if sharded else _saved(path, shards[0][1], version)
        restored: Any = None
        if build_restore:
            restored = _restored(path, shards, reshape, restore_sequentially, sharded)
    return SaverDef(filename_tensor_name=path.name, save_tensor_name=saved.name if saved is not None else "",
                    restore_op_name=restored.name if restored is not None else "", max_to_keep=max_to_keep,
                    sharded=sharded, keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours, version=version)  # type: ignore[arg-type]


def _by_device(saveables: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """The saveables of each device, ordered by the device's name."""
    found: dict[str, list[Any]] = {}
    for saveable in saveables:
        found.setdefault(saveable.device or "", []).append(saveable)
    return sorted(found.items())


def _strings(values: Sequence[str]) -> np.ndarray:
    out = np.empty(len(values), object)
    out[:] = [v.encode() for v in values]
    return out


def _specs(saveables: Sequence[Any]) -> list[Any]:
    return [spec for saveable in saveables for spec in saveable.specs]


def _saved(path: GraphTensor, saveables: Sequence[Any], version: int) -> GraphTensor:
    """Save under a name; the name, once that is done."""
    specs = _specs(saveables)
    names, parts = _strings([s.name for s in specs]), _strings([s.slice_spec for s in specs])
    tensors = [s.tensor for s in specs]
    graph = path.graph
    if version == V1:
        done = checkpoints.save_slices(path, names, parts, tensors, name="save")
    else:
        done = checkpoints.save_v2(path, names, parts, tensors, name="SaveV2")
    with graph.control_dependencies([done]):
        return array.identity_op(path, name="control_dependency")


def _sharded(path: GraphTensor, shards: Sequence[tuple[str, list[Any]]], version: int) -> GraphTensor:
    """Each device's variables in a checkpoint of their own, then merged into one."""
    graph = path.graph
    start = path if version == V1 else string_join_op(
        [path, array.constant(f"_temp_{uuid.uuid4().hex}/part", name="StringJoin/inputs_1")], name="StringJoin")
    count = array.constant(len(shards), name="num_shards")
    saved, names = [], []
    for number, (device, saveables) in enumerate(shards):
        with graph.device(device or None):
            names.append(checkpoints.sharded_filename(start, array.constant(number, name="ShardedFilename/shard"),
                                                      count, name="ShardedFilename"))
            saved.append(_saved(names[-1], saveables, version))
    with graph.control_dependencies([s.op for s in saved]):
        if version == V1:
            return checkpoints.sharded_filespec(path, count, name="ShardedFilespec")
        prefixes = pack(names, axis=0, name="MergeV2Checkpoints/checkpoint_prefixes")
        merged = checkpoints.merge_v2_checkpoints(prefixes, path, delete_old_dirs=True, name="MergeV2Checkpoints")
        with graph.control_dependencies([merged]):
            return array.identity_op(path, name="Identity")


def _restored(path: GraphTensor, shards: Sequence[tuple[str, list[Any]]], reshape: bool, sequentially: bool,
              sharded: bool) -> Any:
    graph = path.graph
    done = []
    for device, saveables in shards:
        with graph.device(device or None):
            assigned = _assigned(path, saveables, reshape, sequentially)
            done.append(group(*assigned, name="restore_shard" if sharded else "restore_all"))
    return group(*done, name="restore_all") if sharded else done[0]


def _assigned(path: GraphTensor, saveables: Sequence[Any], reshape: bool, sequentially: bool) -> list[Any]:
    """Read everything in one operation, then assign."""
    graph = path.graph
    specs = _specs(saveables)
    with graph.device("/cpu:0"):
        values = list(checkpoints.restore_v2(
            path, _strings([s.name for s in specs]), _strings([s.slice_spec for s in specs]),
            dtypes=tuple(dtypes.as_dtype(s.dtype).base_dtype for s in specs), name="RestoreV2"))
    done: list[Any] = []
    for saveable in saveables:
        own, values = values[:len(saveable.specs)], values[len(saveable.specs):]
        shapes = [array.shape(s.tensor) if s.tensor.shape.rank is None else s.tensor.shape
                  for s in saveable.specs] if reshape else None
        with graph.control_dependencies([getattr(d, "op", d) for d in done[-1:]] if sequentially else []):
            done.append(saveable.restore(own, shapes))
    return done
