"""Tensors handed to NumPy, JAX and PyTorch, and taken from them; where the buffer is shared, its address says so."""

from __future__ import annotations

import copy
import importlib.util
import pickle
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import hornbeam as tf

dlpack = tf.experimental.dlpack
DTYPES = [tf.bool, tf.int8, tf.uint8, tf.int16, tf.int32, tf.int64, tf.float16, tf.float32, tf.float64, tf.complex64]


def address(array: Any) -> int:
    """Where an array's first element stands."""
    if isinstance(array, jax.Array):
        return array.unsafe_buffer_pointer()
    return array.__array_interface__["data"][0]


def small() -> Any:
    """A tensor that NumPy holds."""
    made = tf.constant(np.arange(6, dtype=np.float32).reshape(2, 3))
    assert isinstance(made._value, np.ndarray)
    return made


def large() -> Any:
    """A tensor that a compiled program gave."""
    made = tf.matmul(tf.ones([300, 300]), tf.ones([300, 300]))
    assert isinstance(made._value, jax.Array)
    return made


# NumPy -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [small, large])
def test_numpy_reads_a_tensor_in_place(make: Any) -> None:
    tensor = make()
    for array in (np.asarray(tensor), np.asarray(tensor, copy=False), np.from_dlpack(tensor)):
        assert address(array) == address(tensor._value)
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(tensor)[0] = 1
    with pytest.raises(ValueError, match="only as a copy"):
        np.asarray(tensor, dtype=np.float64, copy=False)


@pytest.mark.parametrize("make", [small, large])
def test_a_copy_is_the_callers_own(make: Any) -> None:
    tensor = make()
    for array in (np.array(tensor), tensor.numpy()):
        before = array.copy()
        array[...] = -1
        np.testing.assert_array_equal(tensor, before)


def test_numpy_functions_take_tensors_and_operators_give_them() -> None:
    x = small()
    assert isinstance(np.sin(x), np.ndarray)
    assert np.concatenate([x, x]).shape == (4, 3)
    assert isinstance(np.ones((2, 3), np.float32) + x, tf.Tensor)
    assert isinstance(x * np.float32(2), tf.Tensor)
    assert np.asarray(x, dtype=np.int32).dtype == np.int32
    assert [10, 20][tf.constant(1)] == 20


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: d.name)
def test_every_dtype_goes_to_numpy_and_comes_back(dtype: Any) -> None:
    tensor = tf.cast(tf.constant([0, 1]), dtype)
    array = np.from_dlpack(tensor)
    assert array.dtype == dtype.np_dtype
    back = dlpack.from_dlpack(dlpack.to_dlpack(tensor))
    assert back.dtype is dtype
    assert address(back._value) == address(tensor._value)


def test_strings_are_arrays_of_bytes_and_dlpack_has_none() -> None:
    words = tf.constant(["a", "bc"])
    array = np.asarray(words)
    assert array.tolist() == [b"a", b"bc"]
    assert tf.constant(array).numpy().tolist() == [b"a", b"bc"]
    with pytest.raises(BufferError):
        np.from_dlpack(words)
    with pytest.raises(tf.errors.InvalidArgumentError, match="string is not supported by dlpack"):
        dlpack.to_dlpack(words)


def test_tensors_survive_pickling_and_copying() -> None:
    for tensor in (small(), tf.constant(["a"]), tf.constant([1.5], tf.bfloat16)):
        for again in (pickle.loads(pickle.dumps(tensor)), copy.deepcopy(tensor)):
            assert again.dtype is tensor.dtype
            np.testing.assert_array_equal(np.asarray(again), np.asarray(tensor))


# JAX -------------------------------------------------------------------------------------------------


def test_jax_takes_the_buffer_of_a_compiled_result() -> None:
    tensor = large()
    assert address(jnp.asarray(tensor)) == address(tensor._value)
    assert address(jax.dlpack.from_dlpack(tensor)) == address(tensor._value)


def test_jax_takes_values_and_gives_them_back() -> None:
    tensor = small()
    np.testing.assert_array_equal(jnp.asarray(tensor), tensor)
    np.testing.assert_array_equal(jax.jit(lambda x: x + 1)(jnp.asarray(tensor)), tensor + 1)
    array = jnp.arange(3.0)
    np.testing.assert_array_equal(tf.add(array, 1.0), [1, 2, 3])
    for tensor in (tf.convert_to_tensor(array), tf.constant(array)):
        assert address(np.asarray(tensor)) == address(array)
    assert tf.constant(array, tf.float16).dtype is tf.float16
    assert tf.constant(jnp.ones(2, jnp.bfloat16)).dtype is tf.bfloat16
    assert address(dlpack.from_dlpack(array)._value) == address(array)


def test_bfloat16_goes_to_jax() -> None:
    tensor = tf.constant([1.5, 2.0], tf.bfloat16)
    assert jnp.asarray(tensor).dtype == jnp.bfloat16
    assert jax.dlpack.from_dlpack(tensor).tolist() == [1.5, 2.0]
    back = dlpack.from_dlpack(dlpack.to_dlpack(tensor))
    assert back.dtype is tf.bfloat16
    assert back.numpy().tolist() == [1.5, 2.0]


# Memory of others ------------------------------------------------------------------------------------


def test_arrays_of_others_are_taken_without_a_copy() -> None:
    array = np.ones(300_000, np.float32)
    tensor = dlpack.from_dlpack(array)
    assert address(tensor._value) == address(array)
    array[0] = 7
    assert tensor[0].numpy() == 7


def test_read_only_arrays_are_taken_too() -> None:
    array = np.ones(3)
    array.flags.writeable = False
    tensor = dlpack.from_dlpack(array)
    assert address(tensor._value) == address(array)
    again = dlpack.from_dlpack(dlpack.to_dlpack(tensor))
    assert again.numpy().tolist() == [1, 1, 1]


def test_what_is_no_tensor_is_refused() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be a TF tensor, not Python object"):
        dlpack.to_dlpack(3)
    with pytest.raises(TypeError, match="takes a DLPack capsule, not int"):
        dlpack.from_dlpack(3)
    with tf.Graph().as_default():
        symbolic = tf.constant([1.0])
        with pytest.raises(NotImplementedError, match="Cannot convert a symbolic"):
            np.asarray(symbolic)
        with pytest.raises(tf.errors.InvalidArgumentError, match="must be a TF tensor"):
            dlpack.to_dlpack(symbolic)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed here")
def test_pytorch_takes_the_buffer_and_gives_it_back() -> None:
    import torch

    for tensor in (small(), large(), tf.constant([1.5], tf.bfloat16)):
        taken = torch.from_dlpack(tensor)
        assert taken.tolist() == np.asarray(tensor).tolist()
        if tensor.dtype is not tf.bfloat16:
            assert taken.data_ptr() == address(tensor._value)
    given = torch.arange(4.0)
    back = dlpack.from_dlpack(torch.utils.dlpack.to_dlpack(given))
    assert address(back._value) == given.data_ptr()
