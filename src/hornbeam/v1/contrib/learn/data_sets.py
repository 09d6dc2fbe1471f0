"""`contrib.learn.datasets`: MNIST, and tables in CSV files."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from hornbeam.graph.names import Lazy, public, register

_PLACES = ("contrib.learn.datasets", "contrib.learn.python.learn.datasets")
_MNIST = "hornbeam.v1.examples.tutorials.mnist.input_data"


def _in(module: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{place}.{module}.{name}" for place in _PLACES for name in names)


def _of(module: str, *names: str) -> Callable[[Any], Any]:
    return public(v1=_in(module, *names))


for _name in ("read_data_sets", "extract_images", "extract_labels", "dense_to_one_hot", "DataSet"):
    register(Lazy(_MNIST, _name, ""), v1=_in("mnist", _name))
register(Lazy(_MNIST, "maybe_download", ""), v1=_in("base", "maybe_download"))


@_of("base", "Dataset")
class Dataset(NamedTuple):
    """Rows and what is to be learned of them."""

    data: Any
    target: Any


@_of("base", "Datasets")
class Datasets(NamedTuple):
    """What is learned from, what decides between models, and what they are tested on."""

    train: Any
    validation: Any
    test: Any


def _rows(filename: Any) -> list[list[str]]:
    with open(os.fspath(filename), newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def _table(rows: list[list[str]], target_dtype: Any, features_dtype: Any, target_column: int) -> Dataset:
    targets = [row.pop(target_column) for row in rows]
    return Dataset(np.array(rows).astype(features_dtype), np.array(targets).astype(target_dtype))


@_of("base", "load_csv_with_header")
def load_csv_with_header(filename: Any, target_dtype: Any, features_dtype: Any, target_column: int = -1) -> Dataset:
    """A table whose first line says how many rows and features there are.

    target_column: the column to be learned; the others are features. Raises ValueError where the file holds another
    number of rows.
    """
    header, *rows = _rows(filename)
    if len(rows) != int(header[0]):
        raise ValueError(f"{filename} says {header[0]} rows and holds {len(rows)}")
    return _table(rows, target_dtype, features_dtype, target_column)


@_of("base", "load_csv_without_header")
def load_csv_without_header(filename: Any, target_dtype: Any, features_dtype: Any,
                            target_column: int = -1) -> Dataset:
    """A table. target_column: the column to be learned; the others are features."""
    return _table(_rows(filename), target_dtype, features_dtype, target_column)


@_of("base", "shrink_csv")
def shrink_csv(filename: str, ratio: int) -> None:
    """Write every `ratio`-th line of NAME.csv into NAME_small.csv beside it."""
    with open(filename.replace(".", "_small."), "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(_rows(filename)[::ratio])


@_of("mnist", "load_mnist")
def load_mnist(train_dir: str = "MNIST-data") -> Any:
    """MNIST's training, validation and test images, as `read_data_sets` gives them."""
    from hornbeam.v1.examples.tutorials.mnist.input_data import read_data_sets

    return read_data_sets(train_dir)


@public(v1=("contrib.learn.datasets.load_dataset", "contrib.learn.python.learn.datasets.load_dataset"))
def load_dataset(name: str, size: str = "small", test_with_fake_data: bool = False) -> Any:
    """A data set by its name: "mnist". Raises ValueError for others."""
    if name != "mnist":
        raise ValueError(f"Name of dataset is not found: {name}")
    return load_mnist()
