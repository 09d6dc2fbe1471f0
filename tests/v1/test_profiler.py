"""`tf.profiler`: counts as TensorFlow gives them, and what is shown of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf

builder = tf.profiler.ProfileOptionBuilder


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


def _profile(options: Any, **arguments: Any) -> Any:
    return tf.profiler.profile(options=builder(options).with_empty_output().build(), **arguments)


def _layers(batch: int | None = 8) -> Any:
    x = tf.placeholder(tf.float32, [batch, 784], name="x")
    with tf.variable_scope("fc1"):
        hidden = tf.nn.relu(tf.matmul(x, tf.get_variable("w", [784, 20], initializer=tf.zeros_initializer)))
    with tf.variable_scope("fc2"):
        weights = tf.get_variable("w", [20, 10], initializer=tf.zeros_initializer)
        made = tf.nn.bias_add(tf.matmul(hidden, weights), tf.get_variable("b", [10], initializer=tf.zeros_initializer))
    tf.Variable(np.ones(7, "f"), trainable=False, name="frozen")
    return x, made


def _own(node: Any, field: str) -> dict[str, int]:
    found = {node.name: getattr(node, field)} if getattr(node, field) else {}
    for child in node.children:
        found |= _own(child, field)
    return found


def test_parameters_are_those_of_trainable_variables(capsys: pytest.CaptureFixture[str]) -> None:
    _layers()
    found = tf.profiler.profile(options=builder.trainable_variables_parameter())
    assert found.total_parameters == 15_890
    assert [(c.name, c.total_parameters) for c in found.children] == [("fc1", 15_680), ("fc2", 210)]
    assert [c.name for c in found.children[1].children] == ["fc2/b", "fc2/w"]
    told = capsys.readouterr().out
    assert "node name | # parameters\n_TFProfRoot (--/15.89k params)\n  fc1 (--/15.68k params)" in told
    assert "    fc1/w (784x20, 15.68k/15.68k params)\n" in told
    every = _profile(builder(builder.trainable_variables_parameter()).with_accounted_types(["VariableV2"]).build())
    assert every.total_parameters == 15_897
    older = tf.contrib.tfprof.model_analyzer
    assert older.print_model_analysis(tf.get_default_graph(), tfprof_options=older.TRAINABLE_VARS_PARAMS_STAT_OPTIONS
                                      ).total_parameters == 15_890


def test_operations_are_counted_where_shapes_are_known() -> None:
    _layers()
    found = _profile(builder.float_operation())
    assert _own(found, "float_ops") == {"fc1/MatMul": 250_880, "fc2/MatMul": 3_200, "fc2/BiasAdd": 80}
    assert [c.name for c in found.children] == ["fc1/MatMul", "fc2/MatMul", "fc2/BiasAdd"]
    assert found.total_float_ops == 254_160
    kinds = _profile(builder.float_operation(), cmd="op")
    assert [(c.name, c.total_float_ops) for c in kinds.children] == [("MatMul", 254_080), ("BiasAdd", 80)]


def test_a_traced_run_tells_shapes_and_times() -> None:
    x, made = _layers(batch=None)
    assert _profile(builder.float_operation()).total_float_ops == 0
    metadata = tf.RunMetadata()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(made, {x: np.zeros([8, 784])}, tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), metadata)
    assert _profile(builder.float_operation(), run_meta=metadata).total_float_ops == 254_160
    found = _profile(builder.time_and_memory(min_micros=0), run_meta=metadata)
    assert _own(found, "requested_bytes")["fc1/MatMul"] == 640
    assert _own(found, "exec_micros").keys() <= _own(found, "run_count").keys()


def test_gradients_and_loops_are_counted() -> None:
    image, kernel = tf.placeholder(tf.float32, [2, 9, 9, 6]), tf.placeholder(tf.float32, [3, 3, 6, 5])
    made = tf.nn.max_pool(tf.nn.conv2d(image, kernel, [1, 2, 2, 1], "VALID"), [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
    tf.gradients(made, [image, kernel], grad_ys=tf.placeholder(tf.float32, [2, 2, 2, 5]))
    tf.while_loop(lambda i, a: i < 3.0, lambda i, a: (i + 1.0, a * 2.0), [tf.constant(0.0), tf.ones([3, 5])])
    found = _own(_profile(builder.float_operation()), "float_ops")
    assert {name.rpartition("/")[2]: number for name, number in found.items()} == {
        "Conv2D": 17_280, "MaxPool": 160, "MaxPoolGrad": 200, "Conv2DBackpropInput": 21_870,
        "Conv2DBackpropFilter": 21_870, "Less": 1, "add": 1, "mul": 15}


def test_options_say_what_is_shown(tmp_path: Any) -> None:
    _layers()
    options = builder(builder.trainable_variables_parameter()).with_max_depth(2).with_file_output(f"{tmp_path}/report")
    found = tf.profiler.profile(options=options.build())
    assert [(c.name, c.total_parameters) for c in found.children] == [("fc1", 0), ("fc2", 0)]
    assert _profile(options.account_displayed_op_only(False).build()).total_parameters == 15_890
    assert (tmp_path / "report").read_text().startswith("Profile:\nnode name | # parameters\n")
    hidden = builder(builder.trainable_variables_parameter()).with_node_names(hide_name_regexes=[".*/b"])
    assert _profile(hidden.build()).total_parameters == 15_880
    large = builder(builder.trainable_variables_parameter()).with_min_parameters(100).order_by("params")
    assert [c.name for c in _profile(large.build()).children] == ["fc1/w", "fc2/w"]
    with pytest.raises(ValueError, match="unknown cmd: code"):
        tf.profiler.profile(cmd="code")
    with pytest.raises(ValueError, match="not 'speed'"):
        _profile(builder().order_by("speed").build())
