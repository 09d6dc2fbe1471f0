"""`tf.contrib.eager`: gradients of Python functions, and today's names under their first spellings."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hornbeam.autodiff.tape import GradientTape
from hornbeam.graph.names import names_v1, names_v2, public, register
from hornbeam.v1.api import tf

_SAME = ("GradientTape", "Variable", "custom_gradient", "enable_eager_execution", "executing_eagerly", "make_template",
         "TensorSpec", "function", "train.Checkpoint")


def _chosen(f: Callable[..., Any], params: Sequence[int | str] | None, args: Sequence[Any]) -> list[int]:
    """The positions of the arguments to differentiate by. Raises ValueError for names that there are not."""
    if params is None:
        return list(range(len(args)))
    names = list(inspect.signature(f).parameters)
    if all(isinstance(p, int) for p in params):
        return [int(p) for p in params]
    if not all(isinstance(p, str) for p in params):
        raise ValueError(f"params must be all strings or all integers; got {params}.")
    return [names.index(str(p)) for p in params]


@public(v1=("contrib.eager.value_and_gradients_function",))
def value_and_gradients_function(f: Callable[..., Any],
                                 params: Sequence[int | str] | None = None) -> Callable[..., Any]:
    """A function of the same arguments that gives (f's value, the gradients by its arguments).

    params: which arguments, by position or name; by default all. The function takes `dy`, the gradient of what follows.
    """
    @functools.wraps(f)
    def evaluate(*args: Any, dy: Any = None) -> tuple[Any, list[Any]]:
        chosen = _chosen(f, params, args)
        values = [tf.convert_to_tensor(a) if i in chosen and not isinstance(a, tf.Variable) else a
                  for i, a in enumerate(args)]
        sources = [values[i] for i in chosen]
        with GradientTape() as tape:
            for source in sources:
                tape.watch(source)
            result = f(*values)
            if result is None:
                raise ValueError("Cannot differentiate a function that returns None; did you forget to return a value "
                                 f"from {f.__name__}?")
        return result, list(tape.gradient(result, sources, dy))

    return evaluate


@public(v1=("contrib.eager.gradients_function",))
def gradients_function(f: Callable[..., Any], params: Sequence[int | str] | None = None) -> Callable[..., Any]:
    """A function of the same arguments that gives the gradients of `f` by them; see `value_and_gradients_function`."""
    both = value_and_gradients_function(f, params)

    @functools.wraps(f)
    def gradients(*args: Any, dy: Any = None) -> list[Any]:
        return both(*args, dy=dy)[1]

    return gradients


@public(v1=("contrib.eager.implicit_value_and_gradients",))
def implicit_value_and_gradients(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the same arguments that gives (f's value, pairs of gradients and the variables that f used).

    The function raises ValueError where `f` returns nothing or uses no trainable variable.
    """
    @functools.wraps(f)
    def evaluate(*args: Any, **kwargs: Any) -> tuple[Any, list[tuple[Any, Any]]]:
        with GradientTape() as tape:
            result = f(*args, **kwargs)
            if result is None:
                raise ValueError("Cannot differentiate a function that returns None; did you forget to return a value "
                                 f"from {f.__name__}?")
        variables = list(tape.watched_variables())
        if not variables:
            raise ValueError("No trainable variables were accessed while the function was being computed.")
        gradients = tape.gradient(result, variables)
        return result, [(g, v) for g, v in zip(gradients, variables, strict=True) if g is not None]

    return evaluate


@public(v1=("contrib.eager.implicit_gradients",))
def implicit_gradients(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the same arguments that gives pairs of gradients and the variables that `f` used."""
    both = implicit_value_and_gradients(f)

    @functools.wraps(f)
    def gradients(*args: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        return both(*args, **kwargs)[1]

    return gradients


@public(v1=("contrib.eager.in_eager_mode",))
def in_eager_mode() -> bool:
    """The older name of `executing_eagerly`."""
    return tf.executing_eagerly()


@public(v1=("contrib.eager.num_gpus",))
def num_gpus() -> int:
    """How many GPUs there are."""
    return len(tf.config.experimental.list_physical_devices("GPU"))


@public(v1=("contrib.eager.list_devices",))
def list_devices() -> list[str]:
    """The names of the devices."""
    return [d.name.replace("physical_device", "job:localhost/replica:0/task:0/device")
            for d in tf.config.experimental.list_physical_devices()]


@public(v1=("contrib.eager.get_optimizer_variables",))
def get_optimizer_variables(optimizer: Any) -> list[Any]:
    """The variables that hold an optimizer's state."""
    return optimizer.variables()


@public(v1=("contrib.eager.Iterator",))
class Iterator_:
    """The elements of a dataset, one by one: Python's iteration over it."""

    def __init__(self, dataset: Any) -> None:
        self._elements = iter(dataset)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._elements)

    def next(self) -> Any:
        """The next element. Raises StopIteration at the end."""
        return next(self._elements)


@public(v1=("contrib.eager.defun",))
def defun(func: Callable[..., Any] | None = None, input_signature: Any = None, autograph: bool = True,
          experimental_autograph_options: Any = None, experimental_relax_shapes: bool = False) -> Any:
    """The older name of `tf.function`; variables may be made in it at its first call."""
    trace = names_v2["function"].target
    return trace(func, input_signature=input_signature, autograph=autograph,
                 reduce_retracing=experimental_relax_shapes or None)


for _name in _SAME:
    for _table in (names_v1, names_v2):
        if _name in _table:
            register(_table[_name].target, v1=(f"contrib.eager.{_name.rpartition('.')[2]}",))
            break
register(names_v1["py_function"].target, v1=("contrib.eager.py_func",))
