"""Converted functions keep what users see: lines, names, closures, globals; and some functions are left alone."""

from __future__ import annotations

import argparse
import colorsys
import contextlib
import difflib
import fractions
import functools
import inspect
import linecache
import logging
import shlex
import statistics
import textwrap
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.autograph import programs

import hornbeam as tf
import hornbeam.v1 as tf1
from hornbeam.autograph import conversion, convert

FACTOR = 2.0


def traced(function: Any, *arguments: Any) -> Any:
    return tf.nest.map_structure(np.asarray, tf.function(function)(*[tf.constant(a) for a in arguments]))


# What users see -------------------------------------------------------------------------------------


def with_everything(a, /, b: float = 2.0, *rest, c=3.0, **more):
    """Some words."""
    return (a, b, rest, c, more) if a > 0 else None


def test_name_words_signature_and_source_stay() -> None:
    made = convert(with_everything)
    assert made is not with_everything
    assert (made.__name__, made.__qualname__, made.__module__, made.__doc__) == (
        "with_everything", "with_everything", __name__, "Some words.")
    assert inspect.signature(made) == inspect.signature(with_everything)
    assert inspect.getsource(made) == inspect.getsource(with_everything)
    assert made(1.0, 5.0, 6.0, c=7.0, d=8.0) == (1.0, 5.0, (6.0,), 7.0, {"d": 8.0})


def fails_in_branch(x):
    if x > 0:
        y = x + 1
        y = tf.reshape(y, [7])  # the line
    else:
        y = x
    return y


def test_a_traceback_shows_the_users_line_and_function() -> None:
    with pytest.raises(ValueError, match="reshape") as caught:
        traced(fails_in_branch, 1.0)
    last = [f for f in traceback.extract_tb(caught.tb) if f.filename == __file__][-1]
    assert "the line" in last.line  # type: ignore[operator]
    assert last.name == "fails_in_branch"


def divides(a, b):
    for _ in range(b):
        if a > 0:
            a = a // (b - b)  # the division
    return a


def test_an_operation_that_fails_while_running_names_the_users_line() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        traced(divides, 4, 2)
    assert "the division" in str(caught.value) or "test_conversion.py" in str(caught.value)


def test_operations_remember_the_users_line() -> None:
    with tf1.Graph().as_default() as graph:
        convert(fails_late)(tf1.placeholder(tf.float32, []))
        made = [op for op in graph.get_operations() if op.type == "Mul"]
    assert made
    assert "x * 3" in made[0].made_at


def fails_late(x):
    y = x * 3
    if y > 0:
        y = y + 1
    return y


# Names around the function ----------------------------------------------------------------------------


def uses_a_global(x):
    return x * FACTOR if x > 0 else x


def test_globals_are_read_when_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    made = convert(uses_a_global)
    assert made(3.0) == 6.0
    monkeypatch.setattr(inspect.getmodule(uses_a_global), "FACTOR", 10.0)
    assert made(3.0) == 30.0
    assert traced(uses_a_global, 3.0) == 30.0


def test_closures_are_shared() -> None:
    count = 0

    def step(x):
        nonlocal count
        count += 1
        return x + count if x > 0 else x

    made = convert(step)
    assert [made(1.0), step(1.0), made(1.0)] == [2.0, 3.0, 4.0]
    assert count == 3


def test_defaults_of_the_function_itself_are_used() -> None:
    marker = object()

    def give(x=marker, *, y=marker):
        return x if x is y else None

    assert convert(give)() is marker


def test_the_code_is_converted_once() -> None:
    def make(n):
        def add(x):
            return x + n if x > 0 else x
        return add

    first, second = convert(make(1.0)), convert(make(2.0))
    assert first.__code__ is second.__code__
    assert (first(1.0), second(1.0)) == (2.0, 3.0)
    assert convert(first) is first


def test_lambdas_of_one_line_are_told_apart() -> None:
    pair = (lambda x: x * 2 if x > 0 else x), (lambda x: x * 3 if x > 0 else x)
    assert [traced(f, 5.0).item() for f in pair] == [10.0, 15.0]


def test_private_names_belong_to_their_class() -> None:
    counter = programs.Counter(tf.constant(1.0))
    assert np.asarray(tf.function(lambda x: counter.double(x))(tf.constant(2.0))) == 4.0


# What is left alone -----------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [np.sum, len, functools.reduce, tf.reduce_sum, programs.Counter,
                                      linecache.getline])
def test_these_are_left_alone(function: Any) -> None:
    assert convert(function) is function


def test_do_not_convert() -> None:
    @tf.autograph.experimental.do_not_convert
    def plain(x):
        return x if x > 0 else -x

    @tf.autograph.experimental.do_not_convert()
    def other(x):
        return plain(x)

    assert convert(plain) is plain
    assert (plain.__name__, other.__name__) == ("plain", "other")
    assert other(-1.0) == 1.0
    for function in (plain, other, lambda x: plain(x)):
        with pytest.raises(tf.errors.OperatorNotAllowedInGraphError):
            traced(function, 1.0)


@contextlib.contextmanager
def heard() -> Any:
    """The warnings logged meanwhile."""
    found: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("hornbeam")
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)


def test_a_function_without_source_runs_as_it_is_and_is_warned_of_once() -> None:
    room: dict[str, Any] = {}
    exec("def made(x):\n    return x + 1 if x > 0 else x", room)
    with heard() as warnings:
        assert convert(room["made"])(1) == 2
        assert convert(room["made"]) is room["made"]
    assert len(warnings) == 1
    assert "AutoGraph could not transform" in warnings[0]
    assert "source code" in warnings[0]
    assert "do_not_convert" in warnings[0]


def test_generators_and_coroutines_run_as_they_are() -> None:
    def numbers(x):
        yield x
        yield x + 1

    async def later(x):
        return x

    with heard() as warnings:
        assert list(convert(numbers)(1)) == [1, 2]
        convert(later)(1).close()
    assert ["coroutines" in w for w in warnings] == [True]  # of generators, which libraries have many of, it is silent


def test_a_jump_out_of_finally_runs_as_it_is() -> None:
    def odd(x):
        for _ in range(3):
            try:
                x = x + 1
            finally:
                continue  # noqa: B012
        return x

    with heard() as warnings:
        assert convert(odd)(1) == 4
    assert "finally" in warnings[0]


# Statements that stay Python's --------------------------------------------------------------------------


def python_only(n):
    found = []
    for i in range(n):
        try:
            if i == 1:
                continue
            if i == 3:
                raise ValueError(i)
            if i == 5:
                break
            found.append(i)
        except ValueError as error:
            found.append(-error.args[0])
        else:
            found.append(100 + i)
        finally:
            found.append("f")
    else:
        found.append("else")
    with contextlib.suppress(KeyError):
        if n > 3:
            return found, "early"
        found.append({}["no"])
    while n:
        n -= 1
        if n == 1:
            continue
        found.append(n)
    else:
        found.append("done")
    return found


def matched(value):
    match value:
        case [first, *rest] if first > 0:
            return first, rest
        case {"a": a, **others}:
            for key in others:
                if key == "b":
                    break
            else:
                return "no b", a
            return "b", a
        case str() as text:
            result = text.upper()
        case _:
            result = None
    return result


def deep_returns(a, b):
    for i in range(a):
        for j in range(b):
            if i * j > 6:
                return i, j
            if j > i:
                break
        else:
            continue
        if i > 5:
            return "outer"
    return None


@pytest.mark.parametrize(("function", "arguments"), [
    (python_only, (0,)), (python_only, (2,)), (python_only, (3,)), (python_only, (7,)),
    (matched, ([1, 2, 3],)), (matched, ([-1],)), (matched, ({"a": 1, "b": 2},)), (matched, ({"a": 1},)),
    (matched, ("x",)), (deep_returns, (9, 9)), (deep_returns, (7, 2)), (deep_returns, (2, 2))])
def test_python_values_follow_python(function: Any, arguments: tuple[Any, ...]) -> None:
    assert convert(function)(*arguments) == function(*arguments)


def converted(function: Any) -> Any:
    """A function of the standard library, which `convert` leaves alone, converted all the same."""
    code = conversion.converted_code(function, False)
    return conversion._with_code(function, code, conversion._ROOMS[True])


@pytest.mark.parametrize("module", [argparse, colorsys, difflib, fractions, shlex, statistics, textwrap])
def test_code_that_nobody_wrote_for_this_can_be_converted(module: Any) -> None:
    classes = [c for c in vars(module).values() if inspect.isclass(c) and c.__module__ == module.__name__]
    functions = [f for holder in (module, *classes) for f in vars(holder).values() if inspect.isfunction(f)]
    found = [f for f in functions if f.__module__ == module.__name__ and not inspect.isgeneratorfunction(f)]
    assert found
    for function in found:
        assert converted(function).__code__.co_name == function.__code__.co_name


def test_code_that_nobody_wrote_for_this_does_what_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "the quick brown fox-trot jumped over 'the lazy dog' and ran away "

    def answers() -> list[Any]:
        matcher = difflib.SequenceMatcher(None, text[:40], text[5:90:2])
        return [matcher.get_opcodes(), matcher.ratio(), textwrap.wrap(text, 20), textwrap.dedent("  a\n   b"),
                shlex.split(text), difflib.get_close_matches("fix", ["fox", "fux", "dog"]),
                [colorsys.rgb_to_hls(0.1, 0.5, c / 4) for c in range(5)], statistics.median([3, 1, 2, 9]),
                list(difflib.unified_diff(["a", "b", "c"], ["a", "c", "d"])), fractions.Fraction("3/4") ** 2]

    expected = answers()
    for module in (colorsys, difflib, fractions, shlex, statistics, textwrap):
        for holder in (module, *(c for c in vars(module).values() if inspect.isclass(c))):
            for name, function in list(vars(holder).items()):
                if inspect.isfunction(function) and function.__module__ == module.__name__ \
                        and not inspect.isgeneratorfunction(inspect.unwrap(function)):
                    monkeypatch.setattr(holder, name, converted(function))
    assert answers() == expected


def test_unbound_variables_are_pythons_error() -> None:
    def late(flag):
        if flag:
            y = 1
        return y

    assert convert(late)(True) == 1
    with pytest.raises(UnboundLocalError, match="y"):
        convert(late)(False)


def test_many_returns_and_branches(tmp_path: Path) -> None:
    """What is repeated in branches is bounded, and deep nests are converted."""
    lines = ["def many(x):"]
    for i in range(20):
        lines += [f"    if x > {i}:", f"        if x == {i + 1}:", f"            return {i}"]
    lines += ["    y = 0", "    if x == -2:", "        y = 1"]
    for i in range(40):
        lines += [f"    elif x == {-i}:", f"        y = {i}"]
    path = tmp_path / "many.py"
    path.write_text("\n".join([*lines, "    return y", ""]))
    room: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), room)
    many = room["many"]
    made = convert(many)
    assert made is not many
    assert [made(x) for x in range(-41, 22)] == [many(x) for x in range(-41, 22)]


def test_next_is_not_asked_for_more_than_the_loop_takes() -> None:
    def first_two(items):
        taken = []
        for item in items:
            taken.append(item)
            if len(taken) == 2:
                break
        return taken

    items = iter(range(10))
    assert convert(first_two)(items) == [0, 1]
    assert next(items) == 2


# Loops that are told more -------------------------------------------------------------------------------


def test_loop_options() -> None:
    def limited(x):
        while x < 100:
            tf.autograph.experimental.set_loop_options(maximum_iterations=3)
            x = x + 1
        return x

    def limited_for(x):
        for _ in tf.range(10):
            tf.autograph.experimental.set_loop_options(parallel_iterations=1, swap_memory=True, maximum_iterations=4)
            x = x + 1
        return x

    assert (traced(limited, 3.0), traced(limited_for, 3.0)) == (6.0, 7.0)
    tf.autograph.experimental.set_loop_options(maximum_iterations=3)  # elsewhere it does nothing


class Countdown:
    """Builds its own loops, as data sets do."""

    def __init__(self, start: Any) -> None:
        self.start = start

    def _autograph_for(self, step: Any, start: Any, go_on: Any) -> Any:
        def body(i: Any, *given: Any) -> Any:
            return i - 1, *step(i, given)

        def condition(i: Any, *given: Any) -> Any:
            return i > 0 if go_on is None else tf.logical_and(i > 0, go_on(given))

        return tf.while_loop(condition, body, (self.start, *start))[1:]


def test_an_object_may_build_its_loops_itself() -> None:
    def total(n, most):
        found = 0
        for i in Countdown(n):  # pyright: ignore
            if found > most:
                break
            found += i
        return found

    assert [int(traced(total, 4, m)) for m in (100, 5)] == [10, 7]


def test_variables_are_written_in_program_order() -> None:
    total, steps = tf.Variable(0.0), tf.Variable(0)

    @tf.function
    def run(rows):
        for row in rows:
            if row > 1:
                total.assign_add(row)
            else:
                total.assign(total * 10)
            steps.assign_add(1)
        while total > 50:
            total.assign(total / 2)
        return total + 1 if steps > 2 else total.read_value()

    assert np.asarray(run(tf.constant([2.0, 1.0, 3.0]))) == 24.0
    assert (float(total), int(steps)) == (23.0, 3)
    assert np.asarray(run(tf.constant([100.0]))) == 31.75


def test_functions_given_to_hornbeams_are_converted() -> None:
    def sign(x):
        if x > 0:
            return tf.constant(1.0)
        return tf.constant(-1.0)

    def signs(rows):
        return tf.map_fn(sign, rows), tf.cond(rows[0] > 0, lambda: sign(rows[1]), lambda: sign(rows[0]))

    found = traced(signs, [3.0, -4.0])
    assert (found[0].tolist(), found[1].item()) == ([1.0, -1.0], -1.0)


# tf.autograph -------------------------------------------------------------------------------------------


def test_to_graph() -> None:
    def double(x):
        return x * 2 if x > 1 else x

    def run(x):
        if x > 0:
            return double(x)
        return x

    made = tf.autograph.to_graph(run)
    with tf1.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf.float32, [])
        assert [session.run(made(x), {x: v}) for v in (3.0, 0.5, -1.0)] == [6.0, 0.5, -1.0]
        shallow = tf.autograph.to_graph(run, recursive=False)
        with pytest.raises(tf.errors.OperatorNotAllowedInGraphError):
            shallow(x)
    assert tf1.autograph.to_graph(run)(3.0) == 6.0
    assert tf.autograph.to_graph(tf.function(run))(3.0) == 6.0


def test_equality_of_values_in_graphs_of_the_first_generation() -> None:
    def is_one(x):
        return 1.0 if x == 1 else 0.0

    feature = tf.autograph.experimental.Feature.EQUALITY_OPERATORS
    made = tf.autograph.to_graph(is_one, experimental_optional_features=feature)
    with tf1.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf.float32, [])
        assert [session.run(made(x), {x: v}) for v in (1.0, 2.0)] == [1.0, 0.0]
    with pytest.raises(TypeError, match="Feature"):
        tf.autograph.to_graph(is_one, experimental_optional_features="EQUALITY_OPERATORS")


def test_to_code() -> None:
    code = tf.autograph.to_code(uses_a_global)
    assert code.startswith("def tf__uses_a_global(x):")
    assert "ag__.if_exp(x > 0" in code
    with pytest.raises(ValueError, match="Cannot apply autograph"):
        tf.autograph.to_code(len)


def test_verbosity_and_trace(capsys: pytest.CaptureFixture[str]) -> None:
    def told(x):
        tf.autograph.trace("traced with", x.dtype)
        return x + 1 if x > 0 else x

    tf.autograph.set_verbosity(3, True)
    try:
        traced(told, 1.0)
    finally:
        tf.autograph.set_verbosity(0)
    shown = capsys.readouterr().out
    assert "traced with <dtype: 'float32'>" in shown
    assert "Converted call: <function" in shown
    assert "ag__.if_exp" in shown


def test_features() -> None:
    feature = tf.autograph.experimental.Feature
    assert feature.all_but(feature.LISTS) == tuple(f for f in feature.all() if f not in (feature.ALL, feature.LISTS))
    assert tf1.autograph.experimental.Feature is feature


def test_ops_of_the_first_generation_in_converted_code():
    @tf.function
    def f(x):
        return tf1.expand_dims(tf1.tile(x, [2]), 1)

    assert f(tf.constant([1.0])).shape == (2, 1)
