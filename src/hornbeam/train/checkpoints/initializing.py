"""Variables that start from a checkpoint: `init_from_checkpoint` and `warm_start`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hornbeam.graph import mode
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, checkpoints, initializers, state
from hornbeam.runtime.collections import GraphKeys
from hornbeam.runtime.logs import get_logger
from hornbeam.runtime.partitions import PartitionedVariable
from hornbeam.runtime.variable import Variable
from hornbeam.runtime.variable_store import store_of
from hornbeam.train.checkpoints.reading import found_in, load_checkpoint


@public(v1=("train.init_from_checkpoint",))
def init_from_checkpoint(ckpt_dir_or_file: Any, assignment_map: Mapping[str, Any] | Iterable[Any]) -> None:
    """Variables of the current graph are initialized to values from a checkpoint instead of their own.

    ckpt_dir_or_file: a checkpoint, or a folder's latest. assignment_map: a dictionary, or pairs, from the names in the
    checkpoint to variables, their names, or lists of the parts of one; `"scope/": "other/"` stands for all variables
    below `other/`, and `"/"` for the root. Call it before the operation that initializes is made.
    Raises ValueError for names that are not in the checkpoint and shapes that differ.
    """
    prefix = found_in(ckpt_dir_or_file)
    shapes = load_checkpoint(prefix).get_variable_to_shape_map()
    pairs = assignment_map.items() if isinstance(assignment_map, Mapping) else list(assignment_map)
    with mode.graph_first():
        graph = mode.default_graph().outermost
        held = store_of(graph)
        for saved_name, wanted in sorted(pairs, key=lambda pair: pair[0]):
            found = wanted if not isinstance(wanted, str) else held.variables.get(wanted) or held.in_parts.get(wanted)
            if found is not None:
                if saved_name not in shapes:
                    raise ValueError(f"Tensor {saved_name} is not found in {ckpt_dir_or_file} checkpoint {shapes}")
                _start_from(found, prefix, saved_name, shapes[saved_name])
            else:
                for name, variable, full_name in _in_scope(held, saved_name, wanted):
                    if full_name not in shapes:
                        raise ValueError(f"Tensor {full_name} ({name} in {saved_name}) is not found in "
                                         f"{ckpt_dir_or_file} checkpoint")
                    _start_from(variable, prefix, full_name, shapes[full_name])


def _in_scope(held: Any, saved_scope: str, scope: str) -> list[tuple[str, Any, str]]:
    """(name below the scope, variable, name in the checkpoint) of all variables below a scope, by name."""
    above = scope[:scope.rindex("/")] if "/" in scope else ""
    if not saved_scope.endswith("/"):
        raise ValueError(f"Assignment map with scope only name {above} should map to scope only {saved_scope}. Should "
                         "be 'scope/': 'other_scope/'.")
    whole = {**{n: v for n, v in held.variables.items() if not _is_part(held, n)}, **held.in_parts}
    found = []
    for name in sorted(n for n in whole if not above or n.startswith(f"{above}/")):
        below = name[len(above) + 1:] if above else name
        full = below if saved_scope == "/" else saved_scope + below
        found.append((below if above else "", whole[name], full.removesuffix("/")))
    return found


def _is_part(held: Any, name: str) -> bool:
    return any(name.startswith(f"{whole}/part_") for whole in held.in_parts)


def _start_from(target: Any, prefix: str, name: str, shape: Sequence[int]) -> None:
    """Initialize a variable, or each part of one, to a tensor of a checkpoint."""
    if isinstance(target, (list, tuple, PartitionedVariable)):
        for part in target:
            info = getattr(part, "_save_slice_info", None)
            if info is None:
                raise ValueError(f"{part} is not a part of a variable")
            _initialize(part, prefix, name, info.spec)
        return
    if not TensorShape(target.shape).is_compatible_with(shape):
        raise ValueError(f"Shape of variable {target.name} ({target.shape}) doesn't match with shape of tensor {name} "
                         f"({list(shape)}) from checkpoint reader.")
    _initialize(target, prefix, name, "")
    get_logger().debug("Initialize variable %s from checkpoint %s with %s", target.name, prefix, name)


def _initialize(variable: Variable, prefix: str, name: str, part: str) -> None:
    graph = variable.graph
    with graph.as_default(), graph.control_dependencies(None), graph.device("/cpu:0"):
        (value,) = checkpoints.restore_v2(prefix, [name], [part], dtypes=(variable._dtype.base_dtype,),
                                          name="checkpoint_initializer")
        value.set_shape(variable.shape)
    _initialize_to(variable, value)


def _initialize_to(variable: Variable, value: Any) -> None:
    """Another initial value for a variable of a graph."""
    graph = variable.graph
    with graph.as_default(), graph.control_dependencies(None):
        assigned = state.assign_op(variable._ref(), value, validate_shape=True, name=f"{variable.op.name}/Assign")
    assigned.op.attrs["initializes"] = True
    variable._initial_value, variable._initializer = value, assigned.op


# Warm starts --------------------------------------------------------------------------------------------


@public(v1=("train.VocabInfo",))
class VocabInfo(NamedTuple):
    """How the rows (`axis` 0) or columns (1) of a variable go with the words of a vocabulary, then and now.

    new_vocab, old_vocab: files with a word a line; new_vocab_size, old_vocab_size: how many of these words count, all
    where the old one is -1. num_oov_buckets: rows behind those of the words. backup_initializer: for rows of new words.
    """

    new_vocab: Any
    new_vocab_size: int
    num_oov_buckets: int
    old_vocab: Any
    old_vocab_size: int = -1
    backup_initializer: Any = None
    axis: int = 0


@public(v1=("train.warm_start",))
def warm_start(ckpt_to_initialize_from: Any, vars_to_warm_start: Any = ".*",
               var_name_to_vocab_info: Mapping[str, VocabInfo] | None = None,
               var_name_to_prev_var_name: Mapping[str, str] | None = None) -> None:
    """Variables of the current graph start from a checkpoint, those among them that go with a vocabulary word by word.

    ckpt_to_initialize_from: a checkpoint, or a folder's latest. vars_to_warm_start: a regular expression for names of
    trainable variables, a list of expressions for names of any variables, a list of variables, or None for only those
    with a vocabulary. var_name_to_vocab_info: the vocabularies, by names of variables. var_name_to_prev_var_name: the
    names in the checkpoint, where they differ. Raises ValueError for settings that name no variable.
    """
    previous, vocabularies = dict(var_name_to_prev_var_name or {}), dict(var_name_to_vocab_info or {})
    get_logger().info("Warm-starting from: %s", ckpt_to_initialize_from)
    with mode.graph_first():
        chosen = _grouped(_chosen(vars_to_warm_start))
        for name in vocabularies:
            if name not in chosen:
                chosen.update(_grouped(_matching([re.escape(name) + r"(/part_\d+)?(:0)?$"],
                                                 GraphKeys.GLOBAL_VARIABLES)))
        unused = (set(previous) | set(vocabularies)) - set(chosen)
        if unused:
            raise ValueError("You provided variables for warm starting that are not in the graph, or not chosen: "
                             f"{sorted(unused)}")
        plain: dict[str, Any] = {}
        for name, variables in chosen.items():
            saved_name = previous.get(name, name)
            info = vocabularies.get(name)
            if info is None:
                plain[saved_name] = variables if len(variables) > 1 or _info(variables[0]) else variables[0]
            else:
                _start_by_words(variables, found_in(ckpt_to_initialize_from), saved_name, info)
        if plain:
            init_from_checkpoint(ckpt_to_initialize_from, plain)


def _info(variable: Any) -> Any:
    return getattr(variable, "_save_slice_info", None)


def _chosen(wanted: Any) -> list[Any]:
    if wanted is None:
        return []
    if isinstance(wanted, str):
        return _matching([wanted], GraphKeys.TRAINABLE_VARIABLES)
    if isinstance(wanted, (list, tuple)) and all(isinstance(w, str) for w in wanted):
        return _matching(wanted, GraphKeys.GLOBAL_VARIABLES)
    if isinstance(wanted, (list, tuple)) and all(isinstance(w, (Variable, PartitionedVariable)) for w in wanted):
        return [v for w in wanted for v in (w if isinstance(w, PartitionedVariable) else (w,))]
    raise ValueError("If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.  Given types are "
                     f"{[type(w) for w in wanted] if isinstance(wanted, (list, tuple)) else type(wanted)}")


def _matching(expressions: Sequence[str], collection: str) -> list[Any]:
    graph = mode.default_graph().outermost
    return [v for v in graph.get_collection(collection) if any(re.match(e, v.name) for e in expressions)]


def _grouped(variables: Iterable[Any]) -> dict[str, list[Any]]:
    """Variables by name; the parts of one together under its own."""
    out: dict[str, list[Any]] = {}
    for variable in variables:
        info = _info(variable)
        name = variable.op.name if info is None else info.full_name
        if not any(variable is held for held in out.setdefault(name, [])):
            out[name].append(variable)
    return out


def _start_by_words(variables: Sequence[Variable], prefix: str, name: str, info: VocabInfo) -> None:
    """Each row of a variable starts from the row that its word had."""
    old = load_checkpoint(prefix).get_tensor(name)
    old = np.moveaxis(np.asarray(old), info.axis, 0)
    places = {word: i for i, word in enumerate(_words(info.old_vocab, info.old_vocab_size))}
    words = _words(info.new_vocab, info.new_vocab_size)
    whole = (len(words) + info.num_oov_buckets, *old.shape[1:])
    rows = [places.get(word, -1) for word in words] + [-1] * info.num_oov_buckets
    for variable in variables:
        part = _info(variable)
        at = 0 if part is None else part.var_offset[info.axis]
        count = int(variable.shape.as_list()[info.axis])  # type: ignore[arg-type]
        _initialize_to(variable, _rows(variable, old, rows[at:at + count], info, (count, *whole[1:])))


def _rows(variable: Variable, old: np.ndarray, rows: Sequence[int], info: VocabInfo, shape: tuple[int, ...]) -> Any:
    make = info.backup_initializer or initializers.Zeros()
    graph = variable.graph
    with graph.as_default(), graph.control_dependencies(None), graph.name_scope("warm_start"):
        known = np.array([r >= 0 for r in rows])
        held = old[np.where(known, rows, 0)].astype(variable._dtype.base_dtype.np_dtype)
        mask = known.reshape(-1, *[1] * (len(shape) - 1))
        held, mask = np.moveaxis(held, 0, info.axis), np.moveaxis(mask, 0, info.axis)
        dims = tuple(int(d) for d in variable.shape.as_list())  # type: ignore[arg-type]
        others = make(list(dims), dtype=variable._dtype.base_dtype)
        return array.where(array.constant(np.broadcast_to(mask, dims).copy()), array.constant(held), others)


def _words(path: Any, size: int) -> list[bytes]:
    words = Path(str(path)).read_bytes().split(b"\n")
    if words and not words[-1]:
        words.pop()
    return words if size < 0 else words[:size]
