"""The file `checkpoint`, which names the checkpoints of a folder and the latest of them; checkpoints as files."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from typing import Any

from hornbeam.graph.bundle import files
from hornbeam.graph.names import Lazy, public, register
from hornbeam.runtime.logs import get_logger

_STATE_FILE = "checkpoint"
_V1 = 1

register(Lazy("hornbeam.graph.messages.saver_pb2", "SaverDef"), v1=("train.SaverDef",))


def path_of(given: Any) -> str:
    """A path as text."""
    return os.fsdecode(os.fspath(given))


def state_path(save_dir: Any, latest_filename: str | None = None) -> str:
    """Where the state file of a folder lies."""
    return os.path.join(path_of(save_dir), latest_filename or _STATE_FILE)


@public(v1=("train.generate_checkpoint_state_proto",))
def generate_checkpoint_state_proto(save_dir: Any, model_checkpoint_path: Any,
                                    all_model_checkpoint_paths: Sequence[Any] | None = None,
                                    all_model_checkpoint_timestamps: Sequence[float] | None = None,
                                    last_preserved_timestamp: float | None = None) -> Any:
    """A `CheckpointState` that names the latest checkpoint and all that are kept, the oldest first.

    Where `save_dir` is a relative path, relative paths are made relative to it. Raises ValueError where there are
    other than as many timestamps as checkpoints.
    """
    from hornbeam.graph.messages.checkpoint_state_pb2 import CheckpointState
    folder, latest = path_of(save_dir), path_of(model_checkpoint_path)
    paths = [path_of(p) for p in all_model_checkpoint_paths or ()]
    if not paths or paths[-1] != latest:
        get_logger().info("%s is not in all_model_checkpoint_paths. Manually adding it.", latest)
        paths.append(latest)
    times = list(all_model_checkpoint_timestamps or ())
    if times and len(times) != len(paths):
        raise ValueError("Checkpoint timestamps, if provided, must match checkpoint paths (got paths "
                         f"{paths} and timestamps {times})")
    if not os.path.isabs(folder):
        paths = [_relative(p, folder) for p in paths]
        latest = _relative(latest, folder)
    return CheckpointState(model_checkpoint_path=latest, all_model_checkpoint_paths=paths,
                           all_model_checkpoint_timestamps=times,
                           last_preserved_timestamp=last_preserved_timestamp or 0.0)


def _relative(path: str, folder: str) -> str:
    return path if os.path.isabs(path) else os.path.relpath(path, folder)


@public(v1=("train.update_checkpoint_state",))
def update_checkpoint_state(save_dir: Any, model_checkpoint_path: Any,
                            all_model_checkpoint_paths: Sequence[Any] | None = None,
                            latest_filename: str | None = None,
                            all_model_checkpoint_timestamps: Sequence[float] | None = None,
                            last_preserved_timestamp: float | None = None) -> None:
    """Write the state file of a folder, all at once. Raises RuntimeError where a checkpoint has the file's name."""
    write_state(save_dir, model_checkpoint_path, all_model_checkpoint_paths, latest_filename,
                all_model_checkpoint_timestamps, last_preserved_timestamp)


def write_state(save_dir: Any, latest: Any, paths: Sequence[Any] | None = None, latest_filename: str | None = None,
                timestamps: Sequence[float] | None = None, last_preserved: float | None = None,
                relative: bool = False) -> None:
    """`update_checkpoint_state`; with `relative`, absolute paths are made relative to the folder too."""
    from google.protobuf import text_format
    path, folder = state_path(save_dir, latest_filename), path_of(save_dir)
    if relative:
        latest = _below(latest, folder)
        paths = [_below(p, folder) for p in paths or ()]
    state = generate_checkpoint_state_proto(save_dir, latest, paths, timestamps, last_preserved)
    if path == state.model_checkpoint_path:
        raise RuntimeError(f"Save path '{latest}' conflicts with path used for checkpoint state.  Please use a "
                           "different save path.")
    files.replace(path, text_format.MessageToString(state).encode())


def _below(path: Any, folder: str) -> str:
    return os.path.relpath(path_of(path), folder) if os.path.isabs(path_of(path)) else path_of(path)


@public("train.get_checkpoint_state")
def get_checkpoint_state(checkpoint_dir: Any, latest_filename: str | None = None) -> Any:
    """The `CheckpointState` in a folder's state file, its paths joined to the folder; None where there is no such file.

    A file that cannot be read or parsed is named in a warning, and the answer is None.
    Raises ValueError where it names no latest checkpoint.
    """
    from google.protobuf import text_format

    from hornbeam.graph.messages.checkpoint_state_pb2 import CheckpointState
    path, folder = state_path(checkpoint_dir, latest_filename), path_of(checkpoint_dir)
    if not os.path.exists(path):
        return None
    state = CheckpointState()
    try:
        with open(path, "rb") as file:
            text_format.Merge(file.read().decode(), state)
    except (OSError, ValueError, text_format.ParseError) as error:
        get_logger().warning("%s: %s", type(error).__name__, error)
        get_logger().warning("%s: Checkpoint ignored", path)
        return None
    if not state.model_checkpoint_path:
        raise ValueError(f"Invalid checkpoint state loaded from {folder}")
    state.model_checkpoint_path = os.path.join(folder, state.model_checkpoint_path)
    for i, held in enumerate(state.all_model_checkpoint_paths):
        state.all_model_checkpoint_paths[i] = os.path.join(folder, held)
    return state


@public("train.latest_checkpoint")
def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """The latest checkpoint of a folder, as its state file says; None where there is none or its files are gone."""
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None:
        return None
    if _newest_file(state.model_checkpoint_path) is None:
        get_logger().error("Couldn't match files for checkpoint %s, which %s names", state.model_checkpoint_path,
                           state_path(checkpoint_dir, latest_filename))
        return None
    return state.model_checkpoint_path


# Checkpoints as files --------------------------------------------------------------------------------


def _newest_file(prefix: str) -> str | None:
    """A file that says the checkpoint is there: its index, or what a name or pattern of the older format finds."""
    index = files.index_name(prefix)
    if os.path.exists(index):
        return index
    if os.path.isfile(prefix):
        return prefix
    return next(iter(sorted(p for p in glob.glob(prefix) if os.path.isfile(p))), None)


@public(v1=("train.checkpoint_exists",))
def checkpoint_exists(checkpoint_prefix: Any) -> bool:
    """Whether there is a checkpoint of that name, of either format."""
    return _newest_file(path_of(checkpoint_prefix)) is not None


@public(v1=("train.get_checkpoint_mtimes",))
def get_checkpoint_mtimes(checkpoint_prefixes: Sequence[Any]) -> list[float]:
    """When these checkpoints were written, in seconds since 1970. Those that do not exist are left out."""
    found = (_newest_file(path_of(p)) for p in checkpoint_prefixes)
    return [os.path.getmtime(p) for p in found if p is not None]


def meta_graph_filename(prefix: str, meta_graph_suffix: str = "meta") -> str:
    """The file that holds the graph of a checkpoint; all shards of the older format share one."""
    basename = prefix.split("-?????-of-")[0]
    return f"{basename}.{meta_graph_suffix}"


@public(v1=("train.remove_checkpoint",))
def remove_checkpoint(checkpoint_prefix: Any, checkpoint_format_version: int = 2,
                      meta_graph_suffix: str = "meta") -> None:
    """Delete the files of a checkpoint, those of its graph included. None need be there."""
    prefix = path_of(checkpoint_prefix)
    found = [meta_graph_filename(prefix, meta_graph_suffix), files.index_name(prefix)]
    if checkpoint_format_version == _V1:
        found = [found[0], prefix, *glob.glob(prefix)]
    else:
        found += glob.glob(f"{glob.escape(prefix)}.data-?????-of-?????")
    for path in dict.fromkeys(found):
        if os.path.isfile(path):
            with files.freed_aside(path):
                os.remove(path)
