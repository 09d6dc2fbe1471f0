"""`tf.gfile`: files and folders under TensorFlow 1's names; `io.gfile` does the work."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public
from hornbeam.runtime import gfile


@public(v1=("gfile.Exists",))
def exists(filename: Any) -> bool:
    """Whether there is a file or folder of this name."""
    return gfile.exists(filename)


@public(v1=("gfile.IsDirectory",))
def is_directory(dirname: Any) -> bool:
    """Whether it is a folder."""
    return gfile.isdir(dirname)


@public(v1=("gfile.ListDirectory",))
def list_directory(dirname: Any) -> list[str]:
    """The names of what a folder holds. Raises NotFoundError where it is no folder."""
    return gfile.listdir(dirname)


@public(v1=("gfile.MakeDirs",))
def make_dirs(dirname: Any) -> None:
    """Make a folder and those above it, where they are not there."""
    gfile.makedirs(dirname)


@public(v1=("gfile.MkDir",))
def mk_dir(dirname: Any) -> None:
    """Make a folder. Raises NotFoundError where the one above is not there, AlreadyExistsError where it is."""
    gfile.mkdir(dirname)


@public(v1=("gfile.Remove",))
def remove(filename: Any) -> None:
    """Delete a file. Raises NotFoundError where there is none."""
    gfile.remove(filename)


@public(v1=("gfile.DeleteRecursively",))
def delete_recursively(dirname: Any) -> None:
    """Delete a folder with all that it holds. Raises NotFoundError where there is none."""
    gfile.rmtree(dirname)


@public(v1=("gfile.Rename",))
def rename(oldname: Any, newname: Any, overwrite: bool = False) -> None:
    """Rename or move a file. Raises AlreadyExistsError where `newname` exists, unless it may be overwritten."""
    gfile.rename(oldname, newname, overwrite)


@public(v1=("gfile.Copy",))
def copy(oldpath: Any, newpath: Any, overwrite: bool = False) -> None:
    """Copy a file. Raises AlreadyExistsError where `newpath` exists, unless it may be overwritten."""
    gfile.copy(oldpath, newpath, overwrite)


@public(v1=("gfile.Glob",))
def glob(filename: Any) -> list[str]:
    """The names that match a pattern, or any of several."""
    return gfile.glob(filename)


@public(v1=("gfile.Stat",))
def stat(filename: Any) -> gfile.FileStatistics:
    """Length and times of a file. Raises NotFoundError where there is none."""
    return gfile.stat(filename)
