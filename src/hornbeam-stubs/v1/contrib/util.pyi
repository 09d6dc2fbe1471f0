"""The public names of `hornbeam.v1.contrib.util`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.util.protos import ops_used_by_graph_def as ops_used_by_graph_def
from typing import Any

def constant_value(tensor: Any, partial: bool = False) -> Any:
    r"""The value of a tensor as a NumPy array where the graph alone tells it, else None; what is no tensor as it is."""
def make_ndarray(tensor: Any) -> Any:
    r"""The array that a `TensorProto` holds. Raises TypeError for a type that NumPy has none for."""
def make_tensor_proto(values: Any, dtype: Any = None, shape: Any = None, verify_shape: bool = False, allow_broadcast: bool = False) -> Any:
    r"""A `TensorProto` that holds `values`."""
