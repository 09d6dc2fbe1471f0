"""`tf.debugging`: numbers that are none are told with the op that gave them; calls say where they run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import hornbeam as tf

debugging = tf.debugging


@pytest.fixture
def checked() -> Iterator[None]:
    debugging.enable_check_numerics()
    debugging.enable_check_numerics()
    yield
    debugging.disable_check_numerics()


@pytest.mark.parametrize(("call", "words"), [
    (lambda: tf.math.log([0.0, 1.0]), ['op "Log"', "shape: (2,)", "# of -Inf elements: 1", "Input tensor: tf.Tensor",
                                       "Tensor had -Inf values"]),
    (lambda: tf.sqrt([-1.0]), ['op "Sqrt"', "# of +NaN elements: 1", "Tensor had NaN values"]),
    (lambda: tf.cast(tf.constant(3e38), tf.float16), ['op "Cast"', "dtype: <dtype: 'float16'>", "+Inf"]),
    (lambda: tf.where([True], [float("inf")], [1.0]), ["Input tensors (3):", "0: tf.Tensor([ True]"]),
    (lambda: tf.Variable(float("nan")) + 1.0, ["Detected Infinity or NaN"]),
    (lambda: tf.constant(1j) / tf.constant(0j), ["Detected Infinity or NaN"]),
])
def test_what_is_no_number_is_told_with_its_op(checked: None, call: Any, words: list[str]) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError) as raised:
        call()
    assert all(word in str(raised.value) for word in words), str(raised.value)


def test_in_a_function_the_op_is_found(checked: None) -> None:
    function = tf.function(lambda x: tf.math.log(x) + 1.0)
    with pytest.raises(tf.errors.InvalidArgumentError, match='op "Log"'):
        function(tf.constant([0.0, 2.0]))
    assert function(tf.constant([1.0])).numpy() == 1.0
    debugging.disable_check_numerics()
    assert function(tf.constant([0.0])).numpy() == float("-inf")
    assert not tf.config.functions_run_eagerly()


def test_what_is_a_number_passes_and_gradients_are_taken(checked: None) -> None:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, x).numpy().tolist() == [2, 4]
    assert tf.constant(["a"]).numpy().tolist() == [b"a"]
    assert tf.constant(float("inf")).numpy() == float("inf")


def test_another_thread_is_not_checked(checked: None) -> None:
    found = []
    thread = threading.Thread(target=lambda: found.append(tf.math.log(0.0).numpy()))
    thread.start()
    thread.join()
    assert found == [float("-inf")]


def test_calls_say_where_they_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert not debugging.get_log_device_placement()
    debugging.set_log_device_placement(True)
    assert debugging.get_log_device_placement()
    x = tf.constant([1.0]) + 2.0
    assert capsys.readouterr().err == "Executing op AddV2 in device /job:localhost/replica:0/task:0/device:CPU:0\n"
    debugging.set_log_device_placement(False)
    assert (x + 1.0).numpy() == 4
    assert capsys.readouterr().err == ""


def test_filtering_of_tracebacks_is_remembered() -> None:
    assert debugging.is_traceback_filtering_enabled()
    debugging.disable_traceback_filtering()
    assert not debugging.is_traceback_filtering_enabled()
    debugging.enable_traceback_filtering()
    assert debugging.is_traceback_filtering_enabled()
