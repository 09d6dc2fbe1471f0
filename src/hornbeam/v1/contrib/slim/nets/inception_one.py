"""Inception v1, which is GoogLeNet. Szegedy et al. 2014."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.graph.names import public
from hornbeam.ops.activations import relu
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.arg_scopes import arg_scope
from hornbeam.v1.contrib.layers.batch_norms import batch_norm
from hornbeam.v1.contrib.layers.convolutions import convolution2d
from hornbeam.v1.contrib.layers.fully import fully_connected
from hornbeam.v1.contrib.layers.poolings import avg_pool2d, max_pool2d
from hornbeam.v1.contrib.layers.regularizers import l2_regularizer
from hornbeam.v1.contrib.layers.reshaping import dropout, softmax

_SPACES = ("contrib.slim.nets.inception", "contrib.slim.nets.inception_v1")
# Each part of mixed branches: the widths of 1 × 1; 1 × 1 then 3 × 3; 1 × 1 then 3 × 3; pooling then 1 × 1.
_MIXED = {"3b": (64, 96, 128, 16, 32, 32), "3c": (128, 128, 192, 32, 96, 64), "4b": (192, 96, 208, 16, 48, 64),
          "4c": (160, 112, 224, 24, 64, 64), "4d": (128, 128, 256, 24, 64, 64), "4e": (112, 144, 288, 32, 64, 64),
          "4f": (256, 160, 320, 32, 128, 128), "5b": (256, 160, 320, 32, 128, 128), "5c": (384, 192, 384, 48, 128, 128)}


@public(v1=[f"{space}.inception_v1_arg_scope" for space in _SPACES])
def inception_v1_arg_scope(weight_decay: float = 0.00004, use_batch_norm: bool = True,
                           batch_norm_var_collection: str = "moving_vars") -> Any:
    """The argument scope of Inception v1. batch_norm_var_collection: where the moving averages go."""
    settings = {"decay": 0.9997, "epsilon": 0.001, "updates_collections": tf.GraphKeys.UPDATE_OPS,
                "variables_collections": {"beta": None, "gamma": None, "moving_mean": [batch_norm_var_collection],
                                          "moving_variance": [batch_norm_var_collection]}}
    normalizer = {"normalizer_fn": batch_norm, "normalizer_params": settings} if use_batch_norm else {
        "normalizer_fn": None, "normalizer_params": {}}
    with (arg_scope([convolution2d, fully_connected], weights_regularizer=l2_regularizer(weight_decay)),
          arg_scope([convolution2d], weights_initializer=tf.contrib.layers.variance_scaling_initializer(),
                    activation_fn=relu, **normalizer) as scope):
        return scope


def _mixed(net: Any, label: str) -> Any:
    """Four branches side by side."""
    one, before_three, three, before_second, second, pooled = _MIXED[label]
    with tf.variable_scope("Branch_0"):
        first = convolution2d(net, one, [1, 1], scope="Conv2d_0a_1x1")
    with tf.variable_scope("Branch_1"):
        wide = convolution2d(net, before_three, [1, 1], scope="Conv2d_0a_1x1")
        wide = convolution2d(wide, three, [3, 3], scope="Conv2d_0b_3x3")
    with tf.variable_scope("Branch_2"):
        narrow = convolution2d(net, before_second, [1, 1], scope="Conv2d_0a_1x1")
        # so it is named in the checkpoints that are public
        narrow = convolution2d(narrow, second, [3, 3], scope="Conv2d_0a_3x3" if label == "5b" else "Conv2d_0b_3x3")
    with tf.variable_scope("Branch_3"):
        last = max_pool2d(net, [3, 3], scope="MaxPool_0a_3x3")
        last = convolution2d(last, pooled, [1, 1], scope="Conv2d_0b_1x1")
    return tf.concat([first, wide, narrow, last], 3)


def _parts() -> list[tuple[str, Callable[[Any, str], Any]]]:
    """The parts of the network by their end points."""
    def convolved(width: int, size: int, stride: int = 1) -> Callable[[Any, str], Any]:
        return lambda net, scope: convolution2d(net, width, [size, size], stride=stride, scope=scope)

    def pooled(size: int) -> Callable[[Any, str], Any]:
        return lambda net, scope: max_pool2d(net, [size, size], stride=2, scope=scope)

    def mixed(net: Any, scope: str) -> Any:
        with tf.variable_scope(scope):
            return _mixed(net, scope.removeprefix("Mixed_"))

    return [("Conv2d_1a_7x7", convolved(64, 7, 2)), ("MaxPool_2a_3x3", pooled(3)), ("Conv2d_2b_1x1", convolved(64, 1)),
            ("Conv2d_2c_3x3", convolved(192, 3)), ("MaxPool_3a_3x3", pooled(3)), ("Mixed_3b", mixed),
            ("Mixed_3c", mixed), ("MaxPool_4a_3x3", pooled(3)), ("Mixed_4b", mixed), ("Mixed_4c", mixed),
            ("Mixed_4d", mixed), ("Mixed_4e", mixed), ("Mixed_4f", mixed), ("MaxPool_5a_2x2", pooled(2)),
            ("Mixed_5b", mixed), ("Mixed_5c", mixed)]


@public(v1=[f"{space}.inception_v1_base" for space in _SPACES])
def inception_v1_base(inputs: Any, final_endpoint: str = "Mixed_5c",
                      scope: str = "InceptionV1") -> tuple[Any, dict[str, Any]]:
    """The network up to `final_endpoint`: (its output, end points). Raises ValueError for a name that is none."""
    points: dict[str, Any] = {}
    with (tf.variable_scope(scope, "InceptionV1", [inputs]),
          arg_scope([convolution2d, fully_connected], weights_initializer=tf.truncated_normal_initializer(0.0, 0.01)),
          arg_scope([convolution2d, max_pool2d], stride=1, padding="SAME")):
        net = inputs
        for name, part in _parts():
            net = points[name] = part(net, name)
            if name == final_endpoint:
                return net, points
    raise ValueError(f"Unknown final endpoint {final_endpoint}")


@public(v1=[f"{space}.inception_v1" for space in _SPACES])
def inception_v1(inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.8,
                 prediction_fn: Callable[..., Any] = softmax, spatial_squeeze: bool = True, reuse: Any = None,
                 scope: str = "InceptionV1") -> tuple[Any, dict[str, Any]]:
    """The network for images of 224 × 224: (logits, end points, with "Logits" and "Predictions").

    spatial_squeeze: logits as [batch, classes], else [batch, height, width, classes].
    """
    with (tf.variable_scope(scope, "InceptionV1", [inputs, num_classes], reuse=reuse) as opened,
          arg_scope([batch_norm, dropout], is_training=is_training)):
        net, points = inception_v1_base(inputs, scope=opened)
        with tf.variable_scope("Logits"):
            net = avg_pool2d(net, [7, 7], stride=1, scope="MaxPool_0a_7x7")
            net = dropout(net, dropout_keep_prob, scope="Dropout_0b")
            logits = convolution2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None,
                                   scope="Conv2d_0c_1x1")
            if spatial_squeeze:
                logits = tf.squeeze(logits, [1, 2], name="SpatialSqueeze")
            points["Logits"] = logits
            points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, points


inception_v1.default_image_size = 224  # type: ignore[attr-defined]
