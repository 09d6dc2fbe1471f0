"""A function's syntax tree with its control flow as calls of `ag__`: what decides is looked at when it runs.

A branch becomes

    def if_body(): nonlocal x; ...
    def else_body(): nonlocal x; ...
    def set_state(values): nonlocal x; ...
    ag__.if_stmt(test, if_body, else_body, ('x',), 1, (lambda: x,), set_state)

with the variables that it changes: first those that are read afterwards (their number follows the names), then those
that must only be restored for the other branch. All nodes stand at the user's lines.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterable, Sequence
from typing import Any, final

from hornbeam.autograph import scope
from hornbeam.autograph.jumps import Jumps, parsed, placed
from hornbeam.autograph.scope import NONE, Names, Scope
from hornbeam.autograph.source import Definition, Unconvertible, parameters

ROOM = "ag__"
"""The name by which converted code reaches `operators.py`."""
_SYMBOLS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
            ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"}


def transformed(node: Definition, equality: bool = False) -> tuple[ast.FunctionDef, frozenset[str]]:
    """The converted function, and the names of the functions made for it.

    equality: whether `==` and `!=` of symbolic tensors compare values where a graph has TF1's behaviour.
    Raises Unconvertible for generators and coroutines.
    """
    if isinstance(node, ast.AsyncFunctionDef):
        raise Unconvertible("coroutines are not supported")
    if _yields(node):
        raise Unconvertible("generators are not supported")
    copied: Any = copy.deepcopy(node)
    if isinstance(copied, ast.Lambda):
        given, copied = copied, placed(parsed("def lambda_(): pass"), copied)
        copied.args, copied.body = given.args, [placed(ast.Return(given.body), given.body)]
    fresh = _Fresh(copied)
    made = _Function(fresh, equality, None).convert(copied)
    made.decorator_list = []
    return made, frozenset(fresh.functions)


def _yields(node: Any) -> bool:
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    kinds = (ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)
    return any(isinstance(n, kinds) for n in scope.within(body))


@final
class _Fresh:
    """Names that the function does not use."""

    def __init__(self, node: ast.AST) -> None:
        self.taken = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        self.taken |= {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
        self.functions: set[str] = set()

    def __call__(self, stem: str) -> str:
        name = next(n for n in itertools.chain([stem], (f"{stem}{'' if stem.endswith('_') else '_'}{i}"
                                                        for i in itertools.count(1))) if n not in self.taken)
        self.taken.add(name)
        return name

    def function(self, stem: str) -> str:
        """A name for a function made here."""
        name = self(stem)
        self.functions.add(name)
        return name


class _Expressions(ast.NodeTransformer):
    """Calls, `and`, `or`, `not`, chains of comparisons and conditional expressions."""

    def __init__(self, fresh: _Fresh, equality: bool, first: str | None) -> None:
        self.fresh, self.equality, self.first = fresh, equality, first

    def visit_Call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args and self.first:
            return placed(parsed(f"super(__class__, {self.first})").value, node)
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) \
                and node.func.value.id == ROOM:
            return node
        node.func = ast.copy_location(_call("call", [node.func], node.func), node.func)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        if any(_walrus(v) for v in node.values[1:]):
            return self.generic_visit(node)
        name = "and_" if isinstance(node.op, ast.And) else "or_"
        values = [self.visit(v) for v in node.values]
        return ast.copy_location(_call(name, [values[0], *(_lazy(v) for v in values[1:])], node), node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not):
            return ast.copy_location(_call("not_", [node.operand], node), node)
        return node

    def visit_Compare(self, node: ast.Compare) -> Any:
        chained = len(node.ops) > 1 and not any(_walrus(c) for c in node.comparators)
        values = self.equality and all(isinstance(o, (ast.Eq, ast.NotEq)) for o in node.ops)
        self.generic_visit(node)
        if not (chained or values):
            return node
        symbols = ast.Tuple([ast.Constant(_SYMBOLS[type(o)]) for o in node.ops], ast.Load())
        operands = [node.left, *(_lazy(c) for c in node.comparators)]
        return ast.copy_location(_call("compared", [symbols, *operands], node), node)

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        if _walrus(node.body) or _walrus(node.orelse):
            return self.generic_visit(node)
        said = ast.Constant(ast.unparse(node.test))
        test, body, orelse = (self.visit(n) for n in (node.test, node.body, node.orelse))
        return ast.copy_location(_call("if_exp", [test, _lazy(body), _lazy(orelse), said], node), node)

    def _comprehension(self, node: Any) -> Any:
        self.generic_visit(node)
        for generator in node.generators:
            if not generator.is_async:
                generator.iter = ast.copy_location(_call("unrolled", [generator.iter], generator.iter), generator.iter)
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        self.generic_visit(node.args)
        if _yields(node):
            return node
        node.body = _Expressions(self.fresh, self.equality, _first(node.args)).visit(node.body)
        return node


@final
class _Function(_Expressions):
    """The statements of one function."""

    def convert(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """The function, with everything in it converted."""
        self.first = _first(node.args)
        given = parameters(node.args)
        jumps = Jumps(self.fresh)
        body = jumps.lower(list(node.body))
        self.scope = Scope(body, given)
        self.shared: set[str] = set()
        made = self.block(body, self.scope.always)
        local = sorted(self.shared - set(given) - self.scope.always)
        if local:  # never runs: it makes them variables of this function, though only inner ones bind them
            made.insert(0, placed(parsed(f"if False: {' = '.join(local)} = None"), node.body[0]))
        node.body = made
        return node

    def block(self, body: Sequence[ast.stmt], after: Names, caught: Names = NONE) -> list[ast.stmt]:
        """Statements, of which `after` is read afterwards; caught: what is read where one of them fails."""
        made: list[ast.stmt] = []
        for statement, live in zip(body, self.scope.afters(body, after, caught), strict=True):
            made += self.statement(statement, live, caught)
        return made

    def statement(self, node: Any, after: Names, caught: Names) -> list[ast.stmt]:
        """One statement as those that stand for it."""
        match node:
            case ast.If():
                return self.branch(node, after, caught)
            case ast.While() | ast.For():
                return self.loop(node, after, caught)
            case ast.With():
                items = [self.visit(item) for item in node.items]
                return [ast.copy_location(ast.With(items, self.block(node.body, after, caught)), node)]
            case ast.Try() | ast.TryStar():
                return [self.guarded(node, after, caught)]
            case ast.Match():
                return [self.match(node, after, caught)]
            case ast.Assert():
                return [self.check(node)]
            case ast.FunctionDef():
                return [self.inner(node)]
            case ast.ClassDef() | ast.AsyncFunctionDef() | ast.AsyncFor() | ast.AsyncWith():
                return [node]
        return [self.visit(node)]

    # Branches and loops ---------------------------------------------------------------------------

    def branch(self, node: ast.If, after: Names, caught: Names) -> list[ast.stmt]:
        """An `if` as a call."""
        changed = scope.writes([*node.body, *node.orelse])
        live = self.scope.before(node.body, after, caught) | self.scope.before(node.orelse, after, caught)
        own = after | self.scope.always
        parts = self.state(node, changed, own, live, [*node.body, *node.orelse])
        test = self.visit(node.test)
        body = self.made("if_body", [], self.block(node.body, after, caught), parts.bound, node)
        orelse = self.made("else_body", [], self.block(node.orelse, after, caught), parts.bound, node)
        names_of = [ast.Name(f.name, ast.Load()) for f in (body, orelse)]
        return [body, orelse, *parts.setter, self.call(node, "if_stmt", [test, *names_of, *parts.arguments])]

    def loop(self, node: Any, after: Names, caught: Names) -> list[ast.stmt]:
        """A `while` or `for` as a call."""
        options, statements = _options(node.body)
        node.body = statements or [placed(ast.Pass(), node)]
        live = self.scope.header(node, after, caught)
        test = node.test if isinstance(node, ast.While) else None
        changed = scope.writes([*node.body, *([test] if test else [])])
        targets = NONE if isinstance(node, ast.While) else scope.writes([node.target])
        asked = NONE if test is None else scope.writes([test])  # the test binds them anew wherever it is evaluated
        own = (live - targets - asked) | (targets & after) | self.scope.always
        parts = self.state(node, changed | targets, own, asked, node.body)
        needed = self.scope.before(node.body, NONE) | scope.reads(test)
        inside = live | self.scope.always
        extras = self.options(options, sorted((needed - targets) & parts.hard), sorted(targets), test)
        body = self.block(node.body, inside, caught)
        ends = [ast.UnaryOp(ast.Not(), ast.Name(flag, ast.Load())) for flag in getattr(node, "ends", ())]
        if isinstance(node, ast.While):
            return self.while_loop(node, body, ends, parts, extras)
        return self.for_loop(node, body, ends, parts, extras)

    def while_loop(self, node: ast.While, body: list[ast.stmt], ends: list[Any], parts: Any, extras: ast.expr) -> Any:
        test: ast.expr = ast.BoolOp(ast.And(), [*ends, node.test]) if ends else node.test
        asked = placed(ast.Return(self.visit(placed(test, node))), node)
        test_of = self.made("loop_test", [], [asked], parts.bound & scope.writes([node.test]), node)
        body_of = self.made("loop_body", [], body, parts.bound, node)
        used = [ast.Name(f.name, ast.Load()) for f in (test_of, body_of)]
        return [test_of, body_of, *parts.setter, self.call(node, "while_stmt", [*used, *parts.arguments, extras])]

    def for_loop(self, node: ast.For, body: list[ast.stmt], ends: list[Any], parts: Any, extras: ast.expr) -> Any:
        item = self.fresh("item")
        taken = placed(ast.Assign([self.visit(node.target)], ast.Name(item, ast.Load())), node)
        body_of = self.made("loop_body", [item], [taken, *body], parts.bound, node)
        rows = self.visit(node.iter)
        more: ast.expr = ast.Constant(None)
        made: list[ast.stmt] = [body_of]
        if ends:
            test = ends[0] if len(ends) == 1 else ast.BoolOp(ast.And(), ends)
            test_of = self.made("loop_test", [], [placed(ast.Return(self.visit(placed(test, node))), node)], NONE, node)
            made.append(test_of)
            more = ast.Name(test_of.name, ast.Load())
        arguments = [rows, more, ast.Name(body_of.name, ast.Load()), *parts.arguments, extras]
        return [*made, *parts.setter, self.call(node, "for_stmt", arguments)]

    def options(self, given: ast.Call | None, needed: list[str], targets: list[str], test: ast.expr | None) -> ast.expr:
        """What a loop is told besides: `set_loop_options`, and the names it reads before it writes them."""
        text = f"ag__.LoopOptions({needed!r}, {targets!r}, {bool(test and _walrus(test))})"
        made = parsed(text).value
        if given is not None:
            made.args.append(_lazy(self.settings(given)))
        return made

    def settings(self, given: ast.Call) -> ast.expr:
        """`dict(...)` of the arguments of `set_loop_options`; variables with shapes are told by name where they can."""
        order = ("parallel_iterations", "swap_memory", "maximum_iterations", "shape_invariants")
        keywords = [*(ast.keyword(n, v) for n, v in zip(order, given.args, strict=False)), *given.keywords]
        for keyword in keywords:
            if keyword.arg == "shape_invariants" and isinstance(keyword.value, (ast.List, ast.Tuple)):
                for pair in keyword.value.elts:
                    if isinstance(pair, (ast.Tuple, ast.List)) and len(pair.elts) == 2:
                        pair.elts[0] = placed(ast.Constant(ast.unparse(pair.elts[0])), pair)
            keyword.value = self.visit(keyword.value)
        return ast.Call(_attribute("settings"), [], keywords)

    # What changes ---------------------------------------------------------------------------------

    def state(self, node: ast.stmt, changed: Names, own: Names, besides: Names, body: Sequence[ast.AST]) -> _State:
        """The variables and places that a statement changes: `own` ones count afterwards, others are restored."""
        hard = changed & own
        soft = (changed & (besides | self.scope.captured)) - hard
        self.shared |= hard | soft
        found = {text: place for text, place in scope.places(body).items()
                 if not scope.reads(ast.parse(text)) & changed}
        parts = [*sorted(hard), *sorted(found), *sorted(soft)]
        setter = self.setter(parts, found, hard | soft, node) if parts else []
        return _State(parts, len(hard) + len(found), found, hard, hard | soft, setter)

    def setter(self, parts: list[str], found: dict[str, ast.expr], bound: Names, node: ast.stmt) -> list[ast.stmt]:
        given = self.fresh("values")
        body: list[ast.stmt] = []
        for i, name in enumerate(parts):
            absent = f"ag__.absent({given}[{i}])"
            if name not in found:
                body += [parsed(f"{name} = {given}[{i}]"), parsed(f"if {absent}: del {name}")]
            else:
                body.append(parsed(f"if {absent}: ag__.forget({_holder(found[name])})\nelse: {name} = {given}[{i}]"))
        return [self.made("set_state", [given], body, bound, node)]

    def made(self, stem: str, arguments: list[str], body: list[ast.stmt], bound: Names,
             at: ast.stmt) -> ast.FunctionDef:
        """A function of our own that binds variables of the function around it."""
        head: list[ast.stmt] = []
        if bound & self.scope.globals:
            head.append(ast.Global(sorted(bound & self.scope.globals)))
        if bound - self.scope.globals:
            head.append(ast.Nonlocal(sorted(bound - self.scope.globals)))
        made = parsed(f"def {self.fresh.function(stem)}({', '.join(arguments)}): pass")
        made.body = [*head, *body] if body else [*head, ast.Pass()]
        return placed(made, at)

    def call(self, at: ast.stmt, name: str, arguments: list[ast.expr]) -> ast.stmt:
        return placed(ast.Expr(_call(name, arguments, at)), at)

    # Other statements -----------------------------------------------------------------------------

    def guarded(self, node: Any, after: Names, caught: Names) -> ast.stmt:
        """A `try`: Python's own, what stands in it converted."""
        last = self.scope.before(node.finalbody, after, caught)
        inside = caught | self.scope.handlers(node, after, caught)
        body = self.block(node.body, self.scope.before(node.orelse, last, caught), inside)
        handlers = [ast.copy_location(ast.ExceptHandler(h.type and self.visit(h.type), h.name,
                                                        self.block(h.body, last, caught | last)), h)
                    for h in node.handlers]
        orelse = self.block(node.orelse, last, caught | last)
        final = self.block(node.finalbody, after, caught)
        return ast.copy_location(type(node)(body, handlers, orelse, final), node)

    def match(self, node: ast.Match, after: Names, caught: Names) -> ast.stmt:
        """A `match`: Python's own, what stands in it converted."""
        cases = [ast.match_case(c.pattern, c.guard and self.visit(c.guard), self.block(c.body, after, caught))
                 for c in node.cases]
        return ast.copy_location(ast.Match(self.visit(node.subject), cases), node)

    def check(self, node: ast.Assert) -> ast.stmt:
        """An `assert`, of a tensor too."""
        said = ast.Constant(ast.unparse(node.test))
        message = None if node.msg is None else self.visit(node.msg)
        arguments = [self.visit(node.test), said] if message is None else [self.visit(node.test), said, _lazy(message)]
        return placed(ast.Assert(_call("checked", arguments, node), message), node)

    def inner(self, node: ast.FunctionDef) -> ast.stmt:
        """A function inside; one that is not to be converted stays as it is."""
        if _yields(node) or any(ast.unparse(d).split("(")[0].endswith("do_not_convert") for d in node.decorator_list):
            return node
        decorators = [self.visit(d) for d in node.decorator_list]
        self.generic_visit(node.args)
        made = _Function(self.fresh, self.equality, None).convert(node)
        made.decorator_list = decorators
        return made


@final
class _State:
    """The variables of one branch or loop, as the arguments of its call."""

    def __init__(self, parts: list[str], count: int, found: dict[str, ast.expr], hard: Names, bound: Names,
                 setter: list[ast.stmt]) -> None:
        self.hard, self.bound, self.setter = hard, bound, setter
        getters = ", ".join(f"lambda: {name}" for name in parts)
        name = setter[0].name if setter else "None"  # type: ignore[attr-defined]
        text = f"f({tuple(parts)!r}, {count}, ({getters}{',' if parts else ''}), {name})"
        self.arguments: list[ast.expr] = parsed(text).value.args


# Nodes ----------------------------------------------------------------------------------------------


def _attribute(name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name(ROOM, ast.Load()), name, ast.Load())


def _call(name: str, arguments: Iterable[ast.expr], at: Any) -> ast.Call:
    return placed(ast.Call(_attribute(name), list(arguments), []), at)


def _lazy(body: ast.expr) -> ast.expr:
    made = parsed("lambda: 0").value
    made.body = body
    return placed(made, body) if hasattr(body, "lineno") else made


def _walrus(node: ast.AST) -> bool:
    return any(isinstance(n, (ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Await)) for n in scope.within([node]))


def _first(args: ast.arguments) -> str | None:
    found = [*args.posonlyargs, *args.args]
    return found[0].arg if found else None


def _holder(place: Any) -> str:
    """The object and the attribute's name or item's key of a place, as arguments."""
    if isinstance(place, ast.Attribute):
        return f"{ast.unparse(place.value)}, {place.attr!r}, False"
    return f"{ast.unparse(place.value)}, {ast.unparse(place.slice)}, True"


def _options(body: list[ast.stmt]) -> tuple[ast.Call | None, list[ast.stmt]]:
    """The call of `set_loop_options` in a loop's body, and the rest."""
    for i, node in enumerate(body):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) \
                and ast.unparse(node.value.func).split(".")[-1] == "set_loop_options":
            return node.value, [*body[:i], *body[i + 1:]]
    return None, body
