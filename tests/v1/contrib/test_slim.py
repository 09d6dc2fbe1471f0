"""Argument scopes, hyperparameters, slim's loops, values from checkpoints, SciPy's optimizers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf
from hornbeam.v1.api import tf as api

slim, framework = api.contrib.slim, api.contrib.framework


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


# Argument scopes ----------------------------------------------------------------------------------------


@framework.add_arg_scope
def scoped(x: Any, a: int = 1, b: Any = None) -> tuple[Any, int, Any]:
    """A function that takes its defaults from scopes."""
    return x, a, b


def plain() -> None:
    """A function that does not."""


def test_scopes_nest_and_are_opened_again() -> None:
    with framework.arg_scope([scoped], a=2), framework.arg_scope([scoped], b=3) as scope:
        assert scoped(0) == (0, 2, 3)
        assert scoped(0, b=9) == (0, 2, 9)
    assert scoped(0) == (0, 1, None)
    with framework.arg_scope(scope):
        assert scoped(0) == (0, 2, 3)
        assert framework.current_arg_scope() is not scope
    assert framework.arg_scoped_arguments(scoped) == ("a", "b")
    assert framework.has_arg_scope(scoped)
    assert framework.has_arg_scope(api.contrib.layers.conv2d)


@pytest.mark.parametrize(("ops", "arguments", "error", "words"), [
    ([plain], {"a": 1}, ValueError, "plain is not decorated with @add_arg_scope"),
    ({}, {"a": 1}, ValueError, "kwargs must be empty"),
    (scoped, {"a": 1}, TypeError, "list_ops_or_scope must either be a list/tuple")])
def test_scopes_refuse(ops: Any, arguments: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words), framework.arg_scope(ops, **arguments):
        pass


def test_variants_follow_the_scope_of_fully_connected() -> None:
    with slim.arg_scope([slim.fully_connected], weights_regularizer=slim.l2_regularizer(0.1)):
        y = slim.linear(tf.ones([1, 2]), 3)
    assert y.op.type == "BiasAdd"
    assert len(slim.losses.get_regularization_losses()) == 1


def test_end_points_are_found_by_name() -> None:
    with slim.arg_scope([slim.conv2d, slim.max_pool2d], outputs_collections="points"):
        net = slim.repeat(tf.ones([1, 8, 8, 1]), 2, slim.conv2d, 2, [3, 3], scope="conv")
        slim.max_pool2d(net, 2, scope="pool")
    points = slim.utils.convert_collection_to_dict("points")
    assert list(points) == ["conv/conv_1", "conv/conv_2", "pool"]
    assert points["conv/conv_2"] is net


# Hyperparameters ----------------------------------------------------------------------------------------


def test_hyperparameters_are_read_from_text() -> None:
    params = api.contrib.training.HParams(rate=0.1, layers=[3, 4], name="a", flag=True, steps=5)
    params.parse("rate=1e-2,layers=[5,6,7],name=hello,flag=false")
    assert params.values() == {"rate": 0.01, "layers": [5, 6, 7], "name": "hello", "flag": False, "steps": 5}
    params.override_from_dict({"steps": 7}).parse_json('{"rate": 1}')
    assert (params.steps, params.rate, "rate" in params, params.get("none", 3)) == (7, 1.0, True, 3)
    assert str(params) == "flag=False,layers=[5, 6, 7],name=hello,rate=1.0,steps=7"
    params.del_hparam("name")
    assert "name" not in params


@pytest.mark.parametrize(("text", "words"), [
    ("steps=x", "Could not parse hparam 'steps' of type 'int' with value 'x'"),
    ("huh=1", "Unknown hyperparameter type for huh"), ("steps=1,steps=2", "Multiple assignments to variable 'steps'"),
    ("steps", "Malformed hyperparameter value: steps"), ("layers=3", "Must pass a list for multi-valued parameter"),
    ("steps=[1]", "Must not pass a list for single-valued parameter")])
def test_bad_hyperparameters_are_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        api.contrib.training.HParams(steps=5, layers=[1]).parse(text)


# Training and evaluating --------------------------------------------------------------------------------


def _regression() -> Any:
    x = tf.constant(np.random.RandomState(0).randn(64, 3).astype("f"))
    y = slim.fully_connected(x, 1, activation_fn=None, scope="net")
    return tf.reduce_mean(tf.squared_difference(y, tf.reduce_sum(x, 1, keepdims=True))), x, y


def test_training_saves_and_goes_on(tmp_path: Path) -> None:
    logdir = str(tmp_path / "train")
    losses = []
    for steps in (20, 60):
        with tf.Graph().as_default():
            train_op = slim.learning.create_train_op(_regression()[0], tf.train.GradientDescentOptimizer(0.1))
            losses.append(slim.learning.train(train_op, logdir, number_of_steps=steps, log_every_n_steps=0,
                                              trace_every_n_steps=20))
    assert losses[1] < losses[0] < 3.0
    assert tf.train.latest_checkpoint(logdir).endswith("model.ckpt-60")
    traces = sorted(int(p.stem.rpartition("-")[2]) for p in (tmp_path / "train").glob("tf_trace-*.json"))
    assert traces == list(range(0, 60, 20))
    with tf.Graph().as_default():
        loss = _regression()[0]
        tf.train.get_or_create_global_step()
        found = slim.evaluation.evaluate_once("", tf.train.latest_checkpoint(logdir), str(tmp_path / "eval"),
                                              num_evals=2, final_op=loss)
    assert found < losses[1]


def test_values_come_from_arrays_and_checkpoints(tmp_path: Path) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        tf.Variable([1.0, 2.0], name="a"), tf.Variable([[3.0], [4.0]], name="b")
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, str(tmp_path / "model"))
    a, b = framework.variable("scope/a", [2]), framework.model_variable("b", [2])
    new = framework.local_variable(5.0, name="new")
    assert framework.get_model_variables() == [b]
    assert framework.get_local_variables() == [new]
    assert framework.get_variables_to_restore(exclude=["scope"]) == [b]
    with tf.Session() as session:
        framework.assign_from_checkpoint_fn(path, {"a": a, "b": b}, reshape_variables=True)(session)
        assert [v.tolist() for v in session.run([a, b])] == [[1.0, 2.0], [3.0, 4.0]]
        framework.assign_from_values_fn({"b": np.array([7.0, 8.0])})(session)
        assert session.run(b).tolist() == [7.0, 8.0]
    with pytest.raises(ValueError, match="Checkpoint is missing variable"):
        framework.assign_from_checkpoint(path, {"c": a})
    assert framework.assign_from_checkpoint_fn(path, {"c": a}, ignore_missing_vars=True) is None


def test_sizes_are_counted() -> None:
    v = tf.Variable(np.zeros((2, 3), "f"))
    assert slim.model_analyzer.analyze_vars([v]) == (6, 24)
    assert slim.model_analyzer.tensor_description(v) == "(float32_ref 2x3)"


# Optimizers ----------------------------------------------------------------------------------------------


def test_scipy_minimizes_within_bounds_and_constraints() -> None:
    vector = tf.Variable([7.0, 7.0], name="vector")
    loss = tf.reduce_sum(tf.square(vector))
    opt = api.contrib.opt
    constrained = opt.ScipyOptimizerInterface(loss, equalities=[vector[0] - 2.0], inequalities=[vector[1] - 1.0],
                                              method="SLSQP")
    bounded = opt.ScipyOptimizerInterface(loss, var_to_bounds={vector: ([1, 2], np.inf)})
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        constrained.minimize(session)
        np.testing.assert_allclose(session.run(vector), [2.0, 1.0], atol=1e-4)
        bounded.minimize(session)
        np.testing.assert_allclose(session.run(vector), [1.0, 2.0], atol=1e-4)


def test_decay_is_apart_from_the_gradient() -> None:
    opt = api.contrib.opt
    w, b = tf.Variable([1.0, -2.0]), tf.Variable(4.0)
    step = opt.extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer)(0.1, learning_rate=0.5)
    train = step.minimize(tf.reduce_sum(w) + b, decay_var_list=[w])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        np.testing.assert_allclose(session.run(w), [0.9 - 0.5, -1.8 - 0.5], rtol=1e-6)
        assert session.run(b) == 3.5


def test_averages_are_saved_in_their_variables_place(tmp_path: Path) -> None:
    w = tf.Variable(1.0, name="w")
    optimizer = api.contrib.opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(1.0), average_decay=0.5)
    with pytest.raises(RuntimeError, match="before creating the swapping_saver"):
        optimizer.swapping_saver()
    train = optimizer.minimize(w)
    saver = optimizer.swapping_saver()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        assert session.run(w) == 0.0
        path = saver.save(session, str(tmp_path / "averaged"))
    assert tf.train.load_variable(path, "w") == 0.5


# Networks -------------------------------------------------------------------------------------------------


def test_networks_are_built_with_their_end_points() -> None:
    nets = slim.nets
    with slim.arg_scope(nets.vgg.vgg_arg_scope()):
        logits, points = nets.vgg.vgg_16(tf.zeros([2, 224, 224, 3]), 10)
    assert (logits.op.name, logits.shape.as_list()) == ("vgg_16/fc8/squeezed", [2, 10])
    assert list(points)[:3] == ["vgg_16/conv1/conv1_1", "vgg_16/conv1/conv1_2", "vgg_16/pool1"]
    with slim.arg_scope(nets.resnet_v1.resnet_arg_scope()):
        features, points = nets.resnet_v1.resnet_v1_50(tf.zeros([2, 224, 224, 3]), output_stride=16, global_pool=False)
    assert features.shape.as_list() == [2, 14, 14, 2048]
    assert "resnet_v1_50/block3" in points
    assert len(slim.get_model_variables("resnet_v1_50")) == 53 * 5
    with pytest.raises(ValueError, match="multiple of 4"):
        nets.resnet_v2.resnet_v2_50(tf.zeros([1, 32, 32, 3]), output_stride=6)


def test_a_small_residual_network_computes() -> None:
    nets = slim.nets.resnet_v2
    blocks = [nets.resnet_v2_block("block1", 1, 3, 2), nets.resnet_v2_block("block2", 2, 2, 1)]
    with slim.arg_scope(nets.resnet_arg_scope()):
        logits, points = nets.resnet_v2(tf.ones([2, 16, 16, 3]), blocks, 4, scope="small")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(logits).shape == (2, 1, 1, 4)
        np.testing.assert_allclose(session.run(points["predictions"]).sum(-1), 1.0, rtol=1e-5)
