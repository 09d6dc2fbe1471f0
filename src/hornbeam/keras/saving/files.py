"""Files that are there whole or not at all, and errors that name the file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def replaced(path: Any) -> Iterator[Path]:
    """A path to write to; when the block ends well, what was written takes the place of `path`, else it is removed."""
    target = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent or ".")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with open(part, "rb") as written:
            os.fsync(written.fileno())
        os.chmod(part, 0o666 & ~_umask())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def named_in_errors(path: Any, what: str) -> Iterator[None]:
    """Errors within the block name the file. What only damaged data can cause becomes ValueError.

    FileNotFoundError, PermissionError and warnings stay what they are.
    """
    try:
        yield
    except (FileNotFoundError, PermissionError, IsADirectoryError, MemoryError, Warning):
        raise
    except Exception as error:
        if type(error) not in (ValueError, TypeError, NotImplementedError):
            raise ValueError(_damaged(path, what, error)) from error
        if str(path) in str(error):
            raise
        raise type(error)(f"{error}\n\nThis happened while reading {path}.") from error


def _damaged(path: Any, what: str, error: Exception) -> str:
    return f"{path} cannot be read as {what}; it may be damaged. {type(error).__name__}: {error}"


def may_overwrite(path: Any) -> bool:
    """Ask on the terminal whether a file may be replaced."""
    answer = input(f"[WARNING] {path} already exists - overwrite? [y/n]").strip().lower()
    while answer not in ("y", "n"):
        answer = input('Enter "y" (overwrite) or "n" (cancel).').strip().lower()
    if answer == "n":
        return False
    print("[TIP] Next time specify overwrite=True!")
    return True
