"""Functions that cannot be converted: the error's class, the words that say why, and what TensorFlow says.

`@refused` gives the arguments. `tensorflow=False` where TensorFlow does not find the fault, or says something else.
"""

from __future__ import annotations

import importlib
import os
import types
from collections.abc import Callable
from typing import Any, NamedTuple

tf = importlib.import_module(os.environ.get("HORNBEAM_PROGRAMS_WITH", "hornbeam"))


class Refusal(NamedTuple):
    """A function, its arguments, and the error that tracing (or running) it raises."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    error: str
    words: str
    tensorflow: bool


REFUSALS: dict[str, Refusal] = {}


def refused(error: str, words: str, *arguments: Any, tensorflow: bool = True) -> Any:
    """Decorator: one more function that is refused."""
    def declare(function: Any) -> Any:
        assert function.__name__ not in REFUSALS
        REFUSALS[function.__name__] = Refusal(function, arguments or (3.0,), error, words, tensorflow)
        return function

    return declare


class Thing(types.SimpleNamespace):
    """No tensor."""


# Branches -------------------------------------------------------------------------------------------


@refused("ValueError", "'y' must also be initialized in the else branch")
def undefined_in_else(x):
    if x > 0:
        y = x
    return y


@refused("ValueError", "'y' must also be initialized in the main branch")
def undefined_in_main(x):
    if x > 0:
        pass
    else:
        y = x
    return y


@refused("ValueError", "'y' must also be initialized in the else branch")
def undefined_in_elif(x):
    if x > 5:
        y = x
    elif x > 3:
        z = x
        y = z
    return y


@refused("ValueError", "'thing.y' must also be initialized in the else branch")
def undefined_attribute(x):
    thing = Thing()
    if x > 0:
        thing.y = x
    return thing.y


@refused("ValueError", "'table['y']' must also be initialized in the else branch")
def undefined_item(x):
    table = {}
    if x > 0:
        table["y"] = x
    return table["y"]


@refused("ValueError", "'y' must also be initialized in the main branch")
def deleted_in_main(x):
    y = x
    if x > 0:
        del y
    return y


@refused("TypeError", "'y' has dtype float32 in the main branch, but dtype int32 in the else branch")
def different_dtypes(x):
    if x > 0:
        y = 1.0
    else:
        y = 1
    return y


@refused("TypeError", "'y' has dtype float32 in the main branch, but dtype int32 in the else branch")
def number_before(x):
    y = 0
    if x > 0:
        y = x
    return y


@refused("ValueError", "'y' is None at the end of the else branch.")
def none_before(x):
    y = None
    if x > 0:
        y = x
    return y


@refused("TypeError", "'y' must have the same nested structure in the main and else branches:")
def different_structures(x):
    if x > 0:
        y = (x, x)
    else:
        y = x
    return y


@refused("TypeError", "'y' must have the same nested structure in the main and else branches:")
def different_sequences(x):
    if x > 0:
        y = (x, x)
    else:
        y = [x, x]
    return y


@refused("ValueError", "the else branch must also have a return statement.")  # noqa: RET503 (the fault)
def return_missing(x):
    if x > 0:
        return x


@refused("ValueError", "the else branch must also have a return statement.")  # noqa: RET503 (the fault)
def return_missing_in_nested(x):
    if x > 0:
        if x > 1:
            return x
    else:
        return -x


@refused("TypeError", "'retval_' has dtype float32 in the main branch, but dtype int32 in the else branch")
def return_different_dtypes(x):
    if x > 0:
        return x
    return 1


@refused("TypeError", "'retval_' must have the same nested structure in the main and else branches:")
def return_different_structures(x):
    if x > 0:
        return x
    return x, x


@refused("ValueError", "'retval_' is None at the end of the else branch.")
def return_none(x):
    if x > 0:
        return x
    return None


@refused("TypeError", "which is not a Tensor")
def objects_that_differ(x):
    if x > 0:
        y = Thing()
    else:
        y = Thing()
    y.x = 1
    return x


@refused("ValueError", "condition of if statement expected to be `tf.bool` scalar, got")
def condition_is_a_number(x):
    if x:
        return x
    return x + 1


@refused("ValueError", "condition of if statement expected to be `tf.bool` scalar, got")
def condition_is_a_vector(x):
    if tf.stack([x, x]) > 0:
        return x
    return x + 1


@refused("TypeError", "'x > 0' has dtype float32 in the main branch, but dtype int32 in the else branch")
def expression_of_different_dtypes(x):
    return x if x > 0 else 1


@refused("ValueError", "'x > 0' is None at the end of the else branch.")
def expression_with_none(x):
    return x if x > 0 else None


@refused("ValueError", "condition of `and` expected to be `tf.bool` scalar, got", tensorflow=False)
def and_of_numbers(x):
    return x and x > 0


# Loops ----------------------------------------------------------------------------------------------


@refused("TypeError", "'i' has dtype int32 before the loop, but dtype float32 after one iteration")
def loop_changes_dtype(x):
    i = 0
    while x > 0:
        x = x - 1
        i = 1.5
    return i


@refused("ValueError", "'y' has shape (1,) before the loop, but shape (2,) after one iteration. "
                       "Use tf.autograph.experimental.set_loop_options to set shape invariants.")
def loop_changes_shape(x):
    y = tf.zeros([1])
    while x > 0:
        x = x - 1
        y = tf.concat([y, y], 0)
    return y


@refused("ValueError", "'y' has shape () before the loop, but shape (2,) after one iteration.")
def loop_changes_rank(x):
    y = x
    for _ in tf.range(3):
        y = tf.stack([y[0] if y.shape.rank else y, x])
    return y


@refused("TypeError", "'y' does not have the same nested structure after one iteration.")
def loop_changes_structure(x):
    y = (x,)
    while x > 0:
        x = x - 1
        y = (x, x)
    return y


@refused("TypeError", "'items' does not have the same nested structure after one iteration.")
def list_grows(x):
    items = []
    for _ in tf.range(3):
        items = [*items, x]
    return tf.stack(items)


@refused("InaccessibleTensorError", "out of scope")
def list_append(x):
    items = []
    for _ in tf.range(3):
        items.append(x + 1)  # noqa: PERF401
    return items[0]


@refused("InaccessibleTensorError", "out of scope")
def list_append_in_branch(x):
    items = []
    if x > 0:
        items.append(x + 1)
    return items[0]


@refused("ValueError", "'y' is None at the end of the iteration.")
def loop_leaves_none(x):
    y = x
    while x > 0:
        x = x - 1
        y = None
    return y


@refused("ValueError", "'y' must be defined before the loop")
def loop_reads_undefined(x):
    for _ in tf.range(3):
        x = x + y  # noqa: F821 (the fault)
        y = x  # noqa: F841
    return x


@refused("ValueError", "'y' must be defined before the loop")
def loop_makes_objects(x):
    for _ in tf.range(3):
        y = Thing()
    return y


@refused("InvalidArgumentError", "loop must iterate at least once to initialize y", -1.0)
def loop_that_never_runs(x):
    while x > 0:
        x = x - 1
        y = x
    return y


@refused("InvalidArgumentError", "loop must iterate at least once to initialize y", -1.0)
def loop_that_starts_with_none_and_never_runs(x):
    y = None
    while x > 0:
        x = x - 1
        y = x if y is None else y + x
    return y


@refused("ValueError", "condition of while loop expected to be `tf.bool` scalar, got")
def while_of_a_vector(x):
    y = tf.stack([x, x])
    while y > 0:
        y = y - 1
    return y


@refused("ValueError", "len requires a non-scalar tensor, got one of shape")
def loop_over_a_scalar(x):
    for value in x:
        x = x + value
    return x


@refused("ValueError", "needs to know its rank", tensorflow=False)
def loop_over_unknown_rank(x):
    for row in tf.numpy_function(lambda: None, [], tf.float32):
        x = x + tf.reduce_sum(row)
    return x


@refused("ValueError", "'y' has shape (2, 2) before the loop, which does not conform with the shape invariant "
                       "(3, None).")
def wrong_invariant(x):
    y = tf.zeros([2, 2])
    while x > 0:
        tf.autograph.experimental.set_loop_options(shape_invariants=[(y, tf.TensorShape([3, None]))])
        x = x - 1
        y = y + 1
    return y


@refused("NotImplementedError", "break and return statements which depend on a TF condition are not supported in "
                                "Python for loops.")
def break_from_a_generator(x):
    for i in iter(range(10)):
        x = x + float(i)
        if x > 5:
            break
    return x


@refused("ValueError", "the function must also have a return statement at its end", tensorflow=False)  # noqa: RET503 (the fault)
def return_from_a_loop_only(x):
    for i in tf.range(3):
        if tf.cast(i, tf.float32) > x:
            return x


@refused("TypeError", "'retval_' has dtype", tensorflow=False)
def returns_of_different_types_from_a_loop(x):
    for i in tf.range(3):
        if tf.cast(i, tf.float32) > x:
            return i
    return x


# Elsewhere ------------------------------------------------------------------------------------------


@refused("TypeError", "does not support item assignment")
def item_of_a_tensor(x):
    y = tf.zeros([3])
    for i in tf.range(3):
        y[i] = x
    return y


@refused("OperatorNotAllowedInGraphError", "Iterating over a symbolic `tf.Tensor` is not allowed")
def unpacked_tensor(x):
    a, b = tf.stack([x, x])
    return a + b


@refused("OperatorNotAllowedInGraphError", "Iterating over a symbolic `tf.Tensor` is not allowed")
def comprehension_of_unknown_length(x):
    return [v + 1 for v in tf.boolean_mask(tf.stack([x, x]), tf.stack([x > 0, x > 9]))]


@refused("OperatorNotAllowedInGraphError", "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed")
def condition_of_a_comprehension(x):
    return [v for v in [x, x + 1] if v > 3]


@tf.autograph.experimental.do_not_convert
def _left_alone(x):
    return x if x > 0 else -x


@refused("OperatorNotAllowedInGraphError", "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed")
def calls_what_is_left_alone(x):
    return _left_alone(x)


@refused("InvalidArgumentError", "too small", -3.0, tensorflow=False)
def assertion_fails(x):
    assert x > 0, "too small"
    return x


@refused("NotImplementedError", "base 2 not supported for int")
def int_of_another_base(x):
    return int(x, 2)


@refused("UnboundLocalError", "y")
def read_before_written(x):
    if x is None:
        y = 1
    return y
