"""`tf.config`: devices, threads, precision, determinism. What must come before JAX starts has its own process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

import hornbeam as tf
from hornbeam.graph import seeds

config = tf.config
CPU = config.PhysicalDevice("/physical_device:CPU:0", "CPU")


@pytest.fixture
def all_visible() -> Iterator[None]:
    yield
    config.set_visible_devices(config.list_physical_devices())


def test_the_cpu_is_a_physical_and_a_logical_device() -> None:
    assert config.list_physical_devices("CPU") == [CPU]
    assert CPU in config.list_physical_devices()
    assert config.list_physical_devices("cpu") == []
    assert config.LogicalDevice("/device:CPU:0", "CPU") in config.list_logical_devices("CPU")
    assert config.experimental.list_physical_devices is config.list_physical_devices
    assert config.experimental.VirtualDeviceConfiguration is config.LogicalDeviceConfiguration


def test_visible_devices(all_visible: None) -> None:
    config.set_visible_devices([], "GPU")
    assert config.get_visible_devices() == [CPU]
    config.set_visible_devices(CPU)
    assert config.get_visible_devices("GPU") == []
    config.set_visible_devices([], "CPU")
    assert config.list_logical_devices("CPU") == []
    for wrong, kind in (([3], None), ([CPU], "GPU"), ([config.PhysicalDevice("x", "GPU")], None)):
        with pytest.raises(ValueError, match="Unrecognized device"):
            config.set_visible_devices(wrong, kind)


def test_what_the_cpu_has_not_is_refused() -> None:
    part = config.LogicalDeviceConfiguration
    assert config.get_logical_device_configuration(CPU) is None
    with pytest.raises(ValueError, match="Setting memory limit on CPU virtual devices is currently not supported"):
        config.set_logical_device_configuration(CPU, [part(memory_limit=3)])
    with pytest.raises(ValueError, match="Cannot set memory growth on non-GPU"):
        config.experimental.set_memory_growth(CPU, True)
    with pytest.raises(ValueError, match="Unrecognized device: 3"):
        config.get_logical_device_configuration(3)
    with pytest.raises(ValueError, match="must be a tf"):
        config.experimental.get_device_details(3)
    assert config.experimental.get_device_details(CPU) == {}


def test_after_the_start_parts_and_threads_are_fixed() -> None:
    assert config.list_logical_devices()
    part = config.LogicalDeviceConfiguration()
    with pytest.raises(RuntimeError, match="Virtual devices cannot be modified after being initialized"):
        config.set_logical_device_configuration(CPU, [part, part])
    with pytest.raises(RuntimeError, match="Intra op parallelism cannot be modified after initialization"):
        config.threading.set_intra_op_parallelism_threads(3)
    with pytest.raises(RuntimeError, match="Inter op parallelism cannot be modified after initialization"):
        config.threading.set_inter_op_parallelism_threads(3)
    config.threading.set_inter_op_parallelism_threads(config.threading.get_inter_op_parallelism_threads())


BEFORE_THE_START = """
import os
import hornbeam as tf
part = tf.config.LogicalDeviceConfiguration()
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [part, part, part])
assert tf.config.get_logical_device_configuration(cpu) == [part] * 3
tf.config.threading.set_intra_op_parallelism_threads(3)
assert tf.config.threading.get_intra_op_parallelism_threads() == 3
print([d.name for d in tf.config.list_logical_devices()], len(tf.config.list_physical_devices("CPU")))
tf.matmul(tf.ones([300, 300]), tf.ones([300, 300])).numpy()
try:
    names = [open(f"/proc/self/task/{t}/comm").read().strip() for t in os.listdir("/proc/self/task")]
    print(names.count("tf_XLAEigen") <= 3 * 3)
except FileNotFoundError:
    print(True)
"""


def test_before_the_start_the_cpu_can_be_divided() -> None:
    done = subprocess.run([sys.executable, "-c", BEFORE_THE_START], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["['/device:CPU:0', '/device:CPU:1', '/device:CPU:2'] 1", "True"], done.stderr


@pytest.mark.parametrize(("name", "words"), [("foo", "Failed parsing device name"), ("GPU:9", "No matching devices")])
def test_memory_of_what_is_not_there(name: str, words: str) -> None:
    for ask in (config.experimental.get_memory_info, config.experimental.get_memory_usage,
                config.experimental.reset_memory_stats):
        with pytest.raises(ValueError, match=words):
            ask(name)


def test_memory_of_the_cpu_is_not_counted() -> None:
    config.experimental.reset_memory_stats("CPU:0")
    assert config.experimental.get_memory_info("CPU:0") == {"current": 0, "peak": 0}
    assert config.experimental.get_memory_usage("/device:CPU:0") == 0


def test_what_is_kept_can_be_read() -> None:
    assert config.optimizer.get_jit() == ""
    config.optimizer.set_jit(True)
    assert config.optimizer.get_jit() == "autoclustering"
    config.optimizer.set_jit("anything")
    assert config.optimizer.get_jit() == ""
    config.optimizer.set_experimental_options({"constant_folding": True, "no such option": 1})
    assert config.optimizer.get_experimental_options() == {
        "constant_folding": True, "disable_model_pruning": False, "disable_meta_optimizer": False}
    config.experimental.set_device_policy("warn")
    assert config.experimental.get_device_policy() == "warn"
    config.experimental.set_device_policy(None)
    assert config.experimental.get_device_policy() == "silent"
    with pytest.raises(ValueError, match="Invalid argument `device_policy`: 'foo'"):
        config.experimental.set_device_policy("foo")
    config.experimental.set_synchronous_execution(False)
    assert config.experimental.get_synchronous_execution() is False
    config.experimental.set_synchronous_execution(None)
    config.set_soft_device_placement(False)
    assert config.get_soft_device_placement() is False
    config.set_soft_device_placement(True)
    config.run_functions_eagerly(True)
    assert config.functions_run_eagerly()
    assert config.experimental_functions_run_eagerly()
    config.run_functions_eagerly(False)


def test_products_are_right_with_and_without_rounded_factors() -> None:
    x = np.linspace(0, 1, 400, dtype=np.float32).reshape(20, 20)
    assert config.experimental.tensor_float_32_execution_enabled()
    config.experimental.enable_tensor_float_32_execution(False)
    assert not config.experimental.tensor_float_32_execution_enabled()
    np.testing.assert_allclose(tf.matmul(x, x), x @ x, rtol=1e-6)
    config.experimental.enable_tensor_float_32_execution(True)


def test_determinism_asks_for_seeds() -> None:
    seeds.set_eager_seed(None)
    config.experimental.enable_op_determinism()
    try:
        with pytest.raises(RuntimeError, match="Random ops require a seed to be set when determinism is enabled"):
            tf.random.normal([2])
        assert tf.random.normal([2], seed=1).shape == [2]
        tf.random.set_seed(3)
        assert tf.random.normal([2]).shape == [2]
    finally:
        seeds.require_seeds(False)
        seeds.set_eager_seed(None)
