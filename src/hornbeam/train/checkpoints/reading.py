"""What a checkpoint holds: its variables by name, and variables that start from it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any, final

import numpy as np

from hornbeam.graph.bundle import slices
from hornbeam.graph.bundle.opening import open_checkpoint
from hornbeam.graph.names import public
from hornbeam.runtime.logs import get_logger
from hornbeam.train.checkpoints.state_file import latest_checkpoint, path_of


@final
class CheckpointReader:
    """Reads a checkpoint by the names of its variables."""

    def __init__(self, prefix: str) -> None:
        self._reader = open_checkpoint(prefix)

    def has_tensor(self, tensor_str: str) -> bool:
        """Whether there is a variable of that name."""
        return tensor_str in self._reader

    def get_tensor(self, tensor_str: str) -> Any:
        """The value of a variable, as an array; of a scalar, as NumPy's scalar. Raises NotFoundError, DataLossError."""
        found = self._reader.get(tensor_str)
        return found[()] if found.ndim == 0 and found.dtype != object else found.item() if found.ndim == 0 else found

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """The shapes of all variables, by name."""
        return {n: list(self._reader.entry(n).shape) for n in self._reader.names()}

    def get_variable_to_dtype_map(self) -> dict[str, Any]:
        """The dtypes of all variables, by name."""
        return {n: self._reader.entry(n).dtype for n in self._reader.names()}

    def debug_string(self) -> bytes:
        """One line a variable: its name, dtype and shape; those that were saved in parts with the parts."""
        lines = []
        for name in self._reader.names():
            entry = self._reader.entry(name)
            places = [slices.formatted((), p).strip() for p in entry.parts]
            kind = entry.dtype.name.upper()
            shown = f"{name} (DT_{_ENUM_NAMES.get(kind, kind)}) [{','.join(map(str, entry.shape))}]"
            lines.append(" ".join([shown, *places]))
        return "".join(f"{line}\n" for line in lines).encode()


_ENUM_NAMES = {"FLOAT32": "FLOAT", "FLOAT64": "DOUBLE", "FLOAT16": "HALF"}


@public(v1=("train.NewCheckpointReader",))
def NewCheckpointReader(filepattern: Any) -> CheckpointReader:
    """A reader of the checkpoint of that name. Raises NotFoundError where there is none, DataLossError where damaged.
    """
    return CheckpointReader(path_of(filepattern))


@public("train.load_checkpoint")
def load_checkpoint(ckpt_dir_or_file: Any) -> CheckpointReader:
    """A reader of a checkpoint: the one of that name, or the latest in that folder.

    Raises ValueError for a folder without one, NotFoundError, DataLossError.
    """
    return NewCheckpointReader(found_in(ckpt_dir_or_file))


def found_in(ckpt_dir_or_file: Any) -> str:
    """The name of a checkpoint that is named itself or by its folder. Raises ValueError for a folder without one."""
    given = path_of(ckpt_dir_or_file)
    if not os.path.isdir(given):
        return given
    found = latest_checkpoint(given)
    if found is None:
        raise ValueError(f"Couldn't find 'checkpoint' file or checkpoints in given directory {given}")
    return found


@public("train.load_variable")
def load_variable(ckpt_dir_or_file: Any, name: str) -> Any:
    """The value of one variable of a checkpoint, as an array. `name` may end in `:0`."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))


@public("train.list_variables")
def list_variables(ckpt_dir_or_file: Any) -> list[tuple[str, list[int]]]:
    """The names and shapes of a checkpoint's variables, by name."""
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


# Waiting ----------------------------------------------------------------------------------------------


def wait_for_new_checkpoint(checkpoint_dir: Any, last_checkpoint: str | None = None, seconds_to_sleep: float = 1,
                            timeout: float | None = None) -> str | None:
    """The latest checkpoint of a folder as soon as it is another than `last_checkpoint`; None after `timeout` seconds.
    """
    get_logger().info("Waiting for new checkpoint at %s", checkpoint_dir)
    stop = None if timeout is None else time.time() + timeout
    while True:
        found = latest_checkpoint(checkpoint_dir)
        if found is not None and found != last_checkpoint:
            get_logger().info("Found new checkpoint at %s", found)
            return found
        if stop is not None and time.time() + seconds_to_sleep > stop:
            return None
        time.sleep(seconds_to_sleep)


@public("train.checkpoints_iterator")
def checkpoints_iterator(checkpoint_dir: Any, min_interval_secs: float = 0, timeout: float | None = None,
                         timeout_fn: Callable[[], bool] | None = None) -> Iterator[str]:
    """Each new checkpoint of a folder, as they appear.

    min_interval_secs: how long it is at least from one to the next. timeout: seconds to wait for a new one; then the
    iteration ends, or goes on if `timeout_fn()` is false.
    """
    last: str | None = None
    while True:
        found = wait_for_new_checkpoint(checkpoint_dir, last, timeout=timeout)
        if found is None:
            if timeout_fn is None:
                get_logger().info("Timed-out waiting for a checkpoint.")
                return
            if timeout_fn():
                return
            continue
        start, last = time.time(), found
        yield found
        rest = start + min_interval_secs - time.time()
        if rest > 0:
            time.sleep(rest)


def value_of(reader: CheckpointReader, name: str, part: Any) -> np.ndarray:
    """A variable's value, or the part of it that `part` (a slice's text) names."""
    if not part:
        return reader._reader.get(name)
    return reader._reader.get_part(name, *slices.parsed(part))
