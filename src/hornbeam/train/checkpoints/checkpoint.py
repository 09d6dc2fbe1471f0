"""`Checkpoint`: saves what objects hold under the paths that lead there, and restores it as the objects come."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, errors, mode
from hornbeam.graph.bundle.opening import open_checkpoint
from hornbeam.graph.bundle.writer import BundleWriter
from hornbeam.graph.names import public
from hornbeam.ops import array
from hornbeam.runtime.session import get_default_session
from hornbeam.runtime.variable import Variable
from hornbeam.train.checkpoints import restoration, state_file
from hornbeam.train.checkpoints.object_graph import ObjectGraph
from hornbeam.train.checkpoints.object_names import OBJECT_GRAPH, object_graph
from hornbeam.train.checkpoints.trackables import Value, attributes, children, is_trackable


@public("train.CheckpointOptions")
class CheckpointOptions:
    """How a checkpoint is written and read.

    experimental_skip_slot_variables: leave slots of optimizers alone when restoring. experimental_write_callbacks:
    functions that are called after a checkpoint was written, with its name or without arguments.
    experimental_io_device, experimental_enable_async_checkpoint, enable_async, experimental_sharding_callback:
    accepted; a checkpoint is written by the thread that asks for it, to one file.
    """

    __slots__ = ("enable_async", "experimental_enable_async_checkpoint", "experimental_io_device",
                 "experimental_sharding_callback", "experimental_skip_slot_variables", "experimental_write_callbacks")

    def __init__(self, experimental_io_device: Any = None, experimental_enable_async_checkpoint: bool = False,
                 experimental_write_callbacks: list[Callable[..., Any]] | None = None, enable_async: bool = False,
                 experimental_skip_slot_variables: bool = False, experimental_sharding_callback: Any = None) -> None:
        for function in experimental_write_callbacks or ():
            if not callable(function):
                raise TypeError(f"experimental_write_callbacks holds functions, not {function!r}")
        self.experimental_io_device = experimental_io_device
        self.enable_async = experimental_enable_async_checkpoint or enable_async
        self.experimental_enable_async_checkpoint = self.enable_async
        self.experimental_write_callbacks = experimental_write_callbacks
        self.experimental_skip_slot_variables = experimental_skip_slot_variables
        self.experimental_sharding_callback = experimental_sharding_callback


def _refuse(name: str, value: Any) -> None:
    if not is_trackable(value):
        raise ValueError(f"`Checkpoint` was expecting {name} to be a trackable object (an object derived from "
                         f"`Trackable`), got {value}. If you believe this object should be trackable (i.e. it is part "
                         "of the TensorFlow Python API and manages state), please open an issue.")


class BaseCheckpoint:
    """What checkpoints of both generations share."""

    _private = frozenset(("_root", "_save_counter", "_options", restoration._DEFERRED))

    def _init(self, root: Any, given: dict[str, Any]) -> None:
        self._root: Any = None
        self._save_counter: Variable | None = None
        if root is not None:
            _refuse("root", root)
            if isinstance(root, BaseCheckpoint) and root._root is not None:
                given = {**attributes(root, self._private), **given}
                root = root._root
            self._root = root
        for name in sorted(given):
            _refuse(name, given[name])
            if root is not None and getattr(root, name, given[name]) is not given[name]:
                raise ValueError(f"Cannot create a Checkpoint with keyword argument {name} if root.{name} already "
                                 "exists.")
            setattr(self, name, given[name])

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        restoration.resume(self if self._root is None else self._root)

    def _start(self) -> Any:
        return self if self._root is None else self._root

    def _trackable_children(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The children by name: the root's, those it was made with or got later, the counter of saves."""
        own = attributes(self, self._private)
        if self._root is not None:
            own = {**children(self._root), **own, "root": self._root}
        return own if self._save_counter is None else {**own, "save_counter": self._save_counter}

    def _beside(self) -> dict[str, Any]:
        """Children that are not the root's own."""
        if self._root is None:
            return {}
        held = attributes(self, self._private)
        held["root"] = self._root
        if self._save_counter is not None:
            held["save_counter"] = self._save_counter
        return held

    # Writing ----------------------------------------------------------------------------------------

    @property
    def save_counter(self) -> Variable:
        """How often `save` was called: an int64 variable, a part of the checkpoint."""
        self._make_save_counter()
        return self._save_counter  # type: ignore[return-value]

    def _make_save_counter(self) -> None:
        if self._save_counter is None:
            self._save_counter = Variable(np.int64(0), trainable=False, name="save_counter", dtype=dtypes.int64)

    def _write_to(self, file_prefix: Any, session: Any, options: CheckpointOptions | None) -> str:
        prefix = state_file.path_of(file_prefix)
        graph = ObjectGraph(self._start(), self._beside())
        saved = sorted(graph.saved(), key=lambda pair: pair[0])
        held = _values_in_session([v for _, v in saved], session)
        folder = os.path.dirname(prefix)
        if folder:
            os.makedirs(folder, exist_ok=True)
        writer = BundleWriter(prefix)
        try:
            writer.add(OBJECT_GRAPH, np.array(graph.to_proto().SerializeToString(), object))
            for key, value in saved:
                writer.add(key, held[id(value.variable)] if id(value.variable) in held else value.read())
            writer.finish()
        except BaseException:
            writer.abandon()
            raise
        for function in (options.experimental_write_callbacks or () if options is not None else ()):
            function(prefix) if inspect.signature(function).parameters else function()
        return prefix

    def _save_to(self, file_prefix: Any, session: Any, options: CheckpointOptions | None) -> str:
        number = self._counted(session)
        path = self._write_to(f"{state_file.path_of(file_prefix)}-{number}", session, options)
        state_file.write_state(os.path.dirname(path), path, [path], relative=True)
        return path

    def _counted(self, session: Any) -> int:
        """Add one to the counter of saves; what it is then."""
        counter = self.save_counter
        if not counter._in_sessions_alone:
            counter.assign_add(1)
            return int(counter.numpy())
        session = _session(session)
        try:
            number = int(session.run(counter)) + 1
        except errors.FailedPreconditionError:
            number = 1  # nobody has initialized it
        counter.load(number, session)
        return number

    # Reading ----------------------------------------------------------------------------------------

    def _read_from(self, save_path: Any, options: CheckpointOptions | None) -> restoration.LoadStatus:
        if save_path is None:
            return restoration.InitializationOnlyStatus(self._start(), self._beside)
        prefix = state_file.path_of(save_path)
        reader = open_checkpoint(prefix)
        graph = object_graph(reader)
        if graph is None:
            return restoration.NameBasedSaverStatus(reader, self._start(), self._beside)
        found = restoration.Restoration(reader, graph, prefix,
                                        options is not None and options.experimental_skip_slot_variables)
        found.start(self._start(), self._beside)
        return restoration.CheckpointLoadStatus(found, self._start(), self._beside)

    def _restore_from(self, save_path: Any, options: CheckpointOptions | None) -> restoration.LoadStatus:
        given = save_path
        if save_path is not None and os.path.isfile(os.path.join(state_file.path_of(save_path), "saved_model.pb")):
            save_path = os.path.join(state_file.path_of(save_path), "variables", "variables")
        try:
            self._make_save_counter()
            return self._read_from(save_path, options)
        except errors.NotFoundError as error:
            raise errors.NotFoundError(
                None, None, f"Error when restoring from checkpoint or SavedModel at {given}: {error.message}\nPlease "
                "double-check that the path is correct. You may be missing the checkpoint suffix (e.g. the '-1' in "
                "'path/to/ckpt-1').") from None

    def sync(self) -> None:
        """Accepted: checkpoints are written by the time that `save` returns."""


def _session(session: Any) -> Any:
    found = session or get_default_session()
    if found is None:
        raise RuntimeError("Saving variables of a graph needs a session: pass one, or open one with `with`.")
    return found


def _values_in_session(values: list[Value], session: Any) -> dict[int, Any]:
    """The values of variables of a graph, by the variables' identities."""
    of_graph = [v.variable for v in values if v.variable is not None and v.variable._in_sessions_alone]
    if not of_graph:
        return {}
    return {id(v): value for v, value in zip(of_graph, _session(session).run(of_graph), strict=True)}


@public(v2=("train.Checkpoint",))
class Checkpoint(BaseCheckpoint):
    """Objects that are saved and restored together: variables, modules, optimizers, models, lists and dictionaries.

    root: an object whose children are the checkpoint's. kwargs: objects by name. Attributes that are set later belong
    to it too. Raises ValueError for what has no state that could be saved.

    >>> import tempfile
    >>> step = Variable(1)
    >>> path = Checkpoint(step=step).save(f"{tempfile.mkdtemp()}/ckpt")
    >>> int(step.assign(5))
    5
    >>> status = Checkpoint(step=step).restore(path)
    >>> int(step)
    1
    """

    def __init__(self, root: Any = None, **kwargs: Any) -> None:
        object.__setattr__(self, "_root", None)
        self._init(root, kwargs)

    def write(self, file_prefix: Any, options: CheckpointOptions | None = None) -> str:
        """Write a checkpoint of this name; the name. The state file and `save_counter` are left alone."""
        return self._write_to(file_prefix, None, options)

    def save(self, file_prefix: Any, options: CheckpointOptions | None = None) -> str:
        """Write a checkpoint `file_prefix-N`, the N-th, and the state file of its folder; the checkpoint's name."""
        return self._save_to(file_prefix, None, options)

    def read(self, save_path: Any, options: CheckpointOptions | None = None) -> restoration.LoadStatus:
        """Restore from a checkpoint that `write` wrote; what became of it.

        Values for objects that do not exist yet are given to them when they come. Raises NotFoundError where there is
        no such checkpoint, DataLossError where it is damaged, ValueError for shapes and InvalidArgumentError for
        dtypes that do not fit.
        """
        return self._read_from(save_path, options)

    def restore(self, save_path: Any, options: CheckpointOptions | None = None) -> restoration.LoadStatus:
        """Restore from a checkpoint that `save` wrote, from one of a `Saver` or of a SavedModel; None restores nothing.

        As `read` besides.
        """
        return self._restore_from(save_path, options)


@public(v1=("train.Checkpoint",))
class CheckpointV1(BaseCheckpoint):
    """Objects that are saved and restored together, in a graph or eagerly.

    kwargs: objects by name: variables, modules, optimizers, models, lists and dictionaries. In a graph, values are
    those of a session, and `restore(path).run_restore_ops(session)` gives them back.
    Raises ValueError for what has no state that could be saved.
    """

    def __init__(self, **kwargs: Any) -> None:
        object.__setattr__(self, "_root", None)
        self._init(None, kwargs)

    def _make_save_counter(self) -> None:
        if self._save_counter is None:
            with mode.graph_first(), mode.opened(mode.current_graph()):
                graph = mode.current_graph()
                if graph is None:
                    super()._make_save_counter()
                else:
                    self._save_counter = Variable(array.constant(0, dtypes.int64), trainable=False,
                                                  name="save_counter", dtype=dtypes.int64)

    def write(self, file_prefix: Any, session: Any = None, options: CheckpointOptions | None = None) -> str:
        """Write a checkpoint of this name; the name. session: where the values are, by default the default one."""
        return self._write_to(file_prefix, session, options)

    def save(self, file_prefix: Any, session: Any = None, options: CheckpointOptions | None = None) -> str:
        """Write a checkpoint `file_prefix-N`, the N-th, and the state file of its folder; the checkpoint's name."""
        return self._save_to(file_prefix, session, options)

    def restore(self, save_path: Any) -> restoration.LoadStatus:
        """Restore from a checkpoint; what became of it. None restores nothing."""
        return self._restore_from(save_path, None)
