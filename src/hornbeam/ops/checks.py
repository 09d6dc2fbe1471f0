"""Checks of values while a graph runs, or at once: `Assert`, `check_numerics`.

Both run on the device as part of the program: the runtime reads the flag that they raise, and with it up to 8
numbers for the message. So they work in compiled loops too, and a check that failed stops the loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes, infer, mode
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.call import graph_for
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, never, op
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.ops import printing, rules

_NUMBERS = 8
_SIZE_LIMIT = 200
_MOST_SIZES = 6


@op("Assert", inputs="condition: bool, data: list", stateful=True, differentiable=never("no outputs"), samples=lambda
    rng: [((np.array(True), [rng.normal(size=(2,)), np.arange(3)]), {}), ((np.array(True), []), {"texts": ("a",)})])
def assert_op(condition, data, *, summarize: int = 3, texts: Any = ()):
    """Nothing where `condition` holds.

    data: what the message shows, the first `summarize` elements of each. texts: the words of the message, None where
    the next of `data` stands; by default all of them.
    """
    return ()


@assert_op.shape
def _(inputs, attrs):
    return []


@assert_op.check
def _(condition, data, *, summarize, texts):
    shown = data[:_MOST_SIZES]
    numbers: list[Any] = []
    packed = 0.0
    for place, value in enumerate(shown):
        size = int(np.prod(jnp.shape(value)))
        packed += min(size, _SIZE_LIMIT) * float(_SIZE_LIMIT + 1) ** place
    for value, count in zip(shown, _counts([int(np.prod(jnp.shape(v))) for v in shown], summarize), strict=True):
        flat = jnp.reshape(value, -1)
        flat = jnp.real(flat) if jnp.iscomplexobj(flat) else flat
        numbers += [flat[i] for i in range(count)]
    return jnp.logical_not(jnp.all(condition)), [packed, *numbers]


def _counts(sizes: Sequence[int], summarize: int) -> list[int]:
    """How many elements of each array the message has room for."""
    room, counts = _NUMBERS - 1, [0] * len(sizes)
    wanted = [s if summarize < 0 else min(s, summarize) for s in sizes]
    while room and counts != wanted:
        for i, most in enumerate(wanted):
            if room and counts[i] < most:
                counts[i] += 1
                room -= 1
    return counts


@assert_op.message
def _(numbers, inputs, attrs):
    _, data = inputs
    parts = iter(_described(numbers, data, attrs["summarize"]))
    texts = attrs["texts"] or (None,) * len(data)
    return "assertion failed: " + " ".join(next(parts, "[...]") if t is None else f"[{t}]" for t in texts)


def _described(numbers: Any, data: Sequence[Any], summarize: int) -> list[str]:
    """The words for the data of a failed assertion: from the arrays, or from the numbers that a program gave."""
    if data and isinstance(data[0], np.ndarray):
        return [printing.summary(np.asarray(v), summarize) for v in data]
    packed, found, at = int(numbers[0]), [], 1
    sizes = [packed // (_SIZE_LIMIT + 1) ** i % (_SIZE_LIMIT + 1) for i in range(min(len(data), _MOST_SIZES))]
    for tensor, size, count in zip(data, sizes, _counts(sizes, summarize), strict=False):
        np_dtype = tensor.dtype.base_dtype.np_dtype
        values = [printing.element(v, np_dtype) for v in numbers[at:at + count]]
        at += count
        dims = tensor.dims
        known = None if dims is None or None in dims else tuple(dims)
        shape = known if known is not None and int(np.prod(known)) == size else (size,)
        found.append(printing.summarized(values, shape, count if count < size else -1))
    return found


@public("Assert", "debugging.Assert")
def assert_(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> Any:
    """Checks that `condition` holds; where it does not, InvalidArgumentError shows `data`.

    condition: a boolean; all its elements must hold. data: a list of tensors and texts. summarize: how many elements
    of each are shown, 3 by default, -1 for all. In a graph an operation comes back, which runs where something waits
    for it (`control_dependencies`), or inside a branch or loop.

    >>> assert_(True, ["fine"])
    """
    graph = graph_for(condition, data)
    if graph is None:
        _assert_now(condition, data, summarize)
        return None
    with mode.opened(graph), graph.name_scope(name or "Assert"):
        texts: list[str | None] = []
        tensors: list[Any] = []
        for item in data:
            text = _text(item)
            texts.append(text)
            if text is None:
                tensors.append(convert(item))
        return ops["Assert"](_boolean(condition), tensors, summarize=3 if summarize is None else summarize,
                             texts=tuple(texts))


def _boolean(condition: Any) -> Any:
    return convert(condition)


def _text(item: Any) -> str | None:
    """What is written as it is: strings, and string tensors that the graph tells."""
    if isinstance(item, (str, bytes)):
        return item if isinstance(item, str) else item.decode(errors="replace")
    if isinstance(item, np.ndarray) and item.dtype.kind in "OSU" and item.ndim == 0:
        return _text(item[()])
    if not isinstance(item, (GraphTensor, EagerTensor)) or item.dtype.base_dtype is not dtypes.string:
        return None
    if isinstance(item, EagerTensor):
        return printing.summary(np.asarray(item._value), -1)[1:-1]
    value = infer.constant_value(item)
    return f"<{item.name}>" if value is None else printing.summary(np.asarray(value), -1)[1:-1]


def _assert_now(condition: Any, data: Any, summarize: int | None) -> None:
    if bool(np.all(np.asarray(convert(condition)._value))):
        return
    limit = 3 if summarize is None else summarize
    shown = []
    for item in data:
        array = np.asarray(convert(item)._value)
        flat = [str(v) if array.dtype == object else printing.element(v, array.dtype) for v in array.reshape(-1)]
        shown.append(", ".join(flat[:limit if limit >= 0 else None] + ["..."] * (0 <= limit < len(flat))))
    raise InvalidArgumentError(None, None, f"Expected '{condition}' to be true. Summarized data: " + "\n".join(shown))


@op("CheckNumerics", inputs="tensor: T", names=("debugging.check_numerics",), v1=("check_numerics",), T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {"message": "m"}), ((np.zeros((0,)),), {"message": "m"})])
def check_numerics(tensor, *, message: str):
    """`tensor`, once it is known that it holds neither NaN nor infinity; else InvalidArgumentError with `message`.

    tensor: floats.
    """
    return jnp.asarray(tensor)


check_numerics.shape(rules.as_first)


@check_numerics.check
def _(tensor, *, message):
    nan, inf = jnp.any(jnp.isnan(tensor)), jnp.any(jnp.isinf(tensor))
    return nan | inf, [nan, inf]


@check_numerics.message
def _(numbers, inputs, attrs):
    found = " and ".join(["Inf"] * bool(numbers[1]) + ["NaN"] * bool(numbers[0]))
    return f"{attrs['message']} : Tensor had {found} values"


@check_numerics.grad
def _(call, dy):
    return check_numerics(dy, message="Not a number (NaN) or infinity (Inf) values detected in gradient. "
                          + call.attrs["message"])


@public(v2=("debugging.assert_all_finite",))
def assert_all_finite(x: Any, message: str, name: str | None = None) -> Any:
    """`x`, once it is known that it holds neither NaN nor infinity; else InvalidArgumentError with `message`."""
    x = convert(x)
    graph = graph_for(x)
    if graph is None:
        return check_numerics(x, message=message)
    with mode.opened(graph), graph.name_scope(name or "VerifyFinite"):
        checked = check_numerics(x, message=message)
        with graph.control_dependencies([checked]):
            return ops["Identity"](x, name="control_dependency")


@public(v1=("add_check_numerics_ops",))
def add_check_numerics_ops() -> Any:
    """An operation that checks every float tensor of the default graph for NaN and infinity.

    Raises RuntimeError where calls run at once.
    """
    graph = mode.current_graph()
    if graph is None:
        raise RuntimeError("add_check_numerics_ops() is not compatible with eager execution. To check for Inf and NaN "
                           "values use tf.debugging.check_numerics on the tensors in question.")
    made: list[Any] = []
    for operation in graph.get_operations():
        for tensor in operation.outputs:
            if tensor.dtype.base_dtype in FLOATS and not tensor.dtype._is_ref_dtype:
                with graph.control_dependencies(made[-1:]):
                    made.append(check_numerics(tensor, message=f"{operation.name}:{tensor.value_index}"))
    with graph.control_dependencies(made):
        return ops["NoOp"](name="group_deps")
