"""`tf.types.experimental`: what is of which kind."""

from __future__ import annotations

import hornbeam as tf

types = tf.types.experimental


def test_functions_and_their_traces() -> None:
    @tf.function
    def double(x: object) -> object:
        return x * 2  # type: ignore[operator]

    assert isinstance(double, types.GenericFunction)
    assert isinstance(double, types.PolymorphicFunction)
    assert isinstance(double, types.Callable)
    concrete = double.get_concrete_function(tf.constant(1.0))
    assert isinstance(concrete, types.ConcreteFunction)
    assert isinstance(concrete, types.Callable)
    assert not isinstance(concrete, types.PolymorphicFunction)


def test_tensors_and_specs() -> None:
    assert isinstance(tf.constant(1), types.TensorLike)
    assert isinstance(1.0, types.TensorLike)
    assert not isinstance(object(), types.TensorLike)
    assert isinstance(tf.TensorSpec([1]), types.TraceType)
