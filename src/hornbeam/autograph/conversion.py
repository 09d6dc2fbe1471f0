"""Which functions are converted, and the converted function: the code is made once, closures and globals are shared.

`convert(f)` is what a traced function calls; `call` stands around every call in converted code, so that what users
wrote is converted all the way down.
"""

from __future__ import annotations
import __future__ as future

import ast
import functools
import inspect
import logging
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, SimpleNamespace
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from hornbeam.autograph import branches, builtins, loops, rows, state
from hornbeam.autograph.source import Unconvertible, definition_of
from hornbeam.autograph.transform import ROOM, transformed
from hornbeam.graph import nest

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = str(Path(__file__).resolve().parent.parent)
_LIBRARY = tuple(str(Path(sysconfig.get_path(name)).resolve()) for name in ("stdlib", "platstdlib"))
_AS_THEY_ARE = frozenset(("absl", "dill", "IPython", "ipykernel", "jax", "jaxlib", "keras", "matplotlib", "mock",
                          "numpy", "pandas", "pytest", "_pytest", "pluggy", "scipy", "six", "sklearn", "tensorflow",
                          "torch", "tqdm", "typing_extensions", "wrapt"))
"""Packages whose functions are called as they are."""
_FUTURES = sum(getattr(future, name).compiler_flag for name in future.all_feature_names)
_FUNCTIONAL = frozenset(("fn", "func", "f", "cond", "body", "true_fn", "false_fn", "pred_fn_pairs", "branch_fns",
                         "default", "map_func", "reduce_func", "predicate", "key_func"))
"""The names of arguments by which Hornbeam's own functions take functions of the user."""
_UNTRACED = frozenset(("py_function", "numpy_function", "py_func", "do_not_convert", "function"))
"""Of these, the ones that run what they take as it is, or convert it themselves."""

_made: dict[tuple[str, CodeType, bool], CodeType | None] = {}
_converted: set[CodeType] = set()
_skipped: dict[tuple[str, CodeType], bool] = {}  # code objects of two files may be equal
_logger = logging.getLogger("hornbeam")


# What is converted ----------------------------------------------------------------------------------


def convert(function: Function, *, recursive: bool = True, equality: bool = False) -> Function:
    """`function` with control flow that follows tensors; itself where it is not to be converted, or cannot be.

    function: a function, method, `functools.partial` or object that can be called. recursive: whether what it calls
    is converted too. equality: whether `==` and `!=` compare values in graphs of TF1's behaviour. One that cannot be
    converted (its source is not to be had, it is a generator or coroutine) is warned of once.
    """
    return _converted_callable(function, recursive, equality)


def _converted_callable(function: Any, recursive: bool, equality: bool) -> Any:
    kind = type(function)
    if kind is FunctionType:
        return _of_function(function, recursive, equality)
    if kind is MethodType:
        inner = function.__func__
        made = _converted_callable(inner, recursive, equality)
        return function if made is inner else MethodType(made, function.__self__)
    if isinstance(function, functools.partial):
        made = _converted_callable(function.func, recursive, equality)
        return function if made is function.func else functools.partial(made, *function.args, **function.keywords)
    if kind is BuiltinFunctionType or isinstance(function, type):
        return function
    own = getattr(kind, "__call__", None)  # noqa: B004 (the function is looked at)
    if type(own) is FunctionType:
        made = _of_function(own, recursive, equality)
        return function if made is own else MethodType(made, function)
    return function


def _of_function(function: FunctionType, recursive: bool, equality: bool) -> Any:
    code = function.__code__
    if is_left(code, function.__module__):
        return function
    key = code.co_filename, code, equality
    if key not in _made:
        _made[key] = _made_code(function, equality)
    made = _made[key]
    return function if made is None else _with_code(function, made, _ROOMS[recursive])


def is_left(code: CodeType, module: str | None) -> bool:
    """Whether a function is called as it is: Hornbeam's own, the standard library's, converted ones."""
    if code in _converted:
        return True
    key = code.co_filename, code
    if key not in _skipped:
        _skipped[key] = (code.co_filename.startswith((_PACKAGE, "<frozen ")) or _is_standard(code.co_filename)
                         or (module or "").partition(".")[0] in _AS_THEY_ARE)
    return _skipped[key]


def _is_standard(filename: str) -> bool:
    return filename.startswith(_LIBRARY) and "site-packages" not in filename and "dist-packages" not in filename


def _made_code(function: FunctionType, equality: bool) -> CodeType | None:
    if inspect.isgeneratorfunction(function):
        return None  # it runs as it is, and libraries have many: nothing to warn of
    try:
        try:
            return converted_code(function, equality)
        except RecursionError:
            raise Unconvertible("its branches are nested too deeply") from None
    except Unconvertible as why:
        _logger.warning("AutoGraph could not transform %r and will run it as-is.\nCause: %s\nTo silence this warning, "
                        "decorate the function with @tf.autograph.experimental.do_not_convert", function, why)
        return None


_listeners: list[Callable[[Any, ast.FunctionDef], None]] = []


def tell(listener: Callable[[Any, ast.FunctionDef], None] | None) -> None:
    """Say who hears of each function that is converted."""
    _listeners[:] = [] if listener is None else [listener]


# The converted function -----------------------------------------------------------------------------


def converted_code(function: FunctionType, equality: bool) -> CodeType:
    """The code of the converted function, with the user's file and lines. Raises Unconvertible."""
    code = function.__code__
    tree, own = transformed(definition_of(code), equality)
    for listener in _listeners:
        listener(function, tree)
    name = _class_of(code)
    outer = "pass" if name in code.co_freevars else f"global {name}"  # methods find their class where they did
    holder = ast.parse(f"def _({', '.join([ROOM, *code.co_freevars])}):\n    {outer}\n    class {name}: pass")
    holder.body[0].body[1].body = [tree]  # type: ignore[attr-defined]
    try:
        module = compile(holder, code.co_filename, "exec", flags=code.co_flags & _FUTURES, dont_inherit=True)
    except SyntaxError as error:
        raise Unconvertible(f"its converted form is not valid: {error}") from error
    found = _inner(_inner(_inner(module, "_"), None), tree.name)
    made = _renamed(found, code, own)
    _converted.update(_all(made))
    return made


def _class_of(code: CodeType) -> str:
    """The class whose private names (`__x`) the function uses: its names are mangled by it."""
    parts = code.co_qualname.split(".")
    return parts[-2] if len(parts) > 1 and parts[-2].isidentifier() else "_"


def _inner(code: CodeType, name: str | None) -> CodeType:
    return next(c for c in code.co_consts if isinstance(c, CodeType) and name in (None, c.co_name))


def _renamed(code: CodeType, original: CodeType, own: frozenset[str]) -> CodeType:
    """The code under the names that the user knows; what was made here is called as the function it came from."""
    def walk(code: CodeType, name: str, qualname: str) -> CodeType:
        consts = []
        for const in code.co_consts:
            if isinstance(const, CodeType):
                is_own = const.co_name in own
                inner = qualname if is_own else f"{qualname}.<locals>.{const.co_name}"
                const = walk(const, name if is_own else const.co_name, inner)
            consts.append(const)
        return code.replace(co_name=name, co_qualname=qualname, co_consts=tuple(consts))

    return walk(code, original.co_name, original.co_qualname)


def _all(code: CodeType) -> Iterator[CodeType]:
    """A function's code and that of the functions inside; not of classes inside, whose methods stay as they were."""
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType) and const.co_flags & inspect.CO_OPTIMIZED:
            yield from _all(const)


def _with_code(function: FunctionType, code: CodeType, room: SimpleNamespace) -> FunctionType:
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    cells[ROOM] = CellType(room)
    made = FunctionType(code, function.__globals__, function.__name__, function.__defaults__,
                        tuple(cells[name] for name in code.co_freevars))
    made.__kwdefaults__ = function.__kwdefaults__
    made.__dict__.update(function.__dict__)
    made.__doc__, made.__module__, made.__qualname__ = function.__doc__, function.__module__, function.__qualname__
    made.__annotations__ = function.__annotations__
    return made


# Calls in converted code ----------------------------------------------------------------------------


def call(function: Any) -> Any:
    """What converted code calls where it says `function`."""
    kind = type(function)
    if kind is FunctionType and not is_left(function.__code__, function.__module__):
        return _of_function(function, True, False)
    if kind is BuiltinFunctionType or kind is type:
        return _overload(function)
    if kind is FunctionType or (kind is MethodType and type(function.__func__) is FunctionType
                                and function.__func__.__code__.co_filename.startswith(_PACKAGE)):
        return _converting_arguments(function)
    return _converted_callable(function, True, False)


def _shallow(function: Any) -> Any:
    """As `call`, where functions that are called are not converted."""
    return _overload(function) if type(function) in (BuiltinFunctionType, type) else function


def _overload(function: Any) -> Any:
    try:
        return builtins.overloads.get(function, function)
    except TypeError:  # a method of something that cannot be hashed
        return function


_takes_functions: WeakKeyDictionary[CodeType, bool] = WeakKeyDictionary()


def _converting_arguments(function: Any) -> Any:
    """One of Hornbeam's functions that takes functions of the user, which are converted for it."""
    code = getattr(function, "__func__", function).__code__
    if not code.co_filename.startswith(_PACKAGE) or code in _converted:
        return function
    known = _takes_functions.get(code)
    plain = inspect.unwrap(getattr(function, "__func__", function))
    if not hasattr(plain, "__code__"):  # one of TensorFlow 1's functions around an op, which takes tensors
        return function
    if known is None or plain.__code__ is not code:
        known = _takes_functions[code] = bool(_FUNCTIONAL & set(plain.__code__.co_varnames[:_arguments(plain.__code__)])
                                              ) and plain.__name__ not in _UNTRACED
    if not known:
        return function

    def converting(*args: Any, **kwargs: Any) -> Any:
        return function(*(_argument(a) for a in args), **{k: _argument(v) for k, v in kwargs.items()})

    return converting


def _arguments(code: CodeType) -> int:
    return code.co_argcount + code.co_kwonlyargcount


def _argument(value: Any) -> Any:
    if type(value) in (FunctionType, MethodType, functools.partial):
        return _converted_callable(value, True, False)
    if isinstance(value, (list, tuple, dict)) and any(type(v) is FunctionType for v in nest.flatten(value)):
        return nest.map_structure(_argument, value)
    return value


def _room(recursive: bool) -> SimpleNamespace:
    return SimpleNamespace(
        if_stmt=branches.if_stmt, if_exp=branches.if_exp, and_=branches.and_, or_=branches.or_, not_=branches.not_,
        compared=branches.compared, checked=branches.checked, returned=branches.returned,
        while_stmt=loops.while_stmt, for_stmt=loops.for_stmt, LoopOptions=loops.LoopOptions, settings=loops.settings,
        unrolled=rows.unrolled, absent=state.absent, forget=state.forget, call=call if recursive else _shallow)


_ROOMS = {True: _room(True), False: _room(False)}
