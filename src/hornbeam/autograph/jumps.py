"""`break`, `continue` and `return` as flags and branches, so that a statement is left at its end only.

The means, in this order: what follows a branch that is always left early moves into the other branch; a jump from
where nothing follows needs no flag; short code that follows a branch with a `return` deep inside is repeated in its
branches; else a flag is set, and what follows is guarded by it.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, final

from hornbeam.autograph.source import Unconvertible

REPEATED, ALL_REPEATED = 300, 1000
"""The most nodes that are repeated in the branches of one `if`, and in a function."""
Loop = (ast.For, ast.While)


class _Place(NamedTuple):
    """Where a statement stands. at_end: nothing of the loop's body (or of the function) follows it."""

    in_loop: bool = False
    at_end: bool = True
    broken: str = ""
    continued: str = ""


def has_jump(body: Sequence[ast.AST], kinds: tuple[type, ...]) -> bool:
    """Whether statements hold a jump of these kinds; a loop inside has its own breaks and continues."""
    for node in body:
        if isinstance(node, kinds):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        inner = kinds
        if isinstance(node, Loop):
            inner = tuple(k for k in kinds if k is ast.Return)
            if has_jump(node.orelse, kinds):
                return True
        if inner and has_jump(list(ast.iter_child_nodes(node)), inner):
            return True
    return False


def leaves(body: Sequence[ast.stmt]) -> bool:
    """Whether statements certainly end in a jump or an exception."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, Loop) and leaves(last.orelse) and not has_jump(last.body, (ast.Break,)):
        return True
    match last:
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            return True
        case ast.If():
            return leaves(last.body) and leaves(last.orelse)
        case ast.With():
            return leaves(last.body)
        case ast.Try():
            return leaves(last.finalbody) or (leaves(last.orelse or last.body)
                                              and all(leaves(h.body) for h in last.handlers))
        case ast.Match():
            return any(_takes_all(c) for c in last.cases) and all(leaves(c.body) for c in last.cases)
        case ast.While():
            endless = isinstance(last.test, ast.Constant) and bool(last.test.value)
            return endless and not has_jump(last.body, (ast.Break,))
    return False


def _takes_all(case: ast.match_case) -> bool:
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None


@final
class Jumps:
    """The jumps of one function."""

    def __init__(self, fresh: Callable[[str], str]) -> None:
        self.fresh = fresh
        self.returned = fresh("do_return")
        self.value = fresh("retval_")
        self.flagged = False
        self.budget = ALL_REPEATED

    def lower(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """The body of a function, with at most one `return`, at its end."""
        if not has_jump(body, (ast.Return,)):
            return self._block(body, _Place())[0]
        if isinstance(body[-1], ast.Return) and not has_jump(body[:-1], (ast.Return,)):
            return [*self._block(body[:-1], _Place(at_end=False))[0], body[-1]]
        certain = leaves(body)
        made, _ = self._block(body, _Place())
        at = body[-1]
        if self.flagged:
            made.insert(0, _assign(self.returned, ast.Constant(False), body[0]))
        arguments = [f"lambda: {self.value}", *([self.returned] if self.flagged and not certain else [])]
        return [*made, placed(parsed(f"return ag__.returned({', '.join(arguments)})"), at)]

    # Statements -----------------------------------------------------------------------------------

    def _block(self, body: list[ast.stmt], place: _Place) -> tuple[list[ast.stmt], set[str]]:
        """The statements without jumps, and the flags that they may set where something follows."""
        made: list[ast.stmt] = []
        for at, node in enumerate(body):
            rest = body[at + 1:]
            if rest and isinstance(node, ast.If):
                moved = self._moved(node, rest, place)
                if moved is not None:
                    node, rest = moved, []
            new, flags = self._one(node, place._replace(at_end=place.at_end and not rest))
            made += new
            if isinstance(node, (ast.Return, ast.Break, ast.Continue)):
                return made, flags  # what follows is never reached
            if not rest:
                return made, flags
            if flags:
                inner, more = self._block(rest, place)
                return [*made, _guarded(flags, inner, rest[0])], flags | more
        return made, set()

    def _moved(self, node: ast.If, rest: list[ast.stmt], place: _Place) -> ast.If | None:
        """`node` with what follows it in its branches; None where it stays behind it."""
        first, second = leaves(node.body), leaves(node.orelse)
        if first or second:
            body = node.body if first else [*node.body, *rest]
            orelse = node.orelse if second else [*node.orelse, *rest]
            return _if(node, body, orelse)
        size = _size(rest)
        if place.in_loop or not place.at_end or not has_jump([node], (ast.Return,)) \
                or size > min(REPEATED, self.budget):
            return None
        if has_jump([n for n in ast.walk(node) if isinstance(n, (*Loop, ast.Try, ast.With, ast.Match))], (ast.Return,)):
            return None
        self.budget -= size
        return _if(node, [*node.body, *rest], [*node.orelse, *copy.deepcopy(rest)])

    def _one(self, node: Any, place: _Place) -> tuple[list[ast.stmt], set[str]]:
        match node:
            case ast.Return():
                return self._return(node, place)
            case ast.Break():
                return [_assign(place.broken, ast.Constant(True), node)], {place.broken}
            case ast.Continue():
                if place.at_end:
                    return [ast.copy_location(ast.Pass(), node)], set()
                return [_assign(place.continued, ast.Constant(True), node)], {place.continued}
            case ast.If():
                body, flags = self._block(node.body, place)
                orelse, more = self._block(node.orelse, place)
                return [_if(node, body, orelse)], flags | more
            case ast.For() | ast.While():
                return self._loop(node, place)
            case ast.With():
                body, flags = self._block(node.body, place)
                return [_with_fields(node, body=body)], flags
            case ast.Try() | ast.TryStar():
                return self._try(node, place)
            case ast.Match():
                return self._match(node, place)
        return [node], set()

    def _return(self, node: ast.Return, place: _Place) -> tuple[list[ast.stmt], set[str]]:
        value = _assign(self.value, node.value or ast.copy_location(ast.Constant(None), node), node)
        if place.at_end and not place.in_loop:
            return [value], set()
        self.flagged = True
        return [_assign(self.returned, ast.Constant(True), node), value], {self.returned}

    def _loop(self, node: Any, place: _Place) -> tuple[list[ast.stmt], set[str]]:
        broken, continued = self.fresh("break_"), self.fresh("continue_")
        breaks = has_jump(node.body, (ast.Break,))
        body, flags = self._block(node.body, _Place(True, True, broken, continued))
        if _mentions(body, continued):
            body.insert(0, _assign(continued, ast.Constant(False), node))
        ends = sorted(flags - {continued})
        loop = _with_fields(node, body=body, orelse=[])
        loop.ends = ends  # flags that end the loop: `transform.py` tests them
        made = [_assign(broken, ast.Constant(False), node), loop] if breaks else [loop]
        outer = flags - {broken, continued}
        if node.orelse:
            orelse, more = self._block(node.orelse, place._replace(at_end=place.at_end and not ends))
            made += [_guarded(set(ends), orelse, node.orelse[0])] if ends else orelse
            outer |= more
        return made, outer

    def _try(self, node: Any, place: _Place) -> tuple[list[ast.stmt], set[str]]:
        if has_jump(node.finalbody, (ast.Return, ast.Break, ast.Continue)):
            raise Unconvertible("it jumps out of a `finally` block")
        inner = place._replace(at_end=False) if node.orelse else place
        body, flags = self._block(node.body, inner)
        orelse, more = self._block(node.orelse, place)
        if flags and orelse:
            orelse = [_guarded(flags, orelse, node.orelse[0])]
        flags = flags | more
        handlers = []
        for handler in node.handlers:
            lowered, more = self._block(handler.body, place)
            handlers.append(_with_fields(handler, body=lowered))
            flags |= more
        final = self._block(node.finalbody, place._replace(at_end=False))[0]
        return [_with_fields(node, body=body, orelse=orelse, handlers=handlers, finalbody=final)], flags

    def _match(self, node: ast.Match, place: _Place) -> tuple[list[ast.stmt], set[str]]:
        cases, flags = [], set()
        for case in node.cases:
            body, more = self._block(case.body, place)
            cases.append(ast.match_case(pattern=case.pattern, guard=case.guard, body=body))
            flags |= more
        return [_with_fields(node, cases=cases)], flags


# Nodes ----------------------------------------------------------------------------------------------


def _size(body: Sequence[ast.AST]) -> int:
    return sum(1 for node in body for _ in ast.walk(node))


def _mentions(body: Sequence[ast.AST], name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for node in body for n in ast.walk(node))


def _with_fields(node: Any, **fields: Any) -> Any:
    """A copy of a node with some fields replaced."""
    values = {name: fields.get(name, getattr(node, name, None)) for name in node._fields}
    return ast.copy_location(type(node)(**values), node)


def _if(node: ast.If, body: list[ast.stmt], orelse: list[ast.stmt]) -> ast.If:
    return _with_fields(node, body=body or [ast.copy_location(ast.Pass(), node)], orelse=orelse)


def _assign(name: str, value: ast.expr, at: ast.stmt) -> ast.stmt:
    return placed(ast.Assign(targets=[ast.Name(name, ast.Store())], value=value), at)


def _guarded(flags: set[str], body: list[ast.stmt], at: ast.stmt) -> ast.stmt:
    """`body` where none of the flags is set."""
    tests: list[ast.expr] = [ast.Name(flag, ast.Load()) for flag in sorted(flags)]
    either = tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)
    return placed(ast.If(ast.UnaryOp(ast.Not(), either), body, []), at)


def parsed(text: str) -> Any:
    """A statement of our own, without lines."""
    node = ast.parse(text).body[0]
    for part in ast.walk(node):
        for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            part.__dict__.pop(name, None)
    return node


def placed(made: Any, at: ast.AST) -> Any:
    """New nodes at the line where an old one starts; those that have a line keep it, with all that is in them."""
    line, column = at.lineno, at.col_offset  # type: ignore[attr-defined]
    stack: list[Any] = [made]
    while stack:
        node = stack.pop()
        has_line = getattr(node, "lineno", None) is not None
        if has_line and node is not made:
            continue
        if "lineno" in node._attributes and not has_line:
            node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = line, column, line, column
        stack.extend(ast.iter_child_nodes(node))
    return made
