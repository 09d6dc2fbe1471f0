"""Which names statements read and write, and which are read later: the state of a branch or loop follows from them.

All of it looks at one function: what nested functions do inside is theirs, but the names they take from around count
as read where they are defined (`Scope.captured` says which may be read at any time).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Any, final

Names = frozenset[str]
NONE: Names = frozenset()
Inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
Comprehension = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


# Reads ----------------------------------------------------------------------------------------------


def reads(node: ast.AST | None) -> Names:
    """The names that an expression, or everything in a statement, reads; nested functions' free names included."""
    found: set[str] = set()
    _read(node, found)
    return frozenset(found)


def _read(node: ast.AST | None, found: set[str]) -> None:
    if node is None:
        return
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Store):
            found.add(node.id)
    elif isinstance(node, Inner):
        found.update(free_reads(node))
    elif isinstance(node, Comprehension):
        inside: set[str] = set()
        for child in ast.iter_child_nodes(node):
            _read(child, inside)
        found.update(inside - targets_of(node))
    else:
        for child in ast.iter_child_nodes(node):
            _read(child, found)


def targets_of(node: Any) -> Names:
    """The names that a comprehension binds for itself."""
    return frozenset(n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name))


def free_reads(node: Any) -> Names:
    """The names that a nested function or class takes from around it, those of its defaults and decorators too."""
    found: set[str] = set()
    for part in (*getattr(node, "decorator_list", ()), *getattr(node, "bases", ()), *getattr(node, "keywords", ())):
        _read(part, found)
    if isinstance(node, ast.ClassDef):
        inside: set[str] = set()
        for child in node.body:
            _read(child, inside)
        return frozenset(found | inside)  # a class body reads around it what it has not bound yet
    for default in (*node.args.defaults, *node.args.kw_defaults):
        _read(default, found)
    inside = set()
    body: Sequence[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body
    for child in body:
        _read(child, inside)
    declared = _declared(body, (ast.Nonlocal,))
    inside |= declared
    own = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
    return frozenset(found | (inside - own - (writes(body) - declared)))


def _declared(body: Iterable[ast.AST], kinds: tuple[type, ...]) -> set[str]:
    return {name for node in within(body) if isinstance(node, kinds) for name in node.names}  # type: ignore[attr-defined]


def within(body: Iterable[ast.AST]) -> Iterable[ast.AST]:
    """All nodes of statements, those inside nested functions and classes left out."""
    stack = list(body)
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, ast.comprehension):  # its target is its own
            stack.extend((node.iter, *node.ifs))
        elif not isinstance(node, Inner):
            stack.extend(ast.iter_child_nodes(node))
        elif not isinstance(node, ast.Lambda):
            stack.extend(node.decorator_list)


# Writes ---------------------------------------------------------------------------------------------


def writes(body: Iterable[ast.AST]) -> Names:
    """The names that statements may bind or unbind."""
    found: set[str] = set()
    for node in within(body):
        _written(node, found)
    return frozenset(found)


def _written(node: ast.AST, found: set[str]) -> None:
    if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        found.add(node.id)
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        found.add(node.name)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        found.update((a.asname or a.name).split(".")[0] for a in node.names)
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        found.add(node.name)
    elif isinstance(node, ast.MatchMapping) and node.rest:
        found.add(node.rest)


def places(body: Iterable[ast.AST]) -> dict[str, ast.expr]:
    """Attributes and items that statements set, by their text: `self.x`, `a[0]`, `a[i]`."""
    found: dict[str, ast.expr] = {}
    for node in within(body):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store) and _is_plain(node):
            found[ast.unparse(node)] = node
    return found


def _is_plain(node: ast.expr) -> bool:
    """Whether a place can be read again without effects: names, attributes, and items at a constant or name."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, (ast.Constant, ast.Name)):
            return False
        node = node.value
    return isinstance(node, ast.Name)


# What is read later ---------------------------------------------------------------------------------


@final
class Scope:
    """One function: what is local to it, and which names are read after a statement.

    always: names that are read by others (`nonlocal`, `global`). captured: names that nested functions take.
    """

    def __init__(self, body: Sequence[ast.stmt], parameters: Iterable[str]) -> None:
        self.parameters = frozenset(parameters)
        self.globals = frozenset(_declared(body, (ast.Global,)))
        self.nonlocals = frozenset(_declared(body, (ast.Nonlocal,)))
        self.always = self.globals | self.nonlocals
        inner = [node for node in within(body) if isinstance(node, Inner)]
        local = writes(body) | self.parameters
        self.captured = local & frozenset(name for node in inner for name in free_reads(node))
        self._known: dict[tuple[int, int, Names, Names], tuple[Any, Names]] = {}

    def before(self, body: Sequence[ast.stmt], after: Names, caught: Names = NONE) -> Names:
        """The names read in `body` or after it, before they are written. caught: those that handlers read."""
        key = id(body), len(body), after, caught
        held = self._known.get(key)
        if held is not None:
            return held[1]
        live = after
        for statement in reversed(body):
            live = self._one(statement, live, caught) | caught
        self._known[key] = body, live
        return live

    def afters(self, body: Sequence[ast.stmt], after: Names, caught: Names) -> list[Names]:
        """For each statement, the names that are read after it."""
        found = []
        live = after
        for statement in reversed(body):
            found.append(live | caught)
            live = self._one(statement, live, caught) | caught
        return found[::-1]

    def header(self, loop: Any, after: Names, caught: Names = NONE) -> Names:
        """The names that are read from the head of a loop on, be it entered or not."""
        test = frozenset(getattr(loop, "ends", ()))  # flags that `jumps.py` made
        test |= reads(loop.test) if isinstance(loop, ast.While) else NONE
        targets = _names_in(loop.target) if isinstance(loop, (ast.For, ast.AsyncFor)) else writes([loop.test])
        live = after | test
        while True:
            more = live | (self.before(loop.body, live, caught) - targets)
            if isinstance(loop, (ast.For, ast.AsyncFor)):
                more |= reads_in_target(loop.target)
            if more == live:
                return live
            live = more

    def _one(self, node: ast.stmt, after: Names, caught: Names) -> Names:
        match node:
            case ast.Return() | ast.Raise():
                return reads(node) | caught
            case ast.If():
                live = self.before(node.body, after, caught) | self.before(node.orelse, after, caught)
                return (live - writes([node.test])) | reads(node.test)
            case ast.While():
                return self.header(node, self.before(node.orelse, after, caught), caught) - writes([node.test]) \
                    | reads(node.test)
            case ast.For() | ast.AsyncFor():
                return self.header(node, self.before(node.orelse, after, caught), caught) | reads(node.iter)
            case ast.With() | ast.AsyncWith():
                live = self.before(node.body, after, caught)
                for item in reversed(node.items):
                    if item.optional_vars is not None:
                        live = (live - _names_in(item.optional_vars)) | reads_in_target(item.optional_vars)
                    live |= reads(item.context_expr)
                return live
            case ast.Try() | ast.TryStar():
                return self._try(node, after, caught)
            case ast.Match():
                live = after
                for item in node.cases:
                    live |= (self.before(item.body, after, caught) - writes([item.pattern])) | reads(item.guard) \
                        | reads(item.pattern)
                return live | reads(node.subject)
            case ast.AugAssign():
                return after | reads(node) | _names_in(node.target)
            case _:
                return (after - _certainly_written(node)) | reads(node)

    def _try(self, node: Any, after: Names, caught: Names) -> Names:
        last = self.before(node.finalbody, after, caught)
        handlers = self.handlers(node, after, caught)
        return self.before(node.body, self.before(node.orelse, last, caught), caught | handlers) | handlers

    def handlers(self, node: Any, after: Names, caught: Names) -> Names:
        """The names that are read where the body of a `try` is left by an exception."""
        last = self.before(node.finalbody, after, caught)
        live = last
        for handler in node.handlers:
            live |= (self.before(handler.body, last, caught) - frozenset([handler.name or ""])) | reads(handler.type)
        return live


def _names_in(target: ast.AST) -> Names:
    return frozenset(n.id for n in within([target]) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))


def reads_in_target(target: ast.AST) -> Names:
    """What a target reads: `a` and `i` of `a[i]`."""
    return reads(target)


def _certainly_written(node: ast.stmt) -> Names:
    if isinstance(node, ast.Assign):
        return frozenset(name for target in node.targets for name in _names_in(target)) | writes([node.value])
    if isinstance(node, ast.AnnAssign):
        return _names_in(node.target) if node.value is not None else NONE
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Delete)):
        return writes([node])
    return NONE
