"""Sequence examples taken apart: what belongs to the whole (context), and lists of features, one for each step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np

from hornbeam.graph.dtypes import c_name
from hornbeam.ops.example_parsing import (
    KINDS,
    Columns,
    Dense,
    Names,
    Sparse,
    concatenated,
    decoded,
    filled,
    invalid,
    joined,
    values_of,
    vector,
)
from hornbeam.ops.rules import text


class Sequences(NamedTuple):
    """What was parsed. `lists`: sparse lists have three arrays each; `lengths`: the steps of the dense lists."""

    context: Columns
    lists: Columns
    lengths: list[np.ndarray]


# One -----------------------------------------------------------------------------------------------------


def parse_one(serialized: Any, name: str, context_sparse: Sequence[Sparse], context_dense: Sequence[Dense],
              sparse: Sequence[Sparse], dense: Sequence[Dense], may_be_missing: Collection[str]) -> Sequences:
    """The parts of one sequence example. Raises InvalidArgumentError for what does not fit."""
    (message,) = decoded("SequenceExample", [serialized])
    context, lists = message.context.feature, message.feature_lists.feature_list
    return Sequences(
        Columns([_context_sparse(context, name, wanted) for wanted in context_sparse],
                [_context_dense(context, name, wanted) for wanted in context_dense]),
        Columns([_sparse_list(lists, name, wanted) for wanted in sparse],
                [_dense_list(lists, name, wanted, may_be_missing) for wanted in dense]), [])


def _context(context: Any, name: str, key: str, wanted: Sparse | Dense) -> Any:
    """The values of a feature of the context, None where there is none."""
    if key not in context:
        return None
    feature = context[key]
    kind = feature.WhichOneof("kind")
    if kind is None:
        return None
    if KINDS[kind] is not wanted.dtype:
        raise invalid(f"Name: {name}, Context feature: {key}.  Data types don't match. Expected type: "
                       f"{c_name(wanted.dtype)}  Feature is: {feature}")
    return values_of(feature, kind)


def _context_sparse(context: Any, name: str, wanted: Sparse) -> Any:
    found = _context(context, name, wanted.key, wanted)
    return vector(() if found is None else found, wanted.dtype)


def _context_dense(context: Any, name: str, wanted: Dense) -> np.ndarray:
    found = _context(context, name, wanted.key, wanted)
    size = int(np.prod(wanted.dims))
    if found is None:
        if not wanted.default.size and size:
            raise invalid(f"Name: {name}, Context feature '{wanted.key}' is required but could not be found.")
        return np.array(wanted.default).reshape(wanted.dims)
    _check_size(len(found), size, name, 0, wanted)
    return concatenated([found], wanted.dtype, size).reshape(wanted.dims)


def _check_size(count: int, size: int, name: str, index: int, wanted: Dense) -> None:
    if count != size:
        raise invalid(f"Name: {name}, Key: {wanted.key}, Index: {index}.  Number of {c_name(wanted.dtype)} values != "
                       f"expected.  values size: {count} but output shape: {text(wanted.dims)}")


def _steps(features: Sequence[Any], name: str, wanted: Sparse | Dense) -> list[Any]:
    """The values of each step."""
    parts = []
    for i, feature in enumerate(features):
        kind = feature.WhichOneof("kind")
        if kind is not None and KINDS[kind] is not wanted.dtype:
            raise invalid(f"Name: {name}, Feature list: {wanted.key}, Index: {i}.  Data types don't match. Expected "
                           f"type: {c_name(wanted.dtype)}  Feature is: {feature}")
        parts.append(() if kind is None else values_of(feature, kind))
    return parts


def _sparse_list(lists: Any, name: str, wanted: Sparse) -> Any:
    features = lists[wanted.key].feature if wanted.key in lists else ()
    return joined(_steps(features, name, wanted), wanted.dtype)


def _dense_list(lists: Any, name: str, wanted: Dense, may_be_missing: Collection[str]) -> np.ndarray:
    if wanted.key not in lists:
        if wanted.key not in may_be_missing:
            raise invalid(f"Name: {name}, Feature list '{wanted.key}' is required but could not be found.  Did you "
                           "mean to include it in feature_list_dense_missing_assumed_empty or "
                           "feature_list_dense_defaults?")
        return filled(wanted.dtype, (0, *wanted.dims))
    parts = _steps(lists[wanted.key].feature, name, wanted)
    size = int(np.prod(wanted.dims))
    for i, part in enumerate(parts):
        _check_size(len(part), size, name, i, wanted)
    return concatenated(parts, wanted.dtype, size * len(parts)).reshape(len(parts), *wanted.dims)


# Many ----------------------------------------------------------------------------------------------------


def parse_batch(serialized: Sequence[Any], names: Sequence[bytes], context_sparse: Sequence[Sparse],
                context_dense: Sequence[Dense], sparse: Sequence[Sparse], dense: Sequence[Dense],
                may_be_missing: Collection[str]) -> Sequences:
    """The parts of many sequence examples: dense lists are filled up to the longest, `lengths` says their own."""
    messages = decoded("SequenceExample", serialized)
    called = Names(names)
    contexts = [m.context.feature for m in messages]
    lists = [m.feature_lists.feature_list for m in messages]
    padded = [_dense_lists(lists, called, wanted, may_be_missing) for wanted in dense]
    return Sequences(
        Columns([joined([_or_none(_context(c, called(i), w.key, w)) for i, c in enumerate(contexts)], w.dtype)
                 for w in context_sparse],
                [np.stack([_context_dense(c, called(i), w) for i, c in enumerate(contexts)]) if contexts
                 else filled(w.dtype, (0, *w.dims)) for w in context_dense]),
        Columns([_sparse_lists(lists, called, wanted) for wanted in sparse], [values for values, _ in padded]),
        [lengths for _, lengths in padded])


def _or_none(values: Any) -> Any:
    return () if values is None else values


def _sparse_lists(lists: Sequence[Any], called: Names, wanted: Sparse) -> Any:
    rows = [_steps(found[wanted.key].feature if wanted.key in found else (), called(i), wanted)
            for i, found in enumerate(lists)]
    steps = np.array([len(row) for row in rows], np.int64)
    inner, values, size = joined([part for row in rows for part in row], wanted.dtype)
    example = np.repeat(np.arange(len(rows)), steps)
    step = np.arange(len(example)) - np.repeat(np.cumsum(steps) - steps, steps)
    indices = np.stack([example[inner[:, 0]], step[inner[:, 0]], inner[:, 1]], 1)
    return indices, values, np.array([len(rows), steps.max(initial=0), size[1]], np.int64)


def _dense_lists(lists: Sequence[Any], called: Names, wanted: Dense,
                 may_be_missing: Collection[str]) -> tuple[np.ndarray, np.ndarray]:
    parts = [_dense_list(found, called(i), wanted, may_be_missing) for i, found in enumerate(lists)]
    lengths = np.array([len(part) for part in parts], np.int64)
    out = filled(wanted.dtype, (len(parts), lengths.max(initial=0), *wanted.dims))
    for row, part in zip(out, parts, strict=True):
        row[:len(part)] = part
    return out, lengths
