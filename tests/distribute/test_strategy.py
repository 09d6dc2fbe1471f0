"""Strategies of one replica."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras


def test_where_a_program_stands() -> None:
    strategy = tf.distribute.MirroredStrategy()
    assert strategy.num_replicas_in_sync == 1
    assert not tf.distribute.has_strategy()
    assert not tf.distribute.in_cross_replica_context()
    with strategy.scope() as found:
        assert found is strategy is tf.distribute.get_strategy()
        assert tf.distribute.in_cross_replica_context()
        with pytest.raises(RuntimeError, match="Mixing different"), tf.distribute.OneDeviceStrategy("/cpu:0").scope():
            pass

    def step() -> tuple[object, object]:
        replica = tf.distribute.get_replica_context()
        assert replica.strategy is strategy
        assert not tf.distribute.in_cross_replica_context()
        inner = replica.merge_call(lambda s, x: (s, tf.distribute.in_cross_replica_context(), x), args=(3,))
        return inner, replica.all_reduce("sum", tf.constant(2.0))

    merged, summed = strategy.run(step)
    assert merged == (strategy, True, 3)
    assert float(summed) == 2.0
    assert strategy.extended.worker_devices == ("/job:localhost/replica:0/task:0/device:CPU:0",)


def test_a_strategy_for_the_whole_process() -> None:
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    tf.distribute.experimental_set_strategy(strategy)
    try:
        assert tf.distribute.get_strategy() is strategy
        with strategy.scope(), pytest.raises(RuntimeError, match="inside"):
            tf.distribute.experimental_set_strategy(None)
    finally:
        tf.distribute.experimental_set_strategy(None)
    assert not tf.distribute.has_strategy()


def test_values_are_reduced_along_an_axis() -> None:
    strategy = tf.distribute.get_strategy()
    assert float(strategy.reduce("SUM", tf.constant([1.0, 3.0]), axis=0)) == 4.0
    assert float(strategy.reduce(tf.distribute.ReduceOp.MEAN, [1.0, 3.0], axis=0)) == 2.0
    assert [float(v) for v in strategy.reduce("MEAN", (tf.constant([1.0, 3.0]), tf.constant(1.0)), axis=(0, None))
            ] == [2.0, 1.0]
    with pytest.raises(ValueError, match="'X' is not a valid ReduceOp"):
        strategy.reduce("x", 1.0, None)


def test_a_loop_over_a_distributed_dataset_in_a_function() -> None:
    strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
    with strategy.scope():
        total = tf.Variable(0.0)

    def step(batch: tf.Tensor) -> tf.Tensor:
        if tf.reduce_sum(batch) > 2:  # converted, as it is called within a traced function
            batch = batch * 10.0
        total.assign_add(tf.reduce_sum(batch))
        return tf.reduce_sum(batch)

    def dataset_fn(context: tf.distribute.InputContext) -> tf.data.Dataset:
        size = context.get_per_replica_batch_size(2)
        return tf.data.Dataset.from_tensor_slices(np.arange(4, dtype="float32")).batch(size)

    @tf.function
    def epoch(dataset: tf.data.Dataset) -> tf.Tensor:
        loss = 0.0
        for batch in dataset:
            loss += strategy.reduce("SUM", strategy.run(step, args=(batch,)), axis=None)
        return loss

    data = strategy.distribute_datasets_from_function(dataset_fn)
    assert float(epoch(strategy.experimental_distribute_dataset(data))) == 51.0
    assert float(total) == 51.0
    made = strategy.experimental_distribute_values_from_function(lambda c: c.num_replicas_in_sync)
    assert strategy.experimental_local_results(made) == (1,)


def test_fit_in_a_scope() -> None:
    with tf.distribute.MirroredStrategy().scope():
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        history = model.fit(np.ones((8, 2), "float32"), np.ones((8, 1), "float32"), verbose=0)
    assert np.isfinite(history.history["loss"][0])


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="one device"):
        tf.distribute.MirroredStrategy(["/gpu:0", "/gpu:1"])
    with pytest.raises(ValueError, match="TPU Name"):
        tf.distribute.cluster_resolver.TPUClusterResolver()
    with pytest.raises(ValueError, match="not divisible"):
        tf.distribute.InputContext(num_replicas_in_sync=4).get_per_replica_batch_size(7)
    with pytest.raises(ValueError, match="num_packs >= 0"):
        tf.distribute.NcclAllReduce(-1)
