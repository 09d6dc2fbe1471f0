"""`Saver`: saves the variables of a graph to numbered checkpoints, and restores them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, errors, mode
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.ops import checkpoints
from hornbeam.runtime.collections import GraphKeys
from hornbeam.runtime.logs import get_logger
from hornbeam.train.checkpoints import saver_graph, state_file
from hornbeam.train.checkpoints.object_names import names_to_keys
from hornbeam.train.checkpoints.saveables import as_variable, named, saveables, variables_in

_HOUR = 3600.0


@public(v1=("train.Saver",))
class Saver:
    """Saves variables to checkpoints `path-step`, keeps the latest of these, and restores them.

    var_list: the variables, a list or a dictionary from names; by default all global variables of the graph.
    reshape: restore values of other shapes with as many elements. sharded: one data file a device. max_to_keep: how
    many checkpoints are kept, all where it is None or 0. keep_checkpoint_every_n_hours: besides, one is kept each time
    that many hours have passed. name: the scope of its operations ("save"). restore_sequentially: restore one variable
    after the other. saver_def: the operations, where they exist. defer_build: make them when `build` is called.
    allow_empty: whether there may be no variables. write_version: the format, `SaverDef.V2` or `V1`. pad_step_number:
    write steps with eight digits. save_relative_paths: write paths relative to the state file. filename: the name that
    is used where a run feeds none. builder: accepted, without effect.
    Raises ValueError without variables and for equal names, TypeError for what is no variable.
    """

    def __init__(self, var_list: Any = None, reshape: bool = False, sharded: bool = False,
                 max_to_keep: int | None = 5, keep_checkpoint_every_n_hours: float = 10000.0, name: str | None = None,
                 restore_sequentially: bool = False, saver_def: Any = None, builder: Any = None,
                 defer_build: bool = False, allow_empty: bool = False, write_version: int = 2,
                 pad_step_number: bool = False, save_relative_paths: bool = False,
                 filename: str | None = None) -> None:
        if defer_build and var_list:
            raise ValueError("If `var_list` is provided then build cannot be deferred. Either set defer_build=False "
                             "or var_list=None.")
        with mode.graph_first():
            self._eager = mode.executing_eagerly()
        if self._eager and var_list is None:
            raise RuntimeError("When eager execution is enabled, `var_list` must specify a list or dict of variables "
                               "to save")
        self._var_list = var_list
        self._reshape, self._sharded = reshape, sharded
        self._max_to_keep = max_to_keep
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._name, self._restore_sequentially, self._filename = name, restore_sequentially, filename
        self.saver_def = saver_def
        self._allow_empty, self._write_version = allow_empty, write_version
        self._pad_step_number, self._save_relative_paths = pad_step_number, save_relative_paths
        self._is_built = self._is_empty = False
        self._last_checkpoints: list[tuple[str, float]] = []
        self._to_delete: list[tuple[str, float]] = []
        self._next_checkpoint_time = time.time() + keep_checkpoint_every_n_hours * _HOUR
        if not defer_build:
            self.build()
        if self.saver_def is not None:
            self._check()
            self._write_version = self.saver_def.version

    # Making -----------------------------------------------------------------------------------------

    def build(self) -> None:
        """Make the operations, unless they exist. Raises RuntimeError in eager execution."""
        if self._eager:
            list(variables_in(named(self._var_list)))  # says what cannot be saved
            self._is_built = True
            return
        if self._is_built:
            return
        self._is_built = True
        if self.saver_def is None:
            found = self._var_list if self._var_list is not None else _all_saveable()
            if not found:
                if not self._allow_empty:
                    raise ValueError("No variables to save")
                self._is_empty = True
                return
            self.saver_def = saver_graph.build(
                saveables(named(found)), reshape=self._reshape, sharded=self._sharded,
                max_to_keep=self._max_to_keep or 0, name=self._name, filename=self._filename,
                keep_checkpoint_every_n_hours=self._keep_checkpoint_every_n_hours,
                restore_sequentially=self._restore_sequentially, version=self._write_version)
        elif self._name:
            held, self.saver_def = self.saver_def, type(self.saver_def)()
            self.saver_def.CopyFrom(held)
            for field in _NAMES:
                setattr(self.saver_def, field, f"{self._name}/{getattr(held, field)}")
        self._check()
        self._next_checkpoint_time = time.time() + self.saver_def.keep_checkpoint_every_n_hours * _HOUR

    def _check(self) -> None:
        if not hasattr(self.saver_def, "restore_op_name"):
            raise ValueError(f"saver_def must be a saver_pb2.SaverDef: {self.saver_def}")
        for field in ("save_tensor_name", "restore_op_name"):
            if not getattr(self.saver_def, field):
                raise ValueError(f"saver_def must specify the {field}: {self.saver_def}")

    # Saving -----------------------------------------------------------------------------------------

    def save(self, sess: Any, save_path: Any, global_step: Any = None, latest_filename: str | None = None,
             meta_graph_suffix: str = "meta", write_meta_graph: bool = True, write_state: bool = True,
             strip_default_attrs: bool = False, save_debug_info: bool = False) -> str | None:
        """Save the variables' values; the name of the checkpoint, None where there are no variables.

        sess: the session that has the values. save_path: the name, to which `-step` is added where `global_step` (a
        number, a variable, a name) is given. latest_filename: the state file ("checkpoint"). write_meta_graph: whether
        the graph is written too, to `name.meta`. write_state: whether the state file is written and old checkpoints
        are deleted. Raises TypeError where `sess` is no session, ValueError where the folder does not exist and
        cannot be made, RuntimeError where nothing was built.
        """
        if not self._is_built:
            raise RuntimeError("`build()` should be called before save if defer_build==True")
        latest_filename = latest_filename or "checkpoint"
        if os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        path = state_file.path_of(save_path)
        name = self._numbered(path, sess, global_step)
        if global_step is None and os.path.basename(path) == latest_filename and not self._sharded:
            raise ValueError("'latest_filename' collides with 'save_path': "
                             f"'{latest_filename}' and '{path}'")
        if not path:
            raise ValueError("no path specified")
        self._check_session(sess)
        saved = None
        if not self._is_empty:
            try:
                saved = self._write(sess, name)
            except (errors.FailedPreconditionError, errors.NotFoundError) as error:
                if not os.path.isdir(os.path.dirname(path) or "."):
                    raise ValueError(f"Parent directory of {path} doesn't exist, can't save.") from error
                raise
        if write_meta_graph and not self._eager:
            with sess.graph.as_default():
                self.export_meta_graph(state_file.meta_graph_filename(name, meta_graph_suffix),
                                       strip_default_attrs=strip_default_attrs, save_debug_info=save_debug_info)
        if saved is not None and write_state:
            self._record(saved)
            state_file.write_state(os.path.dirname(path), saved, self.last_checkpoints, latest_filename,
                                   relative=self._save_relative_paths)
            self._delete_old(meta_graph_suffix)
        return saved

    def _numbered(self, path: str, sess: Any, step: Any) -> str:
        if step is None:
            return path
        if not isinstance(step, (int, np.integer)):
            step = _step_value(sess, step)
        return f"{path}-{int(step):08d}" if self._pad_step_number else f"{path}-{int(step)}"

    def _check_session(self, sess: Any) -> None:
        if not self._eager and not (callable(getattr(sess, "run", None)) and isinstance(
                getattr(sess, "graph", None), Graph)):
            raise TypeError(f"'sess' must be a Session; {sess}")

    def _write(self, sess: Any, name: str) -> str:
        if not self._eager:
            found = sess.run(self.saver_def.save_tensor_name, {self.saver_def.filename_tensor_name: name})
            return found.decode() if isinstance(found, bytes) else str(found)
        variables = list(variables_in(named(self._var_list)))
        checkpoints.save_v2(name, [n for n, _, _ in variables], [p for _, p, _ in variables],
                            [v.value() for _, _, v in variables])
        return name

    # Restoring --------------------------------------------------------------------------------------

    def restore(self, sess: Any, save_path: Any) -> None:
        """Give the variables the values of the checkpoint `save_path`. They need not be initialized.

        Raises ValueError where there is no such checkpoint, NotFoundError where a variable is not in it,
        InvalidArgumentError where its shape or dtype differs, DataLossError where a file is damaged.
        """
        if self._is_empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        path = state_file.path_of(save_path)
        if not state_file.checkpoint_exists(path):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {path}")
        get_logger().info("Restoring parameters from %s", path)
        try:
            if self._eager:
                self._restore_eager(path)
            else:
                sess.run(self.saver_def.restore_op_name, {self.saver_def.filename_tensor_name: path})
        except errors.NotFoundError as error:
            keys = names_to_keys(path)
            if keys is None:
                raise _told(error, "a Variable name or other graph key that is missing") from None
            self._restore_objects(sess, path, keys, error)
        except errors.InvalidArgumentError as error:
            raise _told(error, "a mismatch between the current graph and the graph") from None

    def _restore_eager(self, path: str) -> None:
        variables = list(variables_in(named(self._var_list)))
        values = checkpoints.restore_v2(path, [n for n, _, _ in variables], [p for _, p, _ in variables],
                                        dtypes=[dtypes.as_dtype(v.dtype).base_dtype for _, _, v in variables])
        for (_, _, variable), value in zip(variables, values, strict=True):
            variable.assign(value)

    def _restore_objects(self, sess: Any, path: str, keys: dict[str, str], error: errors.NotFoundError) -> None:
        """Restore from a checkpoint of objects: its variables are found by the names they have in graphs."""
        get_logger().warning("Restoring an object-based checkpoint using a name-based saver. This may be somewhat "
                             "fragile, and will re-build the Saver. Instead, consider loading object-based "
                             "checkpoints using tf.train.Checkpoint().")
        wanted = named(self._var_list if self._var_list is not None else _all_saveable())
        missing = [n for n in wanted if n not in keys]
        if missing:
            raise _told(errors.NotFoundError(None, error.op, f"Existing variables not in the checkpoint: "
                                             f"{', '.join(sorted(missing))}"),
                        "a Variable name or other graph key that is missing") from None
        with mode.opened(None if self._eager else sess.graph):
            renamed = {keys[n]: v for n, v in wanted.items()}
            Saver(renamed, reshape=self._reshape, name=self._name, max_to_keep=0).restore(sess, path)

    # Which checkpoints there are ----------------------------------------------------------------------

    @property
    def last_checkpoints(self) -> list[str]:
        """The checkpoints that are kept, the oldest first."""
        return [path for path, _ in self._last_checkpoints]

    def set_last_checkpoints(self, last_checkpoints: list[str]) -> None:
        """Say which checkpoints there are; they are deleted as new ones come, however long ago they were written."""
        if not isinstance(last_checkpoints, list):
            raise TypeError(f"last_checkpoints is a list, not {type(last_checkpoints).__name__}")
        self._last_checkpoints = [(state_file.path_of(p), float("inf")) for p in last_checkpoints]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time: list[tuple[str, float]]) -> None:
        """Say which checkpoints there are, and when each was written, in seconds since 1970."""
        if not isinstance(last_checkpoints_with_time, list):
            raise TypeError(f"last_checkpoints_with_time is a list, not {type(last_checkpoints_with_time).__name__}")
        self._last_checkpoints = [(state_file.path_of(p), t) for p, t in last_checkpoints_with_time]

    def recover_last_checkpoints(self, checkpoint_paths: Iterable[Any]) -> None:
        """Take over the checkpoints of an earlier run, those that exist, to delete them as new ones come."""
        found = []
        for path in checkpoint_paths:
            times = state_file.get_checkpoint_mtimes([path])
            if times:
                found.append((state_file.path_of(path), times[0]))
        self.set_last_checkpoints_with_time(found)

    def _record(self, path: str) -> None:
        most = self._most()
        if not most:
            return
        self._last_checkpoints = [c for c in self._last_checkpoints if c[0] != path]
        self._last_checkpoints.append((path, time.time()))
        if len(self._last_checkpoints) > most:
            self._to_delete.append(self._last_checkpoints.pop(0))

    def _most(self) -> int:
        return self.saver_def.max_to_keep if self.saver_def is not None else self._max_to_keep or 0

    def _hours(self) -> float:
        return (self.saver_def.keep_checkpoint_every_n_hours if self.saver_def is not None
                else self._keep_checkpoint_every_n_hours)

    def _delete_old(self, meta_graph_suffix: str) -> None:
        if not self._to_delete:
            return
        path, written = self._to_delete.pop(0)
        if written > self._next_checkpoint_time:
            self._next_checkpoint_time += self._hours() * _HOUR
            return
        try:
            state_file.remove_checkpoint(path, self._write_version, meta_graph_suffix)
        except OSError as error:
            get_logger().warning("Ignoring: %s", error)

    # As messages --------------------------------------------------------------------------------------

    def as_saver_def(self) -> Any:
        """The `SaverDef` that names its operations."""
        return self.saver_def

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The `SaverDef`, with names below `export_scope`; None where its operations stand elsewhere."""
        if export_scope is None:
            return self.saver_def
        held = self.saver_def
        if not all(getattr(held, field).startswith(export_scope) for field in _NAMES):
            return None
        out = type(held)()
        out.CopyFrom(held)
        for field in _NAMES:
            setattr(out, field, getattr(held, field)[len(export_scope):].lstrip("/"))
        return out

    @staticmethod
    def from_proto(saver_def: Any, import_scope: str | None = None) -> Saver:
        """A saver on operations that exist, in the scope `import_scope`."""
        return Saver(saver_def=saver_def, name=import_scope)

    def export_meta_graph(self, filename: Any = None, collection_list: Sequence[str] | None = None,
                          as_text: bool = False, export_scope: str | None = None, clear_devices: bool = False,
                          clear_extraneous_savers: bool = False, strip_default_attrs: bool = False,
                          save_debug_info: bool = False) -> Any:
        """The current graph with this saver as a `MetaGraphDef`, written to a file where one is named."""
        from hornbeam.train.meta_graph import export_meta_graph
        return export_meta_graph(
            filename=filename, graph_def=mode.default_graph().as_graph_def(add_shapes=True), saver_def=self.saver_def,
            collection_list=collection_list, as_text=as_text, export_scope=export_scope, clear_devices=clear_devices,
            clear_extraneous_savers=clear_extraneous_savers, strip_default_attrs=strip_default_attrs,
            save_debug_info=save_debug_info)


_NAMES = ("filename_tensor_name", "save_tensor_name", "restore_op_name")


def _all_saveable() -> list[Any]:
    """Everything of the current graph that a saver saves unless it is told what."""
    graph = mode.default_graph().outermost
    return [*graph.get_collection(GraphKeys.GLOBAL_VARIABLES), *graph.get_collection(GraphKeys.SAVEABLE_OBJECTS)]


def _step_value(sess: Any, step: Any) -> int:
    variable = as_variable(step)
    if variable is not None and not variable._in_sessions_alone:
        return int(variable.numpy())
    return int(np.asarray(sess.run(step) if sess is not None else step.numpy()))


def _told(error: errors.OpError, what: str) -> errors.OpError:
    text = (f"Restoring from checkpoint failed. This is most likely due to {what} from the checkpoint. Please ensure "
            f"that you have not altered the graph expected based on the checkpoint. Original error:\n\n"
            f"{error.message}")
    return type(error)(error._node_def, error.op, text)  # type: ignore[call-arg]
