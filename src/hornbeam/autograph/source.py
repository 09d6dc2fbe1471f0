"""The syntax tree of a function, found by its code object, with the lines and columns of the user's file."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import CodeType
from typing import Any

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Unconvertible(Exception):
    """A function stays as it is; the text says why."""


_Index = dict[int, list[Definition]]
_files: dict[str, tuple[list[str], _Index | None]] = {}


def definition_of(code: CodeType) -> Definition:
    """The node that `code` was compiled from. Raises Unconvertible where the source cannot be had, or is another."""
    try:
        lines, _ = inspect.findsource(code)
    except (OSError, TypeError, IndexError) as error:
        raise Unconvertible(f"its source code cannot be had ({error})") from None
    found = [node for node in _index(code, lines).get(code.co_firstlineno, ()) if _is_from(node, code)]
    if len(found) > 1:
        found = [node for node in found if _holds_positions(node, code)]
    if len(found) != 1:
        why = "several functions stand on its line" if found else "its file has changed since it was imported"
        raise Unconvertible(f"its source code cannot be told for certain: {why}")
    return found[0]


def _index(code: CodeType, lines: list[str]) -> _Index:
    """The functions of a file, by the line where each starts."""
    held = _files.get(code.co_filename)
    if held is None or (held[0] is not lines and held[0] != lines):
        try:
            held = lines, _by_line(ast.parse("".join(lines)))
        except SyntaxError:
            held = lines, None
        _files[code.co_filename] = held
    return _by_line(_block(code, lines)) if held[1] is None else held[1]


def _by_line(tree: ast.AST) -> _Index:
    found: _Index = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
            found.setdefault(min([node.lineno, *(d.lineno for d in decorators)]), []).append(node)
    return found


def _block(code: CodeType, lines: list[str]) -> ast.AST:
    """The function alone, out of a file that is not Python as a whole (a notebook's cell, say)."""
    first = code.co_firstlineno - 1
    try:
        tree = ast.parse(textwrap.dedent("".join(inspect.getblock(lines[first:]))))
    except (SyntaxError, IndentationError):
        raise Unconvertible("its source code cannot be parsed on its own") from None
    return ast.increment_lineno(tree, first)


def _is_from(node: Definition, code: CodeType) -> bool:
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
    return name == code.co_name and _takes(node.args, code)


def parameters(args: ast.arguments) -> list[str]:
    """The names of all parameters, in the order of `co_varnames`."""
    named = [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    return [*named, *(a.arg for a in (args.vararg, args.kwarg) if a is not None)]


def _takes(args: ast.arguments, code: CodeType) -> bool:
    names = parameters(args)
    found = code.co_varnames[:len(names)]
    return all(a == b or (a.startswith("__") and b.endswith(a)) for a, b in zip(names, found, strict=False))


def _holds_positions(node: Any, code: CodeType) -> bool:
    """Whether the instructions of `code` come from the body of a lambda: their columns say."""
    body = node.body if isinstance(node, ast.Lambda) else node
    start, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
    spans = list(_spans(code))
    return bool(spans) and all(start <= a and b <= end for a, b in spans) and (
        not isinstance(node, ast.Lambda) or (min(a for a, _ in spans), max(b for _, b in spans)) == (start, end)
        or len(spans) == 1)


def _spans(code: CodeType) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for line, end_line, column, end_column in code.co_positions():
        if None not in (line, end_line, column, end_column) and (column, end_column) != (0, 0):
            yield (line, column), (end_line, end_column)  # type: ignore[misc]
