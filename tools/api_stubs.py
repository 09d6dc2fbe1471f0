"""The texts of the stub files in `src/hornbeam-stubs`: what editors and type checkers read of the lazy namespaces.

One file a namespace: `nn.pyi`, or `math/__init__.pyi` where there are namespaces below. It is a stub package of its
own, as folders of these names inside `hornbeam` would be taken for the namespaces. What has several names is written
under the first and imported under the others. `raw_ops` is `Any`: api.txt has it.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

import hornbeam.v1  # noqa: F401  # declares the names of both generations
from api_page import loaded
from hornbeam.graph.names import Lazy, Public, names_v1, names_v2
from hornbeam.graph.op import Op
from hornbeam.namespace import as_it_is, graph_first

HEAD = '"""The public names of `{}`. Written by tools/make_api.py: run `make api`, do not edit."""\n\n'
PLAIN_WORDS = {"Any", "None", "bool", "bytes", "float", "int", "list", "str", "tuple"}
GENERATIONS = (("hornbeam", names_v2, as_it_is), ("hornbeam.v1", names_v1, graph_first))


def stubs() -> dict[PurePosixPath, str]:
    """Each file of the stub package and its text."""
    files = {PurePosixPath("py.typed"): "partial\n"}  # the rest of `hornbeam` has its types in itself
    homes: dict[Any, tuple[str, str]] = {}
    for root, table, wrap in GENERATIONS:
        shown = {name: public for name, public in table.items() if not name.startswith("raw_ops.")}
        spaces = {""} | {".".join(parts[:i]) for parts in (n.split(".") for n in shown) for i in range(1, len(parts))}
        for space in sorted(spaces):
            module = f"{root}.{space}".rstrip(".")
            inner = sorted(s.rpartition(".")[2] for s in spaces - {""} if s.rpartition(".")[0] == space)
            parts = module.split(".")[1:]
            is_package = bool(inner) or not space
            file = "/".join([*parts, "__init__"] if is_package else parts)
            files[PurePosixPath(f"{file}.pyi")] = Stub(module, space, shown, inner, wrap, homes).text()
    return files


class Stub:
    """One stub file while it is written."""

    def __init__(self, module: str, space: str, table: Mapping[str, Public], inner: list[str],
                 wrap: Callable[[Public], Any], homes: dict[Any, tuple[str, str]]) -> None:
        self.module, self.inner, self.wrap, self.homes = module, inner, wrap, homes
        self.prefix = f"{space}." if space else ""
        self.own = {name.rpartition(".")[2]: public for name, public in table.items()
                    if name.rpartition(".")[0] == space}
        self.imports = {f"from {module} import {name} as {name}" for name in inner}
        self.body: list[str] = []

    def text(self) -> str:
        """The file."""
        for name, public in sorted(self.own.items()):
            self.add(name, public)
        if self.module in ("hornbeam", "hornbeam.v1"):
            self.body.append("raw_ops: Any")
        if self.module == "hornbeam":
            self.body.append("__version__: str")
        body = "\n".join(self.body)
        for line in ("import builtins", "from typing import Any"):
            if re.search(rf"\b{line.split()[-1]}\b", body):
                self.imports.add(line)
        return HEAD.format(self.module) + "\n".join([*sorted(self.imports), "", *self.body]).rstrip() + "\n"

    def add(self, name: str, public: Public) -> None:
        """Write one name."""
        target = loaded(public.target)
        old_arguments = public.old_arguments if self.wrap is graph_first else {}
        is_plain = target is None or (isinstance(target, (int, str, tuple)) and not isinstance(target, Lazy))
        key = (self.prefix + name, repr(target)) if is_plain else (id(target), tuple(old_arguments.items()))
        home = self.homes.setdefault(key, (self.module, name))
        if home != (self.module, name):
            self.add_alias(name, *home)
        elif isinstance(target, Lazy):
            self.add_lazy(name, target)
        elif (isinstance(target, (type, types.FunctionType)) and not old_arguments
              and (own := name_in_its_module(target)) is not None):
            self.add_import(name, target.__module__, own)
        elif isinstance(target, type):
            raise TypeError(f"{name}: the class {target!r} is not in its module")
        elif callable(target) and (isinstance(target, Op) or inspect.isroutine(target)):
            self.add_function(name, public._replace(target=target))
        else:
            self.add_value(name, target)

    def add_alias(self, name: str, module: str, first: str) -> None:
        """One more name of what stands in this file or in another."""
        if module == self.module:
            self.body.append(f"{name} = {first}")
        else:
            self.add_import(name, module, first)

    def add_import(self, name: str, module: str, attribute: str) -> None:
        """A name from where it is defined. Stubs pass on only what is imported under its own name."""
        if name == attribute:
            self.imports.add(f"from {module} import {name} as {name}")
        else:
            self.imports.add(f"from {module} import {attribute} as _{name}")
            self.body.append(f"{name} = _{name}")

    def add_lazy(self, name: str, lazy: Lazy) -> None:
        """Something of another package, which may be absent and has no types; or a module of this one."""
        if lazy.attribute:
            self.body.append(f"class {name}(Any): ...")
        else:
            self.imports.add(f"import {lazy.module} as _{name}")
            self.body.append(f"{name} = _{name}")

    def add_function(self, name: str, public: Public) -> None:
        """A function with its signature, and the first line of its docstring."""
        signature = inspect.signature(self.wrap(public))
        function = public.target.function if isinstance(public.target, Op) else public.target
        annotations = {p.name: p.annotation for p in inspect.signature(function).parameters.values()}
        parameters = [p.replace(default=Literal(p.default) if p.default is not p.empty else p.empty,
                                annotation=Bare(self.type_text(annotations.get(p.name), p.name)))
                      for p in signature.parameters.values()]
        doc = (inspect.getdoc(public.target) or "").partition("\n")[0]
        quoted = f'    r"""{doc}"""' if doc and not doc.endswith('"') else f"    {doc!r}"
        returns = self.type_text(inspect.signature(function).return_annotation, "")
        head = f"def {name}{inspect.Signature(parameters)} -> {returns}:"
        self.body.extend([head, quoted] if doc else [f"{head} ..."])

    def add_value(self, name: str, value: Any) -> None:
        """A constant: its type."""
        kind = type(value)
        if value is None:
            self.body.append(f"{name}: None")
        elif kind.__module__ in ("typing", "types"):  # a union of types
            self.body.append(f"{name}: Any")
        elif kind.__module__ == "builtins":
            self.body.append(f"{name}: {self.type_text(kind.__name__, '')}")
        else:
            self.imports.add(f"from {kind.__module__} import {kind.__name__} as _{kind.__name__}")
            self.body.append(f"{name}: _{kind.__name__}")

    def type_text(self, annotation: Any, parameter: str) -> str:
        """An annotation as this file can say it: `Any` where it names what is not imported here."""
        if annotation in (None, inspect.Parameter.empty):
            return "str | None" if parameter == "name" else "Any"
        words = re.findall(r"[\w.]+", str(annotation))
        if not PLAIN_WORDS.issuperset(words):
            return "Any"
        return re.sub(r"\w+", lambda word: self.word_text(word[0]), str(annotation))

    def word_text(self, word: str) -> str:
        """A word of an annotation: `bool` is a dtype in some namespaces."""
        return f"builtins.{word}" if word in {*self.own, *self.inner} and hasattr(builtins, word) else word


class Literal:
    """A default in a stub: itself where Python can read it back, else `...`."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        try:
            ast.literal_eval(repr(self.value))
        except (SyntaxError, ValueError):
            return "..."
        return repr(self.value)


class Bare:
    """An annotation that `inspect` writes as it stands."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def name_in_its_module(target: type | types.FunctionType) -> str | None:
    """The name by which the object's module holds it; for a class of TF1 that shows as its base, the base's name."""
    shown = [target, *target.__bases__] if isinstance(target, type) else [target]
    name, module = target.__name__, sys.modules.get(target.__module__)
    code = getattr(inspect.unwrap(target), "__code__", None)
    if code is not None and code.co_name != name:
        return None  # made under another name: type checkers do not see it there
    if getattr(module, name, None) in shown:
        return name
    return next((held for held, value in vars(module).items() if value is target and not held.startswith("_")), None) \
        if isinstance(target, type) else None
