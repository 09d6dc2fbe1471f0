"""The files of a checkpoint: their names, and how they take their places so that at no moment there is half of one.

A checkpoint with the prefix `p` is `p.index` and `p.data-00000-of-00001`, … The index names how many data files there
are, and thereby their names. Files are written under other names first, flushed to the disk and renamed. A checkpoint
that replaces one of the same name first stands beside it under a number of data files that the old one has not: the
index, in one renaming, is what changes from old to new. Only then do the data files get their own names, as second
names of the same file, and the index again.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, BinaryIO

from hornbeam.graph import errors

try:
    import fcntl
except ImportError:  # no such locks on this platform: what a killed process left stays
    fcntl = None

Index = Callable[[int], bytes]
"""The contents of the index for a number of data files."""

LARGE = 64 << 20
"""Bytes of files that are freed while others go on."""
_OURS = re.compile(r"\.tempstate\d+_[0-9a-f]{16}$")


def index_name(prefix: str) -> str:
    """The index of the checkpoint `prefix`."""
    return f"{prefix}.index"


def data_name(prefix: str, shard: int, shards: int) -> str:
    """The data file `shard` of `shards`.

    >>> data_name("model", 0, 1)
    'model.data-00000-of-00001'
    """
    return f"{prefix}.data-{shard:05d}-of-{shards:05d}"


@contextlib.contextmanager
def told(path: str) -> Iterator[None]:
    """Python's errors about files as TensorFlow's, which name the file."""
    try:
        yield
    except FileNotFoundError as error:
        raise errors.NotFoundError(None, None, f"{error.filename or path}; {error.strerror}") from None
    except PermissionError as error:
        raise errors.PermissionDeniedError(None, None, f"{error.filename or path}; {error.strerror}") from None
    except (IsADirectoryError, NotADirectoryError, FileExistsError) as error:
        raise errors.FailedPreconditionError(None, None, f"{error.filename or path}; {error.strerror}") from None
    except OSError as error:
        kind = errors.ResourceExhaustedError if error.errno in (28, 122) else errors.UnknownError  # the disk is full
        raise kind(None, None, f"{error.filename or path}; {error.strerror}") from None


# New files --------------------------------------------------------------------------------------------


def opened(path: str) -> BinaryIO:
    """A new file beside `path`, to be renamed to it; it is locked while it is open."""
    file = open(f"{path}.tempstate{os.getpid()}_{secrets.token_hex(8)}", "xb", buffering=1 << 18)  # noqa: SIM115
    _lock(file)
    return file


def _lock(file: IO[Any]) -> bool:
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def flushed(file: BinaryIO) -> None:
    """Bring what was written to the disk."""
    file.flush()
    os.fsync(file.fileno())


def replace(path: str, contents: bytes) -> None:
    """Give a file new contents, all at once."""
    with told(path):
        file = opened(path)
        try:
            with file:
                file.write(contents)
                flushed(file)
            os.replace(file.name, path)
        except BaseException:
            discard(file.name)
            raise
        flush_folder(path)


def flush_folder(path: str) -> None:
    """Bring the names in the folder of `path` to the disk, where the system knows how."""
    with contextlib.suppress(OSError):
        folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def discard(path: str) -> None:
    """Remove a file if it is there."""
    with contextlib.suppress(OSError), freed_aside(path):
        os.remove(path)


@contextlib.contextmanager
def freed_aside(path: str) -> Iterator[None]:
    """While the name `path` is removed or given to another file: what it held, if large, is freed by another thread,
    since a disk may need long for it."""
    number = None
    with contextlib.suppress(OSError):
        if fcntl is not None and os.stat(path).st_size >= LARGE:  # other systems remove no file that is open
            number = os.open(path, os.O_RDONLY)
    try:
        yield
    finally:
        if number is not None:
            _close_aside(number)


def _close_aside(number: int) -> None:
    try:
        threading.Thread(target=os.close, args=(number,), name="checkpoint", daemon=True).start()
    except RuntimeError:  # the interpreter is ending
        os.close(number)


def sweep(prefix: str) -> None:
    """Remove what processes left in the folder of `prefix` that were killed while they wrote a checkpoint."""
    if fcntl is None:
        return
    folder = os.path.dirname(prefix) or "."
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if _OURS.search(name):
                path = os.path.join(folder, name)
                with contextlib.suppress(OSError), open(path, "rb") as file:
                    if _lock(file):
                        os.remove(path)


# Taking their places -----------------------------------------------------------------------------------


def install(prefix: str, written: Sequence[str], index: Index, live: int | None) -> None:
    """Data files under names of their own become the checkpoint `prefix`, in place of the one that is there.

    live: how many data files the present checkpoint of that name has, None where there is none.
    """
    shards = len(written)
    stands_in = shards + 1 if live == shards else shards
    with told(prefix):
        for i, path in enumerate(written):
            os.replace(path, data_name(prefix, i, stands_in))
        flush_folder(prefix)
        replace(index_name(prefix), index(stands_in))
        if stands_in != shards and not _renamed(prefix, shards, stands_in, index):
            return
    for i in range(max(shards, live or 0, stands_in)):
        for count in {live or shards, stands_in} - {shards}:
            discard(data_name(prefix, i, count))


def _renamed(prefix: str, shards: int, stands_in: int, index: Index) -> bool:
    """Give the data files their usual names too, then the index. False where files cannot have two names."""
    for i in range(shards):
        second = f"{data_name(prefix, i, shards)}.tempstate{os.getpid()}_{secrets.token_hex(8)}"
        try:
            os.link(data_name(prefix, i, stands_in), second)
        except OSError:
            return False
        with freed_aside(data_name(prefix, i, shards)):
            os.replace(second, data_name(prefix, i, shards))
    flush_folder(prefix)
    replace(index_name(prefix), index(shards))
    return True
