"""`tf.resource_loader`: files that lie beside the program."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

from hornbeam.graph.names import public
from hornbeam.ops.files import told


def _callers_folder() -> str:
    """The folder of the file from which this package was called."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    frame = inspect.currentframe()
    while frame is not None:
        name = os.path.abspath(frame.f_code.co_filename)
        if not name.startswith(own + os.sep) and os.path.basename(name) != "functools.py":
            return os.path.dirname(name)
        frame = frame.f_back
    return os.getcwd()


@public(v1=("resource_loader.get_data_files_path",))
def get_data_files_path() -> str:
    """The folder of the file that calls this."""
    return _callers_folder()


@public(v1=("resource_loader.get_root_dir_with_all_resources",))
def get_root_dir_with_all_resources() -> str:
    """The folder below which a program's files lie: that of the file that calls this."""
    return _callers_folder()


@public(v1=("resource_loader.get_path_to_datafile",))
def get_path_to_datafile(path: str) -> str:
    """The whole path of a file, given as seen from the folder of the file that calls this."""
    return os.path.join(_callers_folder(), path)


@public(v1=("resource_loader.load_resource",))
def load_resource(path: str) -> bytes:
    """The contents of a file, given as seen from the folder of the file that calls this. Raises NotFoundError."""
    with told():
        return Path(_callers_folder(), path).read_bytes()


@public(v1=("resource_loader.readahead_file_path",))
def readahead_file_path(path: str, readahead: str = "128M") -> str:
    """The path itself: local files are read ahead by the operating system. readahead: accepted."""
    return path
