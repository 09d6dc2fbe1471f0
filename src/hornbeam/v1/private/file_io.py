"""Files, as `tensorflow.python.lib.io.file_io` names what `tf.io.gfile` does."""

from __future__ import annotations

import uuid
from typing import Any

import hornbeam.v1 as tf

_files = tf.io.gfile

copy = _files.copy
create_dir = _files.mkdir
delete_file = _files.remove
delete_recursively = _files.rmtree
file_exists = _files.exists
get_matching_files = _files.glob
is_directory = _files.isdir
list_directory = _files.listdir
recursive_create_dir = _files.makedirs
rename = _files.rename
stat = _files.stat
walk = tf.gfile.Walk

FileIO = tf.gfile.GFile


def read_file_to_string(filename: str, binary_mode: bool = False) -> Any:
    """What a file holds: text, or bytes in binary mode."""
    with FileIO(filename, "rb" if binary_mode else "r") as file:
        return file.read()


def write_string_to_file(filename: str, file_content: Any) -> None:
    """Writes a file that holds this text."""
    with FileIO(filename, "w") as file:
        file.write(file_content)


def atomic_write_string_to_file(filename: str, contents: Any, overwrite: bool = True) -> None:
    """Writes a file that is there whole or not at all. Raises AlreadyExistsError where it may not replace one."""
    beside = f"{filename}.tmp{uuid.uuid4().hex}"
    write_string_to_file(beside, contents)
    try:
        rename(beside, filename, overwrite)
    except tf.errors.OpError:
        delete_file(beside)
        raise
