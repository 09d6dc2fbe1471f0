"""Shapes rearranged as a pattern says: `"b (h w) c -> b h w c"`."""

from __future__ import annotations

import math
import re
from typing import Any

from hornbeam.keras.ops.declare import declaring
from hornbeam.keras.ops.numpy.shaping import reshape, transpose
from hornbeam.keras.ops.tensors import product_of, rank, sizes, tensor

einops_op = declaring("einops", "ops")
_TOKEN = re.compile(r"\.\.\.|\(|\)|[A-Za-z_]\w*|1|\S")

Side = list[list[str]]


def _side(text: str, pattern: str) -> Side:
    """One side of a pattern: for each dimension, the names of the axes in it."""
    groups: Side = []
    inside: list[str] | None = None
    for token in _TOKEN.findall(text):
        if token == "(" and inside is None:
            inside = []
        elif token == ")" and inside is not None:
            groups.append(inside)
            inside = None
        elif token in "()" or (token != "1" and token != "..." and not token.isidentifier()):
            raise ValueError(f"malformed pattern {pattern!r}")
        elif inside is not None:
            inside.append(token)
        else:
            groups.append([] if token == "1" else [token])
    if inside is not None:
        raise ValueError(f"malformed pattern {pattern!r}")
    return groups


def _spelled_out(groups: Side, extra: list[str]) -> Side:
    """With names in place of `...`."""
    found: Side = []
    for group in groups:
        if group == ["..."]:
            found.extend([name] for name in extra)
        else:
            found.append([n for name in group for n in (extra if name == "..." else [name])])
    return found


def _axis_sizes(groups: Side, shape: list[Any], given: dict[str, int], pattern: str) -> dict[str, Any]:
    """The size of each axis; one axis of a group may follow from the others."""
    found: dict[str, Any] = dict(given)
    for group, size in zip(groups, shape, strict=True):
        open_ = [n for n in group if n not in found]
        known = math.prod(found[n] for n in group if n in found)
        if len(open_) > 1:
            raise ValueError(f"the sizes of {', '.join(open_)} in {pattern!r} do not follow: give all but one")
        if open_:
            if isinstance(size, int) and known and size % known:
                raise ValueError(f"a dimension of size {size} does not divide by {known} in {pattern!r}")
            found[open_[0]] = size // known if known != 1 else size
        elif isinstance(size, int) and isinstance(known, int) and known != size:
            raise ValueError(f"a dimension of size {size} is not {'*'.join(group) or '1'} = {known} in {pattern!r}")
    return found


@einops_op(config="")
def rearrange(tensor: Any, pattern: str, **axes_lengths: Any) -> Any:
    """The dimensions of a tensor reordered, merged and split as `pattern` says; sizes that do not follow by name.

    Raises ValueError for a pattern that is none or does not fit.

    >>> rearrange([[1, 2], [3, 4]], "a b -> (b a)").numpy().tolist()
    [1, 3, 2, 4]
    """
    return _rearranged(tensor, pattern, axes_lengths)


def _rearranged(x: Any, pattern: str, lengths: dict[str, Any]) -> Any:
    x = tensor(x)
    before, arrow, after = pattern.partition("->")
    if not arrow:
        raise ValueError(f"malformed pattern {pattern!r}: it needs one '->'")
    left, right = _side(before, pattern), _side(after, pattern)
    extra = [f"_{i}" for i in range(rank(x) - len([g for g in left if g != ["..."]]))] if ["..."] in left else []
    left, right = _spelled_out(left, extra), _spelled_out(right, extra)
    if len(left) != rank(x):
        raise ValueError(f"{pattern!r} has {len(left)} dimensions on the left, the tensor {rank(x)}")
    names = [n for group in left for n in group]
    wanted = [n for group in right for n in group]
    if sorted(names) != sorted(wanted) or len(set(names)) != len(names):
        raise ValueError(f"both sides of {pattern!r} must have the same axes, each once")
    found = _axis_sizes(left, sizes(x), lengths, pattern)
    apart = reshape(x, [found[n] for n in names])
    moved = transpose(apart, [names.index(n) for n in wanted]) if names != wanted else apart
    return reshape(moved, [product_of(found[n] for n in group) for group in right])


