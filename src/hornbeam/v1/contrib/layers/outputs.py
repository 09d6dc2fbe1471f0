"""What contrib's layers have in common: names of variables, collections, aliases of outputs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.layers.core import constant_bool


def renaming(names: Mapping[str, str] | None = None) -> Callable[..., Any]:
    """A variable getter that puts variables in `MODEL_VARIABLES`, the last part of their name exchanged by `names`."""
    def getter(next_getter: Callable[..., Any], name: str, *args: Any, **kwargs: Any) -> Any:
        head, slash, last = name.rpartition("/")
        kept = kwargs.pop("collections", None) or [tf.GraphKeys.GLOBAL_VARIABLES]
        kwargs["collections"] = list(dict.fromkeys([*kept, tf.GraphKeys.MODEL_VARIABLES]))
        return next_getter(f"{head}{slash}{(names or {}).get(last, last)}", *args, **kwargs)

    return getter


def collect_variable(variable: Any, collections: Any, kind: str) -> None:
    """Put a variable in further collections: a list of names, or a dictionary of lists by kind ("weights", …)."""
    wanted = collections.get(kind) if isinstance(collections, Mapping) else collections
    if not wanted:
        return
    for name in dict.fromkeys([wanted] if isinstance(wanted, str) else wanted):
        if name != tf.GraphKeys.GLOBAL_VARIABLES:
            held = tf.get_collection_ref(name)
            held += [v for v in (variable if hasattr(variable, "partitions") else [variable])
                     if not any(v is other for other in held)]


def collections_of(collections: Any, kind: str) -> list[Any]:
    """The collections of a kind of variable, with the global ones."""
    wanted = collections.get(kind) if isinstance(collections, Mapping) else collections
    listed = [wanted] if isinstance(wanted, str) else list(wanted or [])
    return [*listed, tf.GraphKeys.GLOBAL_VARIABLES] if tf.GraphKeys.GLOBAL_VARIABLES not in listed else listed


@public(v1=("contrib.layers.utils.append_tensor_alias", "contrib.slim.utils.append_tensor_alias"))
def append_tensor_alias(tensor: Any, alias: str) -> Any:
    """Give a tensor one more name. Returns the tensor."""
    name = alias[:-1] if alias.endswith("/") else alias
    if hasattr(tensor, "aliases"):
        tensor.aliases.append(name)
    else:
        tensor.aliases = [name]
    return tensor


@public(v1=("contrib.layers.utils.append_tensor_aliases", "contrib.slim.utils.append_tensor_aliases"))
def append_tensor_aliases(tensor: Any, aliases: Sequence[str]) -> Any:
    """Give a tensor more names. Returns the tensor."""
    for alias in aliases:
        append_tensor_alias(tensor, alias)
    return tensor


@public(v1=("contrib.layers.utils.gather_tensors_aliases", "contrib.slim.utils.gather_tensors_aliases"))
def gather_tensors_aliases(tensors: Sequence[Any]) -> list[str]:
    """The names of several tensors."""
    return [name for tensor in tensors for name in get_tensor_aliases(tensor)]


@public(v1=("contrib.layers.utils.get_tensor_aliases", "contrib.slim.utils.get_tensor_aliases"))
def get_tensor_aliases(tensor: Any) -> list[str]:
    """The names given to a tensor, else that of its operation."""
    if hasattr(tensor, "aliases"):
        return tensor.aliases
    name = tensor.op.name
    return [name[:-1] if name.endswith("/") else name.replace(":", "_")]


@public(v1=("contrib.layers.utils.collect_named_outputs", "contrib.slim.utils.collect_named_outputs"))
def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """Put a tensor in collections under a further name. Returns the tensor."""
    if collections:
        append_tensor_alias(outputs, alias)
        tf.add_to_collections(collections, outputs)
    return outputs


@public(v1=("contrib.layers.utils.convert_collection_to_dict", "contrib.slim.utils.convert_collection_to_dict"))
def convert_collection_to_dict(collection: str, clear_collection: bool = False) -> OrderedDict[str, Any]:
    """The tensors of a collection by their names, in order. clear_collection: empties it."""
    found = OrderedDict((name, t) for t in tf.get_collection(collection) for name in get_tensor_aliases(t))
    if clear_collection:
        tf.get_default_graph().clear_collection(collection)
    return found


@public(v1=("contrib.layers.utils.n_positive_integers", "contrib.slim.utils.n_positive_integers"))
def n_positive_integers(n: int, value: Any) -> tuple[int, ...]:
    """A number `n` times, or `n` numbers, all positive. Raises ValueError otherwise."""
    if not isinstance(n, int) or n < 1:
        raise ValueError("n must be a positive integer")
    listed = [value] * n if isinstance(value, int) else list(value)
    try:
        sizes = tuple(int(v) for v in listed)
    except TypeError:
        raise ValueError(f"These are no {n} integers: {value}") from None
    if len(sizes) != n:
        raise ValueError(f"{n} integers are needed, got {value}")
    if any(v <= 0 for v in sizes):
        raise ValueError("Dimensions must be positive")
    return sizes


@public(v1=("contrib.layers.utils.two_element_tuple", "contrib.slim.utils.two_element_tuple"))
def two_element_tuple(int_or_tuple: Any) -> tuple[int, ...]:
    """A number twice, or two numbers. Raises ValueError otherwise."""
    if isinstance(int_or_tuple, (list, tuple)):
        if len(int_or_tuple) != 2:
            raise ValueError(f"Must be a list with 2 elements: {int_or_tuple}")
        return int(int_or_tuple[0]), int(int_or_tuple[1])
    if isinstance(int_or_tuple, int):
        return int_or_tuple, int_or_tuple
    if isinstance(int_or_tuple, tf.TensorShape) and len(int_or_tuple) == 2:
        return int(int_or_tuple[0]), int(int_or_tuple[1])
    raise ValueError("Must be an int, a list with 2 elements or a TensorShape of length 2")


@public(v1=("contrib.layers.utils.constant_value", "contrib.slim.utils.constant_value"))
def constant_value(value_or_tensor_or_var: Any, dtype: Any = None) -> Any:
    """The value where it is known without running anything, else None. Raises ValueError for None, or another dtype."""
    if value_or_tensor_or_var is None:
        raise ValueError("value_or_tensor_or_var cannot be None")
    if isinstance(value_or_tensor_or_var, tf.Variable):
        return None
    if not isinstance(value_or_tensor_or_var, tf.Tensor):
        return value_or_tensor_or_var
    if dtype and value_or_tensor_or_var.dtype != dtype:
        raise ValueError(f"It has the wrong type {value_or_tensor_or_var.dtype} instead of {dtype}")
    return tf.get_static_value(value_or_tensor_or_var)


@public(v1=("contrib.framework.smart_cond", "contrib.layers.utils.smart_cond", "contrib.slim.utils.smart_cond"))
def smart_cond(pred: Any, true_fn: Any = None, false_fn: Any = None, name: str | None = None) -> Any:
    """`tf.cond`, or one of the functions called where `pred` is known. Raises TypeError for what is no function."""
    if not callable(true_fn):
        raise TypeError("`true_fn` must be callable.")
    if not callable(false_fn):
        raise TypeError("`false_fn` must be callable.")
    known = smart_constant_value(pred)
    if known is None:
        return tf.cond(pred, true_fn, false_fn, name=name)
    return true_fn() if known else false_fn()


@public(v1=("contrib.framework.smart_constant_value",))
def smart_constant_value(pred: Any) -> bool | None:
    """`pred` as a bool where that is known without running anything. Raises TypeError for another kind of value."""
    if not (pred in (0, 1) if isinstance(pred, int) else isinstance(pred, (bool, tf.Tensor, tf.Variable))):
        raise TypeError(f"`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {type(pred)}")
    return constant_bool(pred)


@public(v1=("contrib.layers.utils.static_cond", "contrib.slim.utils.static_cond"))
def static_cond(pred: Any, fn1: Any, fn2: Any) -> Any:
    """One of the functions called. Raises TypeError for what is no function, ValueError for no bool."""
    if not callable(fn1):
        raise TypeError("fn1 must be callable.")
    if not callable(fn2):
        raise TypeError("fn2 must be callable.")
    return fn1() if pred else fn2()


@public(v1=("contrib.layers.utils.last_dimension", "contrib.slim.utils.last_dimension"))
def last_dimension(shape: Any, min_rank: int = 1) -> int:
    """The size of the last dimension. Raises ValueError where it is unknown or the rank too small."""
    dims = shape.as_list()
    if len(dims) < min_rank:
        raise ValueError(f"rank of shape must be at least {min_rank} not: {len(dims)}")
    if dims[-1] is None:
        raise ValueError("last dimension shape must be known but is None")
    return dims[-1]


@public(v1=("contrib.layers.utils.first_dimension", "contrib.slim.utils.first_dimension"))
def first_dimension(shape: Any, min_rank: int = 1) -> int:
    """The size of the first dimension. Raises ValueError where it is unknown or the rank too small."""
    dims = shape.as_list()
    if len(dims) < min_rank:
        raise ValueError(f"rank of shape must be at least {min_rank} not: {len(dims)}")
    if dims[0] is None:
        raise ValueError("first dimension shape must be known but is None")
    return dims[0]


@public(v1=("contrib.layers.utils.channel_dimension", "contrib.slim.utils.channel_dimension"))
def channel_dimension(shape: Any, data_format: str, min_rank: int = 1) -> int:
    """The number of channels. Raises ValueError where it is unknown or the rank too small."""
    dims = shape.as_list()
    if len(dims) < min_rank:
        raise ValueError(f"rank of shape must be at least {min_rank} not: {len(dims)}")
    found = dims[1 if data_format.startswith("NC") else -1]
    if found is None:
        raise ValueError("channel dimension must be known but is None")
    return found
