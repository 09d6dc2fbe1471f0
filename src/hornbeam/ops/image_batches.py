"""What the functions on images share: one image or a batch of them, sizes known or not, and checks of both."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hornbeam.graph import mode
from hornbeam.graph.call import composite
from hornbeam.graph.execute import refuse_misfits
from hornbeam.graph.op import Op
from hornbeam.graph.tensor import Tensor
from hornbeam.ops import array, dims, math
from hornbeam.ops.checks import assert_
from hornbeam.ops.identity import identity_op

Function = TypeVar("Function", bound=Callable[..., Any])


def scoped(scope: str) -> Callable[[Function], Function]:
    """`composite` for functions that take no name."""
    def declare(function: Function) -> Function:
        @composite(scope)
        def inner(args: Any, kwargs: Any, name: str | None = None) -> Any:
            return function(*args, **kwargs)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return inner(args, kwargs)

        return call  # type: ignore[return-value]

    return declare


def check_on_host(*ops: Op) -> None:
    """Let host ops refuse what their shape rules refuse where they run at once, too."""
    for each in ops:
        each.function = _checked(each, each.function)


def _checked(each: Op, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(*arrays: Any, **attrs: Any) -> Any:
        refuse_misfits(each, arrays, {**each.defaults, **attrs})
        return function(*arrays, **attrs)

    return run


def is_tensor(value: Any) -> bool:
    """Whether only a run tells the value: conditions on it become checks of the graph."""
    return isinstance(value, Tensor) or hasattr(value, "_as_tensor")


def require(condition: Any, text: str) -> list[Any]:
    """Raise ValueError unless `condition` holds; of a tensor, the operations that will check it."""
    if is_tensor(condition):
        return [assert_(condition, [text])]
    if not condition:
        raise ValueError(text)
    return []


def after(made: Sequence[Any], tensor: Any) -> Any:
    """`tensor`, once the checks have run."""
    graph = mode.current_graph()
    waiting = [c for c in made if c is not None]
    if graph is None or not waiting:
        return tensor
    with graph.control_dependencies(waiting):
        return identity_op(tensor, name="control_dependency")


def shape_text(image: Any) -> str:
    """The static shape as messages write it."""
    return str(image.shape)


def at_least_3d(image: Any) -> Any:
    """The image, which has a height, a width and channels, none of them 0. Raises ValueError where it has not."""
    return after(checks_of_3d(image), image)


def checks_of_3d(image: Any) -> list[Any]:
    """The operations that check what the static shape does not tell. Raises ValueError where it tells otherwise."""
    known = image.dims
    if known is not None and len(known) < 3:
        raise ValueError(f"'image' (shape {shape_text(image)}) must be at least three-dimensional.")
    if known is not None and 0 in known[-3:]:
        raise ValueError(f"inner 3 dims of 'image.shape' must be > 0: {shape_text(image)}")
    if known is not None and None not in known[-3:]:
        return []
    inner = array.shape(image)[-3:]
    found = [assert_(math.reduce_all(math.greater(inner, 0)), ["inner 3 dims of 'image.shape' must be > 0.",
                                                              inner])]
    if known is None:
        rank = array.rank(image)
        found.append(assert_(math.greater_equal(rank, 3), ["'image' must be at least three-dimensional.", rank]))
    return found


def three_or_four(image: Any, gap: str = " ") -> None:
    """Raise ValueError where the rank is known and neither 3 nor 4."""
    if image.dims is not None and len(image.dims) not in (3, 4):
        raise ValueError(f"'image' (shape {shape_text(image)}){gap}must have either 3 or 4 dimensions.")


def as_batch(image: Any) -> tuple[Any, Callable[[Any], Any]]:
    """An image or batch as a batch, and the function that takes the batch off again. An unknown rank is taken as 3.

    Raises ValueError for other ranks.
    """
    three_or_four(image)
    if image.dims is not None and len(image.dims) == 4:
        return image, lambda result: result
    batch = dims.with_dims(array.expand_dims(image, 0), None if image.dims is not None else (None,) * 4)
    return batch, lambda result: array.squeeze(result, [0])


def sizes_of(images: Any) -> list[Any]:
    """The sizes of a tensor of known rank: numbers where they are known, else scalars of the graph."""
    known = images.dims
    if None not in known:
        return list(known)
    shape = array.shape(images)
    return [shape[i] if d is None else d for i, d in enumerate(known)]


def larger(x: Any, y: Any) -> Any:
    """The larger of two numbers, of which either may be a tensor."""
    return math.maximum(x, y) if is_tensor(x) or is_tensor(y) else max(x, y)


def smaller(x: Any, y: Any) -> Any:
    """The smaller of two numbers, of which either may be a tensor."""
    return math.minimum(x, y) if is_tensor(x) or is_tensor(y) else min(x, y)


def shaped(tensor: Any, wanted: Sequence[Any]) -> Any:
    """`tensor`, whose static shape learns the sizes that are numbers."""
    known = tensor.dims
    told = tuple(None if w is None or is_tensor(w) else int(w) for w in wanted)
    if known is not None and len(known) == len(told):
        told = tuple(k if t is None else t for k, t in zip(known, told, strict=True))
    return dims.with_dims(tensor, told)
