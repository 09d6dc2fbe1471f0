"""`assert_*` as TensorFlow 1 has them: with `data` for the message, and operations that come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hornbeam.graph.names import public
from hornbeam.ops import assertions, shape_assertions
from hornbeam.ops.assertions import COMPARISONS, SIGNS
from hornbeam.ops.checks import assert_all_finite as all_finite


def _publish(check: Callable[..., Any], words: str, relation: str) -> None:
    check.__name__ = check.__qualname__ = f"assert_{words}"
    check.__doc__ = f"""The check that {relation}, elementwise.

    data: what the message shows instead of the tensors. summarize: how many elements of each, 3 by default.
    The operation that comes back raises InvalidArgumentError when it runs.
    """
    public(v1=(f"debugging.assert_{words}", f"assert_{words}"))(check)


def _declare(words: str, op_type: str, symbol: str) -> None:
    def check(x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
              name: str | None = None) -> Any:
        return assertions.compare(op_type, symbol, x, y, data, message, summarize, name or f"assert_{words}")

    _publish(check, words, f"x {symbol} y")


def _declare_sign(words: str, op_type: str, symbol: str, first: bool) -> None:
    def check(x: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
              name: str | None = None) -> Any:
        return assertions.compare_with_zero(op_type, symbol, first, x, data, message, summarize,
                                            name or f"assert_{words}")

    _publish(check, words, f"x {symbol} 0")


for _words, (_type, _symbol) in COMPARISONS.items():
    _declare(_words, _type, _symbol)
for _words, (_type, _symbol, _first) in SIGNS.items():
    _declare_sign(_words, _type, _symbol, _first)


@public(v1=("debugging.assert_near", "assert_near"))
def assert_near(x: Any, y: Any, rtol: Any = None, atol: Any = None, data: Any = None, summarize: int | None = None,
                message: str | None = None, name: str | None = None) -> Any:
    """The check that |x - y| < atol + rtol·|y|, elementwise; both tolerances are 10 epsilons of the dtype by default.

    data: what the message shows instead of the tensors.
    """
    return assertions.near(x, y, rtol, atol, data, message, summarize, name)


@public(v1=("debugging.assert_rank", "assert_rank"))
def assert_rank(x: Any, rank: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
                name: str | None = None) -> Any:
    """The check that `x` has this rank. Raises ValueError where the shape says otherwise."""
    return shape_assertions.rank_check(x, [rank], "must have rank", "assert_rank", message, data, summarize, name)


@public(v1=("debugging.assert_rank_at_least", "assert_rank_at_least"))
def assert_rank_at_least(x: Any, rank: Any, data: Any = None, summarize: int | None = None,
                         message: str | None = None, name: str | None = None) -> Any:
    """The check that `x` has at least this rank. Raises ValueError where the shape says otherwise."""
    return shape_assertions.rank_check(x, [rank], "must have rank at least", "assert_rank_at_least", message, data,
                                       summarize, name)


@public(v1=("debugging.assert_rank_in", "assert_rank_in"))
def assert_rank_in(x: Any, ranks: Iterable[Any], data: Any = None, summarize: int | None = None,
                   message: str | None = None, name: str | None = None) -> Any:
    """The check that the rank of `x` is one of `ranks`. Raises ValueError where the shape says otherwise."""
    return shape_assertions.rank_check(x, list(ranks), "must have rank in", "assert_rank_in", message, data, summarize,
                                       name)


@public(v1=("debugging.assert_scalar", "assert_scalar"))
def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Any:
    """The tensor, which must be known to have rank 0. Raises ValueError where it is not."""
    return shape_assertions.scalar(tensor, name, message)


@public(v1=("debugging.assert_type", "assert_type"))
def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> Any:
    """The check that a tensor has this dtype. Raises TypeError where it has not."""
    return shape_assertions.of_type(tensor, tf_type, message, name)


@public(v1=("debugging.assert_integer", "assert_integer"))
def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> Any:
    """The check that a tensor holds integers. Raises TypeError where it does not."""
    return shape_assertions.integer(x, message, name)


@public(v1=("debugging.assert_shapes",))
def assert_shapes(shapes: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
                  name: str | None = None) -> Any:
    """The check that tensors have shapes whose symbols agree with each other, as in TensorFlow 2."""
    return shape_assertions.all_shapes(shapes, data, summarize, message, name)


@public(v1=("debugging.assert_all_finite", "verify_tensor_all_finite"))
def verify_tensor_all_finite(t: Any = None, msg: str | None = None, name: str | None = None, x: Any = None,
                             message: str | None = None) -> Any:
    """The tensor `t` (or `x`), once it is known that it holds neither NaN nor infinity.

    msg, message: the words of the InvalidArgumentError. Raises ValueError where both names of one argument are given.
    """
    for old, new, words in ((t, x, "'t' and 'x'"), (msg, message, "'msg' and 'message'")):
        if old is not None and new is not None:
            raise ValueError(f"Cannot specify both {words}.")
    return all_finite(t if x is None else x, msg if message is None else message, name)  # type: ignore[arg-type]
