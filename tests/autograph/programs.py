"""Small functions with control flow on tensors, as a user of TensorFlow writes them.

Each runs on tensors that have values, converted in a graph, and in TensorFlow (`tests/oracle/test_autograph.py`):
everywhere with the same results. `@case` gives the arguments; `grad=False` where the results have no gradients, and
`tensorflow=False` where TensorFlow refuses what is converted here (`nonlocal_in_branch` it
runs, and loses the writes).
"""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable
from typing import Any, NamedTuple

tf = importlib.import_module(os.environ.get("HORNBEAM_PROGRAMS_WITH", "hornbeam"))


class Case(NamedTuple):
    """A function, and lists of arguments (Python's numbers and lists) to call it with."""

    function: Callable[..., Any]
    arguments: tuple[tuple[Any, ...], ...]
    grad: bool
    tensorflow: bool


CASES: dict[str, Case] = {}


def case(*arguments: Any, grad: bool = True, tensorflow: bool = True) -> Any:
    """Decorator: one more program. An argument that is no tuple stands for itself."""
    def declare(function: Any) -> Any:
        given = tuple(a if isinstance(a, tuple) else (a,) for a in arguments)
        assert function.__name__ not in CASES
        CASES[function.__name__] = Case(function, given, grad, tensorflow)
        return function

    return declare


# Branches -------------------------------------------------------------------------------------------


@case(2.0, -3.0)
def if_else(x):
    if x > 0:
        y = x * x
    else:
        y = -x
    return y


@case(2.0, -3.0)
def if_alone(x):
    if x > 0:
        x = x * 2
    return x + 1


@case(1.0, 5.0, 20.0)
def elif_chain(x):
    if x > 10:
        y = x
    elif x > 3:
        y = x * 2
    else:
        y = x * 3
    return y


@case((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0))
def nested_ifs(x, y):
    if x > 0:
        if y > 0:
            z = x + y
        else:
            z = x - y
    else:
        z = x * y
    return z


@case((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0))
def early_returns(x, y):
    if x > 0:
        if y > 0:
            return x
        return y * 2
    if y > 0:
        return x * 3
    return x + y


@case((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), tensorflow=False)
def return_inside_one_branch(x, y):
    if x > 0:
        if y > 0:
            return x
        z = x + 10
    else:
        z = y + 20
    z *= 2
    return z + x


@case(3.0, -3.0)
def return_a_tuple(x):
    if x > 0:
        return x, (x * 2, [x])
    return -x, (x, [x * 4])


@case(3.0, -3.0)
def return_a_dictionary(x):
    out = {"a": x, "b": x * 2}
    if x > 0:
        out["a"] = x * 5
    return out


@case(3.0, -3.0)
def local_of_one_branch(x):
    if x > 0:
        t = x * x
        x = t + 1
    return x


@case(3.0, -3.0)
def python_flag(x, double=True):
    if double:
        x = x * 2
    if x > 0:
        return x
    return x - 1


@case(0.5, 5.0, -5.0, tensorflow=False)
def conditional_expression(x):
    return x * 2 if x > 1 else (x if x > 0 else -x)


@case(0.5, 5.0, -5.0, grad=False)
def and_or_not(x):
    return (x > 0 and x < 1), (x < 0 or x > 1), not x > 0


@case(0, 1, 2, 5, grad=False)
def short_circuit(i):
    values = tf.constant([10, 20, 30])
    if i < 3 and values[i] > 15:
        return values[i]
    return -i


@case(0.5, 5.0, -5.0)
def chained_comparison(x):
    if 0 < x < 1:
        return x * 10
    return x


@case(1.0, 2.0, grad=False)
def equality(x):
    return x == 1, x != 1


@case(3.0, 0.5)
def none_checks(x, y=None):
    if y is None and x > 1:
        return x * 2
    return x


@case(3.0, -3.0)
def same_object_in_both(x):
    scale = tf.constant(2.0)
    if x > 0:
        y = scale
    else:
        y = scale
    return x * y


@case(3.0, -3.0)
def assigned_in_python_branch(x):
    for kind in ("a", "b"):
        if kind == "a":
            y = x * 2
        else:
            y = y + 1
    if y > 0:
        y = y * y
    return y


@case(([1.0, -2.0, 3.0],))
def reduced_condition(x):
    if tf.reduce_any(x < 0):
        x = tf.abs(x)
    return tf.reduce_sum(x * x)


# while ----------------------------------------------------------------------------------------------


@case(2.5, 0.5, -1.0)
def count_down(x):
    n = 0
    while x > 0:
        x = x - 1
        n += 1
    return x, n


@case(30.0, 1.0)
def halve(x):
    steps = tf.constant(0.0)
    while x > 1.5:
        x = x / 2
        steps += 1
    return x * steps


@case((48, 36), (7, 5), (5, 0), grad=False)
def greatest_common_divisor(a, b):
    while b != 0:
        a, b = b, a % b
    return a


@case(27, 1, grad=False)
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


@case(2.0)
def newton(x):
    y = x
    while tf.abs(y * y - x) > 1e-4:
        y = (y + x / y) / 2
    return y


@case((5, 3), (0, 3), grad=False)
def nested_while(n, m):
    total = 0
    i = 0
    while i < n:
        j = 0
        while j < m:
            total += i * j
            j += 1
        i += 1
    return total


@case(3.0, 50.0, tensorflow=False)
def while_true_break(x):
    while True:
        x = x * 2
        if x > 40:
            break
    return x


@case(1.0, 20.0, tensorflow=False)
def while_break(x):
    i = 0
    while i < 10:
        x = x + tf.cast(i, tf.float32)
        if x > 15:
            break
        i += 1
    return x, i


@case(10, grad=False)
def while_continue(n):
    total = 0
    i = 0
    while i < n:
        i += 1
        if i % 2 == 0:
            continue
        total += i
    return total


@case((0, 10), (8, 10), grad=False)
def break_and_continue(i, n):
    odd = 0
    while i < n:
        i += 1
        if i % 3 == 0:
            continue
        if i > 7:
            break
        odd += i
    return odd, i


@case(3.0, 0.0, 30.0, tensorflow=False)
def return_from_while(x):
    i = tf.constant(0.0)
    while i < 5:
        x = x + i
        if x > 6:
            return x * 100
        i += 1
    return x


@case(8.0, 2.0)
def while_with_two_conditions(x):
    i = 0
    while i < 5 and x > 1:
        x = x / 2
        i += 1
    return x


@case(4, tensorflow=False, grad=False)
def while_else(n):
    total = tf.constant(1.0)
    while n > 0:
        total = total * 2
        n -= 1
    else:
        total = total + 1
    return total


@case(1.0)
def first_condition_is_python(x):
    limit = 3
    while limit > 0:
        x = x * 2
        limit -= 1
    return x


# for ------------------------------------------------------------------------------------------------


@case(2.0)
def for_range(x):
    total = tf.constant(0.0)
    for i in tf.range(5):
        total += x * tf.cast(i, tf.float32)
    return total


@case((2.0, 4), (2.0, 0))
def for_range_of_tensor(x, n):
    y = x
    for _ in tf.range(n):
        y = y * x
    return y


@case((2.0, 4), (2.0, 0))
def builtin_range_of_tensor(x, n):
    y = x
    for _ in range(n):
        y = y * x
    return y


@case((1, 10, 3), (10, 1, -4), (3, 3, 1), grad=False)
def range_with_step(a, b, step):
    total = 0
    for i in tf.range(a, b, step):
        total = total * 10 + i
    return total


@case((0.0, 2.0, 0.5), grad=False)
def range_of_floats(a, b, step):
    total = tf.constant(0.0)
    for v in tf.range(a, b, step):
        total += v * v
    return total


@case(([1.0, 2.0, 3.0],), ([[1.0, 2.0], [3.0, 4.0]],))
def for_rows(rows):
    total = tf.zeros_like(rows[0])
    for row in rows:
        total = total * 2 + row * row
    return total


@case(([[1.0, 2.0], [3.0, 4.0]],))
def nested_rows(matrix):
    total = tf.constant(0.0)
    for row in matrix:
        for value in row:
            total = total * 0.5 + value * value
    return total


@case(([1.0, -2.0, 3.0],))
def for_with_if(rows):
    good = tf.constant(0.0)
    bad = tf.constant(0.0)
    for value in rows:
        if value > 0:
            good += value * value
        else:
            bad += value
    return good, bad


@case(([1.0, 2.0, 30.0, 4.0],), ([1.0, 2.0],))
def for_break(rows):
    total = tf.constant(0.0)
    for value in rows:
        if value > 10:
            break
        total += value
    return total


@case(([1.0, -2.0, 3.0],))
def for_continue(rows):
    total = tf.constant(0.0)
    for value in rows:
        if value < 0:
            continue
        total += value * 2
    return total


@case(([1.0, 7.0, 3.0],), ([1.0, 2.0],), tensorflow=False)
def return_from_for(rows):
    for value in rows:
        if value > 5:
            return value * 100
    return tf.reduce_sum(rows)


@case((([[1.0, 2.0], [3.0, 4.0]]), 3.0), (([[1.0, 2.0], [3.0, 4.0]]), 9.0), tensorflow=False)
def return_from_nested_for(matrix, wanted):
    place = 0
    for row in matrix:
        for value in row:
            if value == wanted:
                return tf.cast(place, tf.float32) + value
            place += 1
    return wanted - 100


@case(([1.0, 7.0, 3.0],), ([1.0, 2.0],), tensorflow=False)
def for_else(rows):
    found = tf.constant(0.0)
    for value in rows:
        if value > 5:
            found = value
            break
    else:
        found = tf.reduce_sum(rows) * 10
    return found


@case(4, grad=False)
def loop_variable_afterwards(n):
    for i in tf.range(n):
        last = i * 2
    return i, last


@case((2.0, 3))
def python_range(x, n):
    for i in range(3):
        x = x * 2 + i
    return x


@case(1.0, 3.0, tensorflow=False)
def python_range_with_tensor_break(x):
    for i in range(4):
        x = x * 2
        if x > 10:
            break
        x = x + i
    return x


@case(1.0, 4.0, tensorflow=False)
def python_range_with_tensor_return(x):
    for _ in range(4):
        x = x * 2
        if x > 10:
            return x + 1000
    return x


@case(1.0)
def python_list_of_tensors(x):
    total = tf.constant(0.0)
    for item in [x, x * 2, tf.constant(5.0)]:
        if item > 1.5:
            total += item * item
    return total


@case(2.0)
def list_mutated_in_static_loop(x):
    parts = []
    for i in range(4):
        if i % 2:
            parts.append(x * i)  # noqa: PERF401
    parts[0] = parts[0] + 1
    return tf.add_n(parts), tf.stack(parts)


@case(2.0)
def dictionary_in_static_loop(x):
    table = {}
    for name in ("a", "b"):
        table[name] = x
        x = x * 3
    return table["a"] * table["b"]


@case(([1.0, 2.0, 3.0],), tensorflow=False)
def enumerate_rows(rows):
    total = tf.constant(0.0)
    for i, value in enumerate(rows):
        total += value * tf.cast(i, tf.float32)
    return total


@case(([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]), tensorflow=False)
def zip_rows(first, second):
    total = tf.constant(0.0)
    for a, b in zip(first, second):  # noqa: B905
        total = total + a * b
    return total


@case(([1.0, 2.0, 3.0],))
def running_sum_in_tensor_array(rows):
    n = tf.shape(rows)[0]
    out = tf.TensorArray(tf.float32, size=n)
    total = tf.constant(0.0)
    for i in tf.range(n):
        total += rows[i]
        out = out.write(i, total * total)
    return out.stack()


@case(([3, 0, 2],), grad=False)
def ragged_trip_counts(lengths):
    total = 0
    for n in lengths:
        for j in tf.range(n):
            total += j + 1
    return total


@case(3, grad=False)
def growing_with_shape_invariants(n):
    out = tf.zeros([1])
    for i in tf.range(n):
        tf.autograph.experimental.set_loop_options(shape_invariants=[(out, tf.TensorShape([None]))])
        out = tf.concat([out, [tf.cast(i, tf.float32)]], 0)
    return out


@case(10, grad=False)
def fibonacci(n):
    a, b = 0, 1
    for _ in tf.range(n):
        a, b = b, a + b
    return a


@case(6, grad=False)
def sieve(n):
    count = 0
    for i in tf.range(2, n * 4):
        prime = True
        for d in tf.range(2, i):
            if i % d == 0:
                prime = False
                break
        if prime:
            count += 1
    return count


@case(([3.0, 1.0, 2.0],), ([1.0, 2.0],))
def bubble_sort(values):
    n = tf.shape(values)[0]
    for i in tf.range(n):
        for j in tf.range(n - i - 1):
            a, b = values[j], values[j + 1]
            if a > b:
                values = tf.tensor_scatter_nd_update(values, [[j], [j + 1]], [b, a])
    return values


# Functions ------------------------------------------------------------------------------------------


def _helper(x):
    if x > 2:
        return x * 10
    return x


@case(1.0, 3.0)
def calls_a_function(x):
    return _helper(x) + _helper(x + 1)


def _power(x, n):
    if n == 0:
        return tf.ones_like(x)
    half = _power(x, n // 2)
    if x > 100:
        half = half + 0
    return half * half if n % 2 == 0 else half * half * x


@case(1.5, -2.0)
def recursion_bounded_by_python(x):
    return _power(x, 5)


@case(1.0, -1.0)
def closure(x):
    scale = x * 2

    def inner(y):
        if y > 0:
            return y * scale
        return y - scale

    return inner(x) + inner(x + 3)


@case(3.0, -3.0, tensorflow=False)
def nonlocal_in_branch(x):
    total = tf.constant(0.0)

    def add(value):
        nonlocal total
        if value > 0:
            total = total + value
        else:
            total = total - value * 2

    add(x)
    add(x + 1)
    return total


@case(3.0, -3.0)
def function_sees_later_value(x):
    factor = tf.constant(1.0)

    def scaled(y):
        return y * factor

    if x > 0:
        factor = x
    return scaled(x)


@case(3.0, -3.0)
def lambdas(x):
    sign = lambda v: v if v > 0 else -v  # noqa: E731
    twice = lambda v: sign(v) * 2  # noqa: E731
    return twice(x) + sign(x)


@case(3.0, -3.0)
def partial(x):
    def scaled(y, factor):
        if y > 0:
            return y * factor
        return y

    return functools.partial(scaled, factor=5.0)(x)


def _doubled(function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        return function(*args, **kwargs) * 2

    return call


@_doubled
def _decorated(x):
    if x > 0:
        return x * x
    return x


@case(3.0, -3.0)
def decorated(x):
    return _decorated(x)


@case(3.0, -3.0)
def default_and_keyword_arguments(x):
    def inner(a, b=2.0, *rest, c, **more):
        if a > 0:
            return a * b + c + more["d"]
        return a + tf.add_n(rest) if rest else a

    return inner(x, c=x, d=1.0)


class Counter:
    """State in attributes."""

    def __init__(self, start):
        self.total = start
        self.__steps = 0

    def add(self, x):
        if x > 0:
            self.total = self.total + x
        else:
            self.total = self.total * 2
        self.__steps += 1
        return self

    def double(self, x):
        return x * 2 if self.__steps == 0 else x * 3

    def run(self, n):
        for i in tf.range(n):
            self.total = self.total + tf.cast(i, tf.float32) * 0.5
        return self.total

    def __call__(self, x):
        while self.total < 10:
            self.total = self.total * 2 + x * x
        return self.total


class LoudCounter(Counter):
    """Calls its base class."""

    def add(self, x):
        step = x * 2 if x > 2 else super().double(x)
        return super().add(step)


@case(3.0, -3.0, tensorflow=False)
def methods_and_attributes(x):
    counter = Counter(x * 1.0)
    return counter.add(x).add(-x).total


@case((3.0, 4))
def attribute_in_loop(x, n):
    return Counter(x).run(n)


@case(3.0)
def callable_object(x):
    return Counter(x)(x)


@case(3.0, 1.0, tensorflow=False)
def super_in_branch(x):
    return LoudCounter(x).add(x).total


@case(3.0, -3.0)
def item_in_branch(x):
    values = [x, x * 2]
    i = 1
    if x > 0:
        values[0] = x * 5
        values[i] = x * 7
    return values[0] + values[1]


@case(3.0, -3.0)
def item_in_loop(x):
    state = {"x": x, "n": tf.constant(0.0)}
    while state["n"] < 3:
        state["x"] = state["x"] * 2
        state["n"] = state["n"] + 1
    return state["x"]


@case(3.0, -3.0)
def nested_state(x):
    pair = (x, [x + 1, x + 2])
    for _ in tf.range(3):
        a, (b, c) = pair
        pair = (b, [c, a * 1.5])
    return pair


# Other statements -----------------------------------------------------------------------------------


@case(3.0, -3.0, tensorflow=False)
def assertion(x):
    assert x > -10, "too small"
    return x * x


@case(3.0, -3.0)
def in_a_with(x):
    with tf.name_scope("inside"):
        if x > 0:
            x = x * 3
    return x


@case(3.0, -3.0, tensorflow=False)
def return_in_a_with(x):
    with tf.name_scope("inside"):
        if x > 0:
            return x * 3
    return x


@case(3.0, -3.0)
def in_a_try(x):
    try:
        if x > 0:
            y = x * 3
        else:
            y = x
    finally:
        z = 1.0
    return y + z


@case(3.0, -3.0, tensorflow=False)
def match_statement(x, kind="double"):
    match kind:
        case "double":
            if x > 0:
                x = x * 2
        case _:
            x = x * 100
    return x


@case(3.0, -3.0, tensorflow=False)
def walrus(x):
    if (y := x * 2) > 0:
        return y
    return y - 1


@case(5.0, tensorflow=False)
def walrus_in_while(x):
    total = tf.constant(0.0)
    while (y := x - 1) > 0:
        total += y
        x = y
    return total


@case(([1.0, 2.0, 3.0],), tensorflow=False)
def comprehension(rows):
    return tf.add_n([v * v if v > 1.5 else v for v in rows])


@case(2.0)
def comprehension_over_python(x):
    parts = [x * i for i in range(4) if i % 2 == 0]
    table = {i: p * 2 for i, p in enumerate(parts)}
    return sum(parts) + table[1]


@case(([3.0, 1.0, 2.0],), tensorflow=False, grad=False)
def builtins_of_tensors(rows):
    return tf.convert_to_tensor(sorted(rows)), max(rows), min(rows), sum(rows), abs(rows)


@case(3.7, -3.7, grad=False)
def casts(x):
    return int(x), float(int(x)), abs(x), len(tf.stack([x, x]))


@case((1.0, 2.0), (5.0, 2.0), tensorflow=False)
def max_of_scalars(x, y):
    return max(x, y) * 2 + min(x, y)


@case(([1.0, 2.0],))
def starred_and_unpacked(rows):
    total = tf.constant(0.0)
    pairs = [(rows[0], rows[1], 3.0), (rows[1], rows[0], 1.0)]
    for first, *rest in pairs:
        if first > 1.5:
            total += first * rest[0]
        else:
            total += rest[-1]
    return total


@case(3.0, -3.0)
def deleted_variable(x):
    y = x * 2
    if x > 0:
        t = y + 1
        x = t
        del t
    del y
    return x


@case(2.0)
def map_fn_of_a_function(x):
    return tf.map_fn(_helper, tf.stack([x, x * 2]))


@case(2.0, tensorflow=False)
def generator_of_python(x):
    def numbers():
        yield 1.0
        yield 2.0

    total = x
    for number in numbers():
        if total > 2.5:
            total = total * number
        else:
            total = total + number
    return total


@case(2.0, 0.5, -1.0, grad=False)
def iterated_map(x):
    """Escapes or not: 20 steps of z² + c at most."""
    z = tf.constant(0.0)
    steps = 0
    for i in tf.range(20):
        z = z * z + x
        steps = i
        if tf.abs(z) > 2:
            break
    return steps


@case(([[0.0, 1.0], [1.0, 1.0]], 5))
def matrix_power(m, n):
    out = tf.eye(2)
    while n > 0:
        if n % 2 == 1:
            out = out @ m
        m = m @ m
        n //= 2
    return out


@case(([1.0, 2.0, 3.0, 4.0],), grad=False)
def binary_search(rows):
    low, high = 0, tf.shape(rows)[0]
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < 2.5:
            low = middle + 1
        else:
            high = middle
    return low


@case(([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],))
def array_written_row_by_row(rows):
    out = tf.TensorArray(tf.float32, size=3)
    i = 0
    for row in rows:
        out = out.write(i, row * row)
        i += 1  # noqa: SIM113
    return out.stack()


@case(4, grad=False)
def growing_tensor_array(n):
    out = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
    i = 0
    while i < n:
        out = out.write(out.size(), i * i)
        i += 1
    return out.stack()


@case(([1.0, 2.0, 3.0],), tensorflow=False)
def state_that_starts_as_none(rows):
    state = None
    for row in rows:
        if state is None:
            state = row
        else:
            state = state * row + 1
    return state


@case(3.0, tensorflow=False)
def none_in_the_condition(x):
    total = None
    while total is None or total < 10:
        total = x if total is None else total + x
    return total


@case(3.0, 300.0, tensorflow=False)
def return_in_the_else_of_a_loop(x):
    for _ in tf.range(3):
        if x > 100:
            return x
    else:
        return x * 2


@case(3.0, -3.0)
def class_inside_a_function(x):
    class Scale:
        factor = 2.0

        def of(self, y):
            if y > 0:
                return y * self.factor
            return y

    return Scale().of(x)


@case(([1.0, 2.0, 3.0, 4.0],), tensorflow=False, grad=False)
def return_rows_whose_number_varies(rows):
    for i in tf.range(4):
        kept = tf.boolean_mask(rows, rows > tf.cast(i, tf.float32))
        if tf.size(kept) < 3:
            return kept
    return rows


@case(([1.0, 2.0, 3.0],), ([-1.0, 2.0, 3.0],))
def branches_of_different_shapes(rows):
    if rows[0] > 0:
        rows = rows[1:] * 2
    else:
        rows = rows[:1] * 3
    return rows


@case(3.0, -3.0)
def function_inside_a_function(x):
    @tf.function
    def inner(y):
        if y > 0:
            return y * 2
        return y

    return inner(x) + inner(-x * 3)


@case(1.0)
def functions_for_a_while_loop(x):
    def going(i, s):
        return i < 3 and s < 100

    def step(i, s):
        if s > 2:
            return i + 1, s * 2
        return i + 1, s + x

    return tf.while_loop(going, step, [0, x])[1]


@case(2.0)
def gradient_in_a_loop(x):
    weight = tf.constant(2.0)
    for _ in tf.range(2):
        with tf.GradientTape() as tape:
            tape.watch(weight)
            loss = weight * weight * x
        weight = weight - 0.1 * tape.gradient(loss, weight)
    return weight


@case(3.0, -3.0)
def swapped_in_a_branch(x):
    (a, b), c = (x, x + 1), x + 2
    if x > 0:
        a, (b, c) = b, (c, a)
    return a, b, c


@case(1.0, 60.0)
def python_state_goes_along(x):
    names = []
    step = 0
    while x < 50:
        names.append("step")
        x = x * 3
        step += 1
    return x + float(len(names) * 0), step
