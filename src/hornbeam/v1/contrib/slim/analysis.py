"""`slim.model_analyzer`: the sizes of variables and of what operations give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hornbeam.graph.names import public


@public(v1=("contrib.slim.model_analyzer.tensor_description",))
def tensor_description(var: Any) -> str:
    """Dtype and shape: `(float32 5x?)`."""
    sizes = "x".join(str(d) if d is not None else "?" for d in var.shape.as_list())
    return f"({var.dtype.name} {sizes})"


@public(v1=("contrib.slim.model_analyzer.analyze_ops",))
def analyze_ops(graph: Any, print_info: bool = False) -> int:
    """How many numbers the outputs of all operations hold, unknown dimensions counted as 1. print_info: print each."""
    total = 0
    if print_info:
        print("---------\nOperations: name -> (type shapes) [size]\n---------")
    for op in graph.get_operations():
        size, described = 0, []
        for output in op.outputs:
            dims = output.shape.as_list() if output.shape.rank is not None else []
            own = 1
            for d in dims:
                own *= d or 1
            size += own
            described.append(tensor_description(output) if output.shape.rank is not None else "(unknown)")
        if print_info:
            print(f"{op.name}\t->\t{', '.join(described)}\t[{size}]")
        total += size
    return total


@public(v1=("contrib.slim.model_analyzer.analyze_vars",))
def analyze_vars(variables: Iterable[Any], print_info: bool = False) -> tuple[int, int]:
    """(How many numbers the variables hold, how many bytes these take). print_info: print each."""
    numbers = size = 0
    if print_info:
        print("---------\nVariables: name (type shape) [size]\n---------")
    for var in variables:
        own = var.shape.num_elements() or 0
        bytes_of = own * var.dtype.size
        numbers, size = numbers + own, size + bytes_of
        if print_info:
            print(f"{var.name} {tensor_description(var)} [{own}, bytes: {bytes_of}]")
    if print_info:
        print(f"Total size of variables: {numbers}\nTotal bytes of variables: {size}")
    return numbers, size
