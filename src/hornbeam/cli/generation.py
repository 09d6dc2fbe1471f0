"""Which generation of TensorFlow a program was written for, found from the names it uses.

In: the source and its path.  Out: 1 or 2.  The source is parsed, not run. A name counts only if the program
reaches it through something it imported from TensorFlow, under whatever alias. Evidence is a name or an
argument that only one generation has (`generation_names`); the generation with more evidence wins, and
where there is none, or as much, it is 2. A program whose own file says nothing is judged by the modules
beside it that it imports.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from hornbeam.cli import generation_names as only
from hornbeam.cli.private_modules import PUBLIC_PLACES


def generation_of(source: str | bytes, folder: Path) -> int:
    """1 or 2.  `folder` is where the modules stand that the program may import beside itself.

    >>> generation_of("import tensorflow as tf; tf.Session()", Path())
    1
    >>> generation_of("import tensorflow as T; T.function(print)", Path())
    2
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # running it will say so
        return 2
    program = _Module(tree, folder)
    modules = (program, *program.imported())
    for module in modules:
        if len(module.first) != len(module.second):
            return 1 if len(module.first) > len(module.second) else 2
    return 1 if any(module.of_estimators for module in modules) else 2


_OF_SESSIONS = frozenset(f"keras.backend.{name}" for name in (
    "get_session", "set_session", "gradients", "manual_variable_initialization", "tensorflow_backend"))
"""What Keras had for TensorFlow 1 alone."""


class _Module:
    """One file: what its names stand for below `tensorflow`, and the evidence in it.

    `names` maps a name of the file to a dotted path below `tensorflow` ("" is `tensorflow` itself).
    """

    def __init__(self, tree: ast.Module, folder: Path, seen: dict[Path, "_Module"] | None = None) -> None:
        self.folder = folder
        self.seen = {} if seen is None else seen
        nodes = (node for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.expr))
        self.nodes = sorted(nodes, key=lambda node: (node.lineno, node.col_offset))
        self.names: dict[str, str] = {}
        self.all_of_it = False  # from tensorflow import *
        self.first: set[str] = set()
        self.second: set[str] = set()
        self.of_estimators = False  # both generations had them for a time
        self._bind_names()
        for node in self.nodes:
            self._look_at(node)

    def imported(self) -> Iterator["_Module"]:
        """The modules beside this one that it imports, and those that they import; each once."""
        asked: set[Path] = set()

        def below(module: _Module) -> Iterator[_Module]:
            for name in module._imported_names():
                path = module._file_of(name)
                if path is not None and path not in asked:
                    asked.add(path)
                    if (found := module._beside(name)) is not None:
                        yield found
                        yield from below(found)

        return below(self)

    # --- what names stand for

    def _bind_names(self) -> None:
        for node in self.nodes:
            match node:
                case ast.Import(names=names):
                    for alias in names:
                        self._bind_import(alias)
                case ast.ImportFrom(module=str(module), names=names, level=0):
                    for alias in names:
                        self._bind_from(module, alias)
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute() | ast.Name() as value):
                    if (path := self._path(value)) is not None:
                        self.names[name] = path

    def _bind_import(self, alias: ast.alias) -> None:
        top, below = _parted(alias.name)
        if top == "tensorflow":
            self._count(below)
            self.names[alias.asname or alias.name.partition(".")[0]] = (
                below if alias.asname else "keras" if alias.name.startswith("keras") else "")

    def _bind_from(self, module: str, alias: ast.alias) -> None:
        top, below = _parted(module)
        if top == "tensorflow":
            self._count(below)
            if alias.name == "*":
                self.all_of_it |= not below
            else:
                self.names[alias.asname or alias.name] = _joined(below, alias.name)
                self._count(_joined(below, alias.name))
        elif (other := self._beside(module)) is not None:
            if alias.name == "*":
                self.names |= {name: path for name, path in other.names.items() if not name.startswith("_")}
                self.all_of_it |= other.all_of_it
            elif alias.name in other.names:
                self.names[alias.asname or alias.name] = other.names[alias.name]

    def _path(self, node: ast.expr) -> str | None:
        """The dotted path below `tensorflow` that an expression `a.b.c` stands for, if any."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id, node.id if self.all_of_it else None)
        if isinstance(node, ast.Attribute) and (path := self._path(node.value)) is not None:
            return _joined(path, node.attr)
        return None

    # --- evidence

    def _look_at(self, node: ast.AST) -> None:
        if isinstance(node, ast.Attribute | ast.Name) and (path := self._path(node)) is not None:
            self._count(path)
        elif isinstance(node, ast.Call) and node.keywords and (path := self._path(node.func)) is not None:
            for public in _public(path):
                for keyword in node.keywords:
                    use = f"{public}({keyword.arg})"
                    self.first |= {use} & only.FIRST_ARGUMENTS
                    self.second |= {use} & only.SECOND_ARGUMENTS

    def _count(self, path: str) -> None:
        """Notes what the path, or the start of it, says."""
        for public in _public(path):
            parts = public.split(".")
            self.of_estimators |= parts[0] == "estimator"
            starts = {".".join(parts[: n + 1]) for n in range(len(parts))}
            self.first |= starts & (only.FIRST | _OF_SESSIONS)
            self.second |= starts & only.SECOND

    # --- modules beside the program

    def _imported_names(self) -> Iterator[str]:
        for node in self.nodes:
            match node:
                case ast.Import(names=names):
                    yield from (alias.name for alias in names)
                case ast.ImportFrom(module=str(module), names=names, level=0):
                    yield module
                    yield from (f"{module}.{alias.name}" for alias in names)

    def _file_of(self, module: str) -> Path | None:
        path = self.folder.joinpath(*module.split("."))
        candidates = (path.with_name(f"{path.name}.py"), path / "__init__.py")
        return next((file for file in candidates if file.is_file()), None)

    def _beside(self, module: str) -> "_Module | None":
        """The module of this name in the program's folder, if it is there and can be read."""
        path = self._file_of(module)
        if path is None:
            return None
        if path not in self.seen:
            try:
                tree = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError, OSError):
                return None
            self.seen[path] = _Module(ast.Module([], []), self.folder, self.seen)  # in case they import each other
            self.seen[path] = _Module(tree, self.folder, self.seen)
        return self.seen[path]


def _parted(module: str) -> tuple[str, str]:
    """The package and the path below it; what `keras` holds stands below `tensorflow.keras`."""
    top, _, below = module.partition(".")
    return ("tensorflow", module) if top == "keras" else (top, below)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _public(path: str) -> Iterator[str]:
    """The public paths of a path: itself, or where the names of a private module are public."""
    if not path.startswith("python."):
        yield path
    for module, places in PUBLIC_PLACES.items():
        if path.startswith(module + "."):
            yield from (_joined(place, path[len(module) + 1 :]) for place in places)
