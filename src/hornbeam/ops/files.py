"""Whole files as strings: `read_file` and `write_file`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hornbeam.backend.records import CorruptRecord
from hornbeam.graph import dtypes, errors
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import never, op


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Python's errors about files, and what is found in corrupt ones, as TensorFlow's."""
    try:
        yield
    except CorruptRecord as error:
        raise errors.DataLossError(None, None, str(error)) from None
    except FileNotFoundError as error:
        raise errors.NotFoundError(None, None, f"{error.filename}; No such file or directory") from None
    except FileExistsError as error:
        raise errors.AlreadyExistsError(None, None, f"{error.filename}; File exists") from None
    except PermissionError as error:
        raise errors.PermissionDeniedError(None, None, f"{error.filename}; Permission denied") from None
    except (IsADirectoryError, NotADirectoryError) as error:
        raise errors.FailedPreconditionError(None, None, f"{error.filename}; {error.strerror}") from None
    except OSError as error:
        raise errors.UnknownError(None, None, f"{error.filename}; {error.strerror}") from None


def _scalar(what: str, value: Any) -> bytes:
    if np.ndim(value):
        raise errors.InvalidArgumentError(None, None, f"{what} tensor must be scalar, but had shape: "
                                          f"{list(np.shape(value))}".replace(", ", ","))
    return bytes(np.asarray(value)[()])


def _scalars(inputs: Any, outputs: Any) -> Any:
    for given in inputs:
        if given.dims not in (None, ()):
            raise ShapeFault(f"Shape must be rank 0 but is rank {len(given.dims)}")
    return outputs


@op("ReadFile", inputs="filename: string", names=("io.read_file",), v1=("read_file",), host=True, stateful=True,
    differentiable=never("strings"), waive={"samples": "reads files"})
def read_file(filename):
    """The contents of a file, a scalar string; read whenever it runs.

    filename: a scalar string, the path of a local file. Raises NotFoundError where there is none.
    """
    with told():
        return np.array(Path(os.fsdecode(_scalar("Filename", filename))).read_bytes(), object)


@op("WriteFile", inputs="filename: string, contents: string", names=("io.write_file",), v1=("write_file",), host=True,
    stateful=True, differentiable=never("no outputs"), waive={"samples": "writes files"})
def write_file(filename, contents):
    """Writes a string to a file, whose folder is made where it is absent. In a graph an operation.

    filename, contents: scalar strings.
    """
    path, data = Path(os.fsdecode(_scalar("Filename", filename))), _scalar("Contents", contents)
    with told():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return ()


@read_file.shape
def _(inputs, attrs):
    return _scalars(inputs, [((), dtypes.string)])


@write_file.shape
def _(inputs, attrs):
    return _scalars(inputs, [])
