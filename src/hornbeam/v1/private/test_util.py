"""What tests take from `tensorflow.python.framework.test_util`: decorators that say in which modes a test runs, and
questions about the machine and about graphs.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import unittest
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph import mode
from hornbeam.v1.private.framework import eager_mode, enabled, graph_mode

__all__ = [
    "GpuSupportsHalfMatMulAndConv", "IsBuiltWithROCm", "IsGoogleCudaEnabled", "IsMklEnabled", "NCHWToNHWC",
    "NHWCToNCHW", "TensorFlowTestCase", "also_run_as_tf_function", "assert_equal_graph_def", "assert_ops_in_graph",
    "deprecated_graph_mode_only", "device", "for_all_test_methods", "force_cpu", "force_gpu",
    "generate_combinations_with_testcase_name", "gpu_device_name", "is_gpu_available",
    "run_all_in_deprecated_graph_mode_only", "run_all_in_graph_and_eager_modes", "run_cuda_only", "run_deprecated_v1",
    "run_gpu_only", "run_in_graph_and_eager_modes", "run_v1_only", "run_v2_only", "skip_if", "test_src_dir_path",
    "use_gpu",
]

TensorFlowTestCase = tf.test.TestCase
assert_equal_graph_def = tf.test.assert_equal_graph_def
gpu_device_name = tf.test.gpu_device_name
is_gpu_available = tf.test.is_gpu_available
_NO_TESTS = ("testSkipEager", "test_skip_eager", "test_session")


# In which modes a test runs ------------------------------------------------------------------------


def _on_methods(cls: type, decorate: Callable[[Callable[..., Any]], Any], also: tuple[str, ...] = ()) -> type:
    """The class, with each of its own tests (and the methods `also`) decorated."""
    for name, value in list(vars(cls).items()):
        if callable(value) and ((name.startswith("test") and name not in _NO_TESTS) or name in also):
            setattr(cls, name, decorate(value))
    return cls


def for_all_test_methods(decorator: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[type], type]:
    """Decorator of a class: `decorator(*args, **kwargs)` decorates each of its tests."""
    return lambda cls: _on_methods(cls, decorator(*args, **kwargs))


def run_in_graph_and_eager_modes(func: Any = None, config: Any = None, use_gpu: bool = True, reset_test: bool = True,
                                 assert_no_eager_garbage: bool = False) -> Any:
    """Decorator of a test: it runs twice, in the session of a graph and with operations that run at once.

    config, use_gpu: of the session. reset_test: between the two, the test is torn down and set up anew.
    assert_no_eager_garbage: accepted. Raises ValueError for a class.
    """
    def decorate(test: Any) -> Any:
        if isinstance(test, type):
            raise ValueError("`run_in_graph_and_eager_modes` only supports test methods. Did you mean to use "
                             "`run_all_in_graph_and_eager_modes`?")

        @functools.wraps(test)
        def run(self: Any, *args: Any, **kwargs: Any) -> None:
            with contextlib.suppress(unittest.SkipTest), graph_mode(), \
                    self.test_session(use_gpu=use_gpu, config=config):
                test(self, *args, **kwargs)
            if reset_test:
                self.tearDown()
            with eager_mode(), _left_open(self):
                if reset_test:
                    self.setUp()
                test(self, *args, **kwargs)

        return run

    return decorate if func is None else decorate(func)


@contextlib.contextmanager
def _left_open(test: Any) -> Iterator[None]:
    """Within it, setting up the test leaves the mode as it is now."""
    test._kept_open = len(mode.state.open_graphs)
    try:
        yield
    finally:
        test._kept_open = 0


def run_all_in_graph_and_eager_modes(cls: type) -> type:
    """Decorator of a class: each of its tests runs in both modes."""
    return _on_methods(cls, run_in_graph_and_eager_modes)


def deprecated_graph_mode_only(func: Any = None) -> Any:
    """Decorator of a test, or of all of a class: operations are built in a graph."""
    def decorate(test: Any) -> Any:
        if isinstance(test, type):
            return _on_methods(test, decorate, ("setUp",))

        @functools.wraps(test)
        def run(self: Any, *args: Any, **kwargs: Any) -> Any:
            with graph_mode(), _left_open(self):
                return test(self, *args, **kwargs)

        return run

    return decorate if func is None else decorate(func)


run_all_in_deprecated_graph_mode_only = deprecated_graph_mode_only


def run_deprecated_v1(func: Any = None) -> Any:
    """Decorator of a test, or of all of a class: in programs of TensorFlow 2, operations are built in a graph."""
    def decorate(test: Any) -> Any:
        return deprecated_graph_mode_only(test) if enabled() else test

    return decorate if func is None else decorate(func)


def skip_if(condition: Any) -> Callable[[Any], Any]:
    """Decorator of a test: it is skipped where `condition`, a value or a function, holds."""
    def decorate(test: Any) -> Any:
        @functools.wraps(test)
        def run(self: Any, *args: Any, **kwargs: Any) -> Any:
            return None if (condition() if callable(condition) else condition) else test(self, *args, **kwargs)

        return run

    return decorate


def _only_where(holds: Callable[[], bool], why: str) -> Callable[[Any], Any]:
    def decorate(test: Any) -> Any:
        if isinstance(test, type):
            return _on_methods(test, decorate, ("setUp",))

        @functools.wraps(test)
        def run(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not holds():
                self.skipTest(why)
            return test(self, *args, **kwargs)

        return run

    return decorate


def run_v1_only(reason: str, func: Any = None) -> Any:
    """Decorator of a test, or of all of a class: skipped, for this reason, in programs of TensorFlow 2."""
    if not isinstance(reason, str):
        raise ValueError(f"'reason' should be string, got {type(reason)}")
    decorate = _only_where(lambda: not enabled(), reason)
    return decorate if func is None else decorate(func)


def run_v2_only(func: Any = None, reason: str = "Test is only compatible with v2") -> Any:
    """Decorator of a test, or of all of a class: skipped in programs of TensorFlow 1."""
    decorate = _only_where(enabled, reason)
    return decorate if func is None else decorate(func)


def run_gpu_only(func: Any = None) -> Any:
    """Decorator of a test: skipped where there is no GPU."""
    decorate = _only_where(is_gpu_available, "Test requires GPU")
    return decorate if func is None else decorate(func)


run_cuda_only = run_gpu_only


def also_run_as_tf_function(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: where operations run at once, the function is called once more as a traced one."""
    @functools.wraps(f)
    def run(*args: Any, **kwargs: Any) -> None:
        f(*args, **kwargs)
        if mode.executing_eagerly():
            hb.function(lambda: [f(*args, **kwargs), None][1])()

    return run


def generate_combinations_with_testcase_name(**kwargs: Iterable[Any]) -> list[OrderedDict[str, Any]]:
    """Every combination of the values of the arguments, each with a `testcase_name`.

    >>> generate_combinations_with_testcase_name(a=[1, 2])[1]["testcase_name"]
    '_test_a_2'
    """
    made = []
    for values in itertools.product(*(kwargs[key] for key in sorted(kwargs))):
        combination = OrderedDict(zip(sorted(kwargs), values, strict=True))
        parts = ["".join(filter(str.isalnum, f"{x}")) for pair in combination.items() for x in pair]
        made.append(OrderedDict([*combination.items(), ("testcase_name", "_".join(["_test", *parts]))]))
    return made


# Devices -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def device(use_gpu: bool) -> Iterator[Any]:
    """Operations are placed on the GPU where that is asked and there is one, else on the CPU."""
    name = gpu_device_name() if use_gpu else ""
    with tf.device(name or "/device:CPU:0"):
        yield


def use_gpu() -> Any:
    """Operations are placed on the GPU where there is one."""
    return device(True)


force_gpu = use_gpu


def force_cpu() -> Any:
    """Operations are placed on the CPU."""
    return tf.device("/device:CPU:0")


def IsGoogleCudaEnabled() -> bool:
    """Whether JAX is installed with what runs on NVIDIA's GPUs."""
    return tf.test.is_built_with_cuda()


def IsBuiltWithROCm() -> bool:
    """Whether JAX is installed with what runs on AMD's GPUs."""
    return tf.test.is_built_with_rocm()


def IsMklEnabled() -> bool:
    """Whether TensorFlow's kernels for Intel's processors are in use: never."""
    return False


def GpuSupportsHalfMatMulAndConv() -> bool:
    """Whether there is a GPU: all that JAX runs on compute in half precision."""
    return is_gpu_available()


# Graphs and files ----------------------------------------------------------------------------------


def assert_ops_in_graph(expected_ops: dict[str, str], graph: Any) -> dict[str, Any]:
    """The nodes of the graph by name, where it has these operations. Raises ValueError where it has not."""
    nodes = {node.name: node for node in graph.as_graph_def().node}
    for name, kind in expected_ops.items():
        if name not in nodes:
            raise ValueError(f"Not all expected ops are present. Expected {list(expected_ops)}, found {list(nodes)}")
        if nodes[name].op != kind:
            raise ValueError(f"Expected op for node {name} is different. {kind} vs {nodes[name].op}")
    return nodes


def NHWCToNCHW(input_tensor: Any) -> Any:
    """A batch of images or volumes, or its shape as a list, with its channels first."""
    return _moved(input_tensor, lambda rank: [0, rank - 1, *range(1, rank - 1)])


def NCHWToNHWC(input_tensor: Any) -> Any:
    """A batch of images or volumes, or its shape as a list, with its channels last."""
    return _moved(input_tensor, lambda rank: [0, *range(2, rank), 1])


def _moved(given: Any, order: Callable[[int], list[int]]) -> Any:
    if isinstance(given, (list, tuple)):
        return [given[i] for i in order(len(given))]
    return tf.transpose(given, order(given.shape.ndims))


def test_src_dir_path(relative_path: str) -> str:
    """A path below the folder that TEST_SRCDIR names, or the working folder."""
    return os.path.join(os.environ.get("TEST_SRCDIR", os.getcwd()), relative_path)


test_src_dir_path.__test__ = False  # type: ignore[attr-defined]  (no test, whatever its name says)
