"""Files by path, under the names of `tf.io.gfile` and TF1's `tf.gfile`. Local files only."""

from __future__ import annotations

import glob as _glob
import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hornbeam.graph import errors
from hornbeam.graph.names import public
from hornbeam.ops.files import told as _told


def _path(path: Any) -> str:
    return os.fsdecode(os.fspath(path))


@public("io.gfile.GFile", v1=("gfile.GFile", "gfile.Open", "gfile.FastGFile"))
class GFile:
    """A file, opened when it is first read or written; `mode` as for `open`.

    Raises the errors of `tf.errors`: NotFoundError, PermissionDeniedError, …
    """

    def __init__(self, name: Any, mode: str = "r", encoding: str = "utf-8") -> None:
        if mode.replace("+", "").replace("b", "") not in ("r", "w", "a", "x"):
            raise errors.PermissionDeniedError(None, None, f"File isn't open for reading or writing: mode {mode!r}")
        self._name, self._mode, self._encoding = _path(name), mode, encoding
        self._file: Any = None

    @property
    def name(self) -> str:
        """The path."""
        return self._name

    @property
    def mode(self) -> str:
        """The mode it is opened in."""
        return self._mode

    def _open(self) -> Any:
        if self._file is None:
            with _told():
                self._file = open(self._name, self._mode,  # noqa: SIM115  (closed by `close`)
                                  encoding=None if "b" in self._mode else self._encoding)
        return self._file

    def _do(self, method: str, *args: Any) -> Any:
        file = self._open()
        try:
            with _told():
                return getattr(file, method)(*args)
        except io.UnsupportedOperation:
            raise errors.PermissionDeniedError(None, None, f"File isn't open for that: {method} in mode "
                                               f"{self._mode!r}") from None

    def read(self, n: int = -1) -> Any:
        """The next `n` characters or bytes, or all that is left."""
        return self._do("read", n)

    def readline(self) -> Any:
        """The next line with its end."""
        return self._do("readline")

    def readlines(self) -> list[Any]:
        """All lines that are left."""
        return self._do("readlines")

    def write(self, file_content: Any) -> None:
        """Append to what was written."""
        self._do("write", file_content)

    def seek(self, offset: int | None = None, whence: int = 0, position: int | None = None) -> None:
        """Go to a position, in bytes."""
        self._do("seek", offset if offset is not None else position or 0, whence)

    def tell(self) -> int:
        """The position, in bytes."""
        return self._do("tell")

    def size(self) -> int:
        """The size of the file, in bytes."""
        return stat(self._name).length

    def flush(self) -> None:
        """Hand what was written to the system."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def seekable(self) -> bool:
        """Whether `seek` works."""
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter(self._open())

    def __next__(self) -> Any:
        return next(self._open())

    def __enter__(self) -> GFile:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class FileStatistics(NamedTuple):
    """What `stat` tells: size in bytes, time of the last change in nanoseconds, whether it is a folder."""

    length: int
    mtime_nsec: int
    is_directory: bool


@public("io.gfile.exists")
def exists(path: Any) -> bool:
    """Whether there is a file or folder."""
    return os.path.exists(_path(path))


@public("io.gfile.isdir")
def isdir(path: Any) -> bool:
    """Whether there is a folder."""
    return os.path.isdir(_path(path))


@public("io.gfile.listdir")
def listdir(path: Any) -> list[str]:
    """The names in a folder. Raises NotFoundError where it is none."""
    if not os.path.isdir(_path(path)):
        raise errors.NotFoundError(None, None, f"Could not find directory {_path(path)}")
    return os.listdir(_path(path))


@public("io.gfile.makedirs")
def makedirs(path: Any) -> None:
    """Make a folder and those it stands in; one that is there already is fine."""
    with _told():
        os.makedirs(_path(path), exist_ok=True)


@public("io.gfile.mkdir")
def mkdir(path: Any) -> None:
    """Make a folder. Raises AlreadyExistsError, and NotFoundError where its parent is missing."""
    with _told():
        os.mkdir(_path(path))


@public("io.gfile.remove")
def remove(path: Any) -> None:
    """Remove a file."""
    with _told():
        os.remove(_path(path))


@public("io.gfile.rmtree")
def rmtree(path: Any) -> None:
    """Remove a folder and all it holds."""
    with _told():
        shutil.rmtree(_path(path))


@public("io.gfile.rename")
def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Move a file or folder. Raises AlreadyExistsError where `dst` is there and `overwrite` is not set."""
    if not overwrite and exists(dst):
        raise errors.AlreadyExistsError(None, None, f"file already exists: {_path(dst)}")
    with _told():
        os.replace(_path(src), _path(dst))


@public("io.gfile.copy")
def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy a file. Raises AlreadyExistsError where `dst` is there and `overwrite` is not set."""
    if not overwrite and exists(dst):
        raise errors.AlreadyExistsError(None, None, f"file already exists: {_path(dst)}")
    with _told():
        shutil.copyfile(_path(src), _path(dst))


@public("io.gfile.glob")
def glob(pattern: Any) -> list[str]:
    """The paths that match a pattern, or any of several, sorted."""
    patterns = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    return sorted(path for p in patterns for path in _glob.glob(_path(p)))


@public("io.gfile.stat")
def stat(path: Any) -> FileStatistics:
    """Size, time of change and kind of a file."""
    with _told():
        found = os.stat(_path(path))
        return FileStatistics(found.st_size, found.st_mtime_ns, Path(_path(path)).is_dir())


@public("io.gfile.walk")
def walk(top: Any, topdown: bool = True,
         onerror: Callable[[Any], Any] | None = None) -> Iterator[tuple[str, list[str], list[str]]]:
    """(folder, names of folders, names of files), from `top` downwards, or from below."""
    return os.walk(_path(top), topdown, onerror)


@public(v1=("gfile.Walk",))
def walk_v1(top: Any, in_order: bool = True) -> Iterator[tuple[str, list[str], list[str]]]:
    """As `walk`; `in_order` is its `topdown`."""
    return walk(top, in_order)


@public("io.gfile.join")
def join(path: Any, *paths: Any) -> str:
    """One path of several parts."""
    return os.path.join(_path(path), *map(_path, paths))


@public("io.gfile.get_registered_schemes")
def get_registered_schemes() -> list[str]:
    """The kinds of paths that are known: local ones."""
    return ["", "file"]
