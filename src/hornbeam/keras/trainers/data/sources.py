"""Which source fits the arguments of `fit`, `evaluate` and `predict`."""

from __future__ import annotations

from typing import Any

from hornbeam.data.api.dataset import Dataset
from hornbeam.graph.tensor import EagerTensor, Tensor
from hornbeam.keras.trainers.data.arrays import ArraySource
from hornbeam.keras.trainers.data.iterables import IterableSource
from hornbeam.keras.trainers.data.py_dataset import PyDataset, PyDatasetSource
from hornbeam.keras.trainers.data.source import Source
from hornbeam.keras.tree import structures as tree


def source_for(x: Any, y: Any = None, sample_weight: Any = None, batch_size: int | None = None,
               shuffle: bool | str = False, class_weight: Any = None) -> Source:
    """The source of these data. Raises ValueError for data of no known kind, and for targets beside iterables."""
    if isinstance(x, Source):
        return x
    if class_weight is not None and not isinstance(class_weight, dict):
        raise ValueError(f"`class_weight` is a dictionary from classes to weights, not {class_weight!r}")
    if isinstance(x, PyDataset):
        _alone("a PyDataset", y, sample_weight)
        return PyDatasetSource(x, class_weight, bool(shuffle))
    if x is None:
        raise ValueError("No data: `x` is None.")
    if is_array_data(x):
        return ArraySource(x, y, sample_weight, batch_size, shuffle, class_weight)
    if isinstance(x, Dataset):
        x = Dataset._wrap(x._node)  # TF1's class of datasets builds graphs
    if not isinstance(x, (list, tuple, dict, str, bytes)) and (hasattr(x, "__iter__") or hasattr(x, "__next__")):
        _alone(f"a {type(x).__name__}", y, sample_weight)
        return IterableSource(x, class_weight)
    raise ValueError(f"Unrecognized data type: x={x} (of type {type(x)})")


def is_array_data(x: Any) -> bool:
    """Whether data are arrays at hand rather than something that gives batches."""
    if isinstance(x, (list, tuple, dict)):
        return all(is_array_data(leaf) or isinstance(leaf, (bool, int, float, str, bytes)) or leaf is None
                   for leaf in tree.flatten(x))
    if isinstance(x, Tensor) and not isinstance(x, EagerTensor):
        raise ValueError(f"Symbolic tensors have no values to train on: {x!r}")
    if hasattr(x, "element_spec") or hasattr(x, "dataset"):
        return False
    return hasattr(x, "shape") and (hasattr(x, "__array__") or hasattr(x, "detach") or hasattr(x, "toarray"))


def _alone(what: str, y: Any, sample_weight: Any) -> None:
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if value is not None:
            part = "targets" if name == "y" else "sample weights"
            raise ValueError(f"When providing `x` as {what}, `{name}` should not be passed. Instead, the {part} should "
                             f"be included as part of it. Received: {name} of type {type(value)}")
