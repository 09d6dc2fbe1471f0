"""Running a Python program as `python FILE` and `python -m MODULE` do, in the process that is already there.

The program is `__main__`; its arguments, its folder on `sys.path`, its exit code and its tracebacks are as
with `python`. Hornbeam's own frames are taken out of a traceback when it is printed.
"""

import builtins
import importlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import accumulate
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

_OUR_FILES = str(Path(__file__).parent)


class NoProgram(Exception):
    """There is nothing to run; the text says why."""


@dataclass(frozen=True)
class Program:
    """What `python` would run: the source, its path, what `sys.path` starts with, and the spec of a
    module."""

    source: bytes
    path: str
    folder: str
    argv: Sequence[str]
    spec: ModuleSpec | None = None

    def run(self) -> None:
        """Runs it as `__main__`.  What it raises comes out; an uncaught error is printed without our
        frames."""
        main = ModuleType("__main__")
        main.__dict__.update(
            __file__=self.path,
            __builtins__=builtins,
            __spec__=self.spec,
            __package__=None if self.spec is None else self.spec.parent,
            __loader__=SourceFileLoader("__main__", self.path),
        )
        sys.modules["__main__"] = main
        sys.argv[:] = self.argv
        if not sys.flags.safe_path:
            sys.path[0] = self.folder
        try:
            if self.spec is not None and self.spec.parent:
                importlib.import_module(self.spec.parent)
            exec(compile(self.source, self.path, "exec", dont_inherit=True), main.__dict__)
        except SystemExit:
            raise
        except BaseException:
            # The interpreter reports it itself, through the hook, which may be the program's own by now.
            hook = sys.excepthook

            def report(kind: type[BaseException], error: BaseException, traceback: Any) -> None:
                for each in _chain(error):
                    each.__traceback__ = _without_our_frames(each.__traceback__)
                hook(kind, error, error.__traceback__)

            sys.excepthook = report
            raise


def program_in_file(file: str, arguments: Sequence[str]) -> Program:
    """The program of `python FILE ARGUMENTS`.  Raises `NoProgram`."""
    path = Path(file).absolute()
    try:
        source = path.read_bytes()
    except OSError as error:
        raise NoProgram(f"can't open file {str(path)!r}: [Errno {error.errno}] {error.strerror}") from None
    return Program(source, str(path), str(path.resolve().parent), [file, *arguments])


def program_in_module(name: str, arguments: Sequence[str]) -> Program:
    """The program of `python -m NAME ARGUMENTS`.  Raises `NoProgram`."""
    folder = str(Path.cwd())
    if not sys.flags.safe_path:
        sys.path[0] = folder
    spec = _spec(name)
    if spec.submodule_search_locations is not None:
        spec = _spec(f"{name}.__main__")
    if not isinstance(spec.loader, SourceFileLoader) or spec.origin is None:
        raise NoProgram(f"{name} is not a module with Python source")
    return Program(spec.loader.get_data(spec.origin), spec.origin, folder, [spec.origin, *arguments], spec)


def _spec(name: str) -> ModuleSpec:
    """Where the module is, without running the packages above it, as they may import TensorFlow."""
    spec, above = None, None
    for start in accumulate(name.split("."), "{}.{}".format):
        spec = PathFinder.find_spec(start, above)
        if spec is None:
            raise NoProgram(f"No module named {start}")
        above = spec.submodule_search_locations or []
    assert spec is not None
    return spec


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and those it came from, each once."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__cause__, each.__context__]
            if isinstance(each, BaseExceptionGroup):
                waiting += each.exceptions


def _without_our_frames(traceback: TracebackType | None) -> TracebackType | None:
    entries = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code is Program.run.__code__:
            entries.clear()  # what called us is ours as well
        elif not code.co_filename.startswith(_OUR_FILES):
            entries.append(traceback)
        traceback = traceback.tb_next
    kept = None
    for entry in reversed(entries):
        kept = TracebackType(kept, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return kept
