"""What runs in Python while a graph runs: `py_func` and its kin, and printing.

These operations stand in host stages: the runtime splits the program around them.
"""

from __future__ import annotations

import functools
import pprint
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes, errors, mode, nest
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.call import graph_for
from hornbeam.graph.convert import to_array
from hornbeam.graph.dtypes import DType
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.tensor import EagerTensor, Tensor
from hornbeam.ops import printing

_C_NAMES = {"float32": "float", "float64": "double", "float16": "half"}
_ERRORS: tuple[tuple[type[BaseException], type[errors.OpError]], ...] = (
    (TypeError, errors.InvalidArgumentError), (ValueError, errors.InvalidArgumentError),
    (StopIteration, errors.OutOfRangeError), (MemoryError, errors.ResourceExhaustedError),
    (NotImplementedError, errors.UnimplementedError))

# Python functions -----------------------------------------------------------------------------------


@final
class PythonFunction:
    """A function as an attribute: called with arrays, it gives arrays of the dtypes that were declared.

    recorded: whether calls are kept for a gradient; `last` is then what `recorder` gave for the last one.
    """

    count = 0
    recorder: Callable[[PythonFunction, Sequence[Any]], Any]

    def __init__(self, function: Callable[..., Any], eager: bool) -> None:
        self.function, self.eager = function, eager
        self.recorded = eager and bool(mode.state.tapes)
        self.last: Any = None
        self.name = f"pyfunc_{PythonFunction.count}"
        PythonFunction.count += 1

    def __call__(self, arrays: Sequence[np.ndarray], wanted: Sequence[DType]) -> list[np.ndarray]:
        given: list[Any] = ([EagerTensor(a) for a in arrays] if self.eager else
                            [a[()] if a.ndim == 0 else a.copy() for a in arrays])
        try:
            with mode.opened(None):
                returned = PythonFunction.recorder(self, given) if self.recorded else self.function(*given)
                if returned is None:
                    results: list[Any] = []
                else:
                    results = list(returned) if isinstance(returned, (tuple, list)) else [returned]
                if self.eager:
                    return [np.asarray(convert(r, d)._value) for r, d in zip(results, wanted, strict=True)]
        except Exception as error:
            raise _as_op_error(error) from error
        if len(results) != len(wanted):
            raise errors.InvalidArgumentError(None, None, f"{self.name} returns {len(results)} values, but expects to "
                                              f"see {len(wanted)} values.")
        return [self._checked(i, r, d) for i, (r, d) in enumerate(zip(results, wanted, strict=True))]

    def _checked(self, position: int, value: Any, wanted: DType) -> np.ndarray:
        array = np.asarray(value._value if isinstance(value, EagerTensor) else value)
        if array.dtype.kind in "SUO":
            array = to_array(array) if wanted is dtypes.string else array
        if wanted is not dtypes.string and array.dtype == wanted.np_dtype:
            return array
        if wanted is dtypes.string and array.dtype == object:
            return array
        found = "string" if array.dtype.kind in "SUO" else dtypes.from_numpy(array.dtype).name
        raise errors.InvalidArgumentError(
            None, None, f"{position}-th value returned by {self.name} is {_C_NAMES.get(found, found)}, but expects "
            f"{_C_NAMES.get(wanted.name, wanted.name)}")


def _as_op_error(error: Exception) -> errors.OpError:
    """A Python exception as the error of the operation, with the lines of the user's function."""
    if isinstance(error, errors.OpError):
        return error
    kind = next((to for of, to in _ERRORS if isinstance(error, of)), errors.UnknownError)
    tail = error.__traceback__.tb_next if error.__traceback__ is not None else None
    lines = "".join(traceback.format_exception(type(error), error, tail))
    return kind(None, None, f"{type(error).__name__}: {error}\n{lines}")  # type: ignore[call-arg]


def _function_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(None, dtype) for dtype in attrs["Tout"]]


_OPAQUE = never("a Python function on NumPy arrays")


@op("PyFunc", inputs="input: list", host=True, stateful=True, returns_list=True, differentiable=_OPAQUE,
    waive={"samples": "calls Python"})
def py_func_op(input, *, token: Any, Tout: Any):
    """What a Python function of arrays returns."""
    return token(input, Tout)


@op("PyFuncStateless", inputs="input: list", host=True, returns_list=True, differentiable=_OPAQUE,
    waive={"samples": "calls Python"})
def py_func_stateless_op(input, *, token: Any, Tout: Any):
    """What a Python function of arrays returns that gives the same for the same arrays."""
    return token(input, Tout)


@op("EagerPyFunc", inputs="input: list", host=True, stateful=True, returns_list=True,
    waive={"samples": "calls Python"})
def eager_py_func_op(input, *, token: Any, Tout: Any):
    """What a Python function of eager tensors returns."""
    return token(input, Tout)


for _op in (py_func_op, py_func_stateless_op, eager_py_func_op):
    _op.shape(_function_shape)


def _called(op_: Any, func: Any, inp: Any, Tout: Any, eager: bool, name: str | None) -> Any:
    if not callable(func):
        raise ValueError(f"Expected func to be callable. Received func={func} of type {type(func)}.")
    many = isinstance(Tout, (list, tuple))
    wanted = tuple(dtypes.as_dtype(t).base_dtype for t in (Tout if many else [Tout]))
    inputs = [inp] if isinstance(inp, Tensor) else list(inp if inp is not None else [])
    made = op_(inputs, token=PythonFunction(func, eager), Tout=wanted, name=name)
    if not wanted:
        graph = graph_for(inputs)
        return [] if graph is None else graph.last_added
    return made if many else made[0]


@public(v1=("py_func",))
def py_func(func: Any, inp: Any, Tout: Any, stateful: bool = True, name: str | None = None) -> Any:
    """What the Python function `func` of NumPy arrays returns, as tensors of unknown shape.

    inp: the tensors it takes. Tout: the dtype of what it returns, or a list of them; an array of another dtype is
    refused. stateful: whether it may give something else for the same arrays. Nothing flows back through it.
    An exception of the function becomes InvalidArgumentError (ValueError, TypeError), OutOfRangeError
    (StopIteration), ResourceExhaustedError (MemoryError), UnimplementedError, else UnknownError, with its traceback.
    """
    if graph_for(inp) is None:
        return _called_now(func, inp)
    return _called(py_func_op if stateful else py_func_stateless_op, func, inp, Tout, False, name or "PyFunc")


@public("numpy_function")
def numpy_function(func: Any = None, inp: Any = None, Tout: Any = None, stateful: bool = True,
                   name: str | None = None) -> Any:
    """What the Python function `func` of NumPy arrays returns, as tensors. See `hornbeam.v1.py_func`.

    Without `func` a decorator, whose function then takes tensors.

    >>> numpy_function(lambda x: x * 2, [np.arange(3)], dtypes.int64).numpy().tolist()
    [0, 2, 4]
    """
    if func is None:
        return _decorator(lambda function, given: py_func(function, given, Tout, stateful, name))
    return py_func(func, inp, Tout, stateful, name)


def _decorator(call: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """A decorator whose functions are called as `call(function, arguments)`."""
    def decorate(function: Any) -> Any:
        @functools.wraps(function)
        def called(*args: Any) -> Any:
            return call(function, args)

        return called

    return decorate


def _called_now(func: Any, inp: Any) -> Any:
    given = [inp] if isinstance(inp, Tensor) else list(inp if inp is not None else [])
    result = func(*[np.array(convert(x)._value) for x in given])
    found = [r if r is None else convert(r) for r in nest.flatten(result)]
    return found[0] if len(found) == 1 else found


@public("py_function")
def py_function(func: Any = None, inp: Any = None, Tout: Any = None,
                name: str | None = None) -> Any:
    """What the Python function `func` of eager tensors returns, as tensors of unknown shape.

    inp: the tensors it takes. Tout: the dtype of what it returns, or a list of them. Exceptions as for `py_func`.
    Gradients flow back through the ops that `func` called. Without `func` a decorator, whose function takes tensors.
    """
    if func is None:
        return _decorator(lambda function, given: py_function(function, given, Tout, name))
    return _called(eager_py_func_op, func, inp, Tout, True, name or "EagerPyFunc")


# Printing -------------------------------------------------------------------------------------------


@final
class _Counter:
    """How often an operation has printed."""

    def __init__(self) -> None:
        self.count = 0


@op("Print", inputs="input: T, data: list", host=True, stateful=True,
    waive={"samples": "writes to stderr"})
def print_op(input, data, *, message: str = "", first_n: int = -1, summarize: int = 3, counter: Any = None):
    """`input`; on the way `message` and the first elements of `data` are written to the standard error stream."""
    if counter is not None:
        if 0 <= first_n <= counter.count:
            return (input,)
        counter.count += 1
    words = "".join(printing.summary(np.asarray(v), summarize) for v in data)
    print(f"{message}{words}", file=sys.stderr, flush=True)
    return (input,)


@print_op.shape
def _(inputs, attrs):
    return [(inputs[0].dims, inputs[0].dtype)]


@print_op.grad
def _(call, dy):
    return [dy] + [None] * (len(call.inputs) - 1)


@public(v1=("Print",))
def print_v1(input_: Any, data: Any, message: str | None = None, first_n: int | None = None,
             summarize: int | None = None, name: str | None = None) -> Any:
    """`input_`; each time it is computed, `message` and the values of `data` are written to standard error.

    data: a list of tensors. first_n: how often at most, always where it is None or negative. summarize: how many
    elements of each are shown, 3 by default, -1 for all.
    """
    return print_op(input_, list(data), message=message or "", first_n=-1 if first_n is None else first_n,
                    summarize=3 if summarize is None else summarize, counter=_Counter(), name=name)


@op("StringFormat", inputs="inputs: list", host=True, differentiable=never("string result"),
    waive={"samples": "tested with the messages it makes"})
def string_format_op(inputs, *, template: str = "%s", placeholder: str = "%s", summarize: int = 3):
    """`template` with the values of `inputs` at its placeholders."""
    parts = template.split(placeholder)
    words = [printing.printed(np.asarray(v), summarize) for v in inputs]
    text = parts[0] + "".join(w + p for w, p in zip(words, parts[1:], strict=True))
    return (np.array(text.encode(), object),)


@string_format_op.shape
def _(inputs, attrs):
    return [((), dtypes.string)]


@public("strings.format")
def string_format(template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3,
                  name: str | None = None) -> Any:
    """`template` with the values of the tensors `inputs` at its placeholders, as a string tensor.

    summarize: how many elements stand at the beginning and end of each dimension, -1 for all.
    Raises ValueError where there are not as many placeholders as tensors.

    >>> string_format("loss {}", np.float32(0.5)).numpy()
    b'loss 0.5'
    """
    given = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    if template.count(placeholder) != len(given):
        raise ValueError(f"The template expects {template.count(placeholder)} tensors, but the inputs only has "
                         f"{len(given)}. Please ensure the number of placeholders in template matches inputs length.")
    return string_format_op(given, template=template, placeholder=placeholder, summarize=summarize, name=name)


@op("PrintV2", inputs="input: string", host=True, stateful=True, differentiable=never("no outputs"),
    waive={"samples": "writes to stderr"})
def print_v2_op(input, *, output_stream: Any = "stderr", end: str = "\n"):
    """Writes a string."""
    text = np.asarray(input)[()]
    text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    if callable(output_stream):
        output_stream(text)
    elif output_stream.startswith("file://"):
        with open(output_stream[len("file://"):], "a", encoding="utf-8") as file:
            file.write(text + end)
    else:
        print(text, end=end, file=getattr(sys, output_stream), flush=True)
    return ()


@print_v2_op.shape
def _(inputs, attrs):
    return []


_MARK = "\0{}\0"


@public("print")
def print_v2(*inputs: Any, output_stream: Any = None, summarize: int = 3, sep: str = " ", end: str = "\n",
             name: str | None = None) -> Any:
    """Writes values: at once, or in a graph each time the operation that comes back runs.

    inputs: tensors, nested lists of them, and anything else, which is written as Python does. output_stream:
    `sys.stderr` (the default), `sys.stdout`, a `tf.logging` function, or "file://PATH" to append to. summarize: how
    many elements stand at the beginning and end of each dimension, -1 for all. Raises ValueError for other streams.
    """
    tensors: list[Any] = []
    words = [_template(item, tensors) for item in inputs]
    stream = _stream(output_stream)
    graph = graph_for(tensors)
    if graph is None:
        text = string_format_op(tensors, template=sep.join(words), placeholder=_MARK, summarize=summarize)
        print_v2_op(text, output_stream=stream, end=end)
        return None
    with mode.opened(graph):
        text = string_format_op(tensors, template=sep.join(words), placeholder=_MARK, summarize=summarize)
        return print_v2_op(text, output_stream=stream, end=end, name=name)


def _template(item: Any, tensors: list[Any]) -> str:
    """The words for one input, with a mark where each of its tensors stands."""
    def marked(leaf: Any) -> Any:
        if isinstance(leaf, Tensor) or hasattr(leaf, "_as_tensor"):
            tensors.append(leaf)
            return _Mark()
        return leaf

    if isinstance(item, str):
        return item
    if nest.is_nested(item):
        return pprint.pformat(nest.map_structure(marked, item))
    found = marked(item)
    if isinstance(item, np.ndarray):
        return printing.printed(item, -1)
    return str(found)


@final
class _Mark:
    def __repr__(self) -> str:
        return _MARK


def _stream(given: Any) -> Any:
    if given is None or given is sys.stderr:
        return "stderr"
    if given is sys.stdout:
        return "stdout"
    if callable(given) or (isinstance(given, str) and given.startswith("file://")):
        return given
    raise ValueError(f"Unknown output stream, output_stream={given}. Use sys.stdout, sys.stderr, a tf.logging "
                     "function, or file://PATH.")
