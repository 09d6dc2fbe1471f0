"""Inception v3. Szegedy et al. 2015."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

_SPACES = ("contrib.slim.nets.inception", "contrib.slim.nets.inception_v3")
Depth = Callable[[int], int]
# A convolution: its scope, width and window; a list of them stands side by side. Pooling has no width.
Step = tuple[str, int, tuple[int, int]]

_STEM: tuple[tuple[str, int, int, int, str], ...] = (
    ("Conv2d_1a_3x3", 32, 3, 2, "VALID"), ("Conv2d_2a_3x3", 32, 3, 1, "VALID"), ("Conv2d_2b_3x3", 64, 3, 1, "SAME"),
    ("MaxPool_3a_3x3", 0, 3, 2, "VALID"), ("Conv2d_3b_1x1", 80, 1, 1, "VALID"), ("Conv2d_4a_3x3", 192, 3, 1, "VALID"),
    ("MaxPool_5a_3x3", 0, 3, 2, "VALID"))


def _point(width: int, scope: str = "Conv2d_0a_1x1") -> Step:
    return scope, width, (1, 1)


def _pooled(width: int) -> list[Step]:
    return [("AvgPool_0a_3x3", 0, (3, 3)), _point(width, "Conv2d_0b_1x1")]


def _fives(pooled: int, names: tuple[str, str] = ("Conv2d_0a_1x1", "Conv2d_0b_5x5")) -> list[list[Any]]:
    """Mixed_5b to 5d: windows of 1, 5, and 3 twice."""
    return [[_point(64)], [_point(48, names[0]), (names[1], 64, (5, 5))],
            [_point(64), ("Conv2d_0b_3x3", 96, (3, 3)), ("Conv2d_0c_3x3", 96, (3, 3))], _pooled(pooled)]


def _sevens(inner: int) -> list[list[Any]]:
    """Mixed_6b to 6e: windows of 7 in one dimension, then in the other."""
    return [[_point(192)],
            [_point(inner), ("Conv2d_0b_1x7", inner, (1, 7)), ("Conv2d_0c_7x1", 192, (7, 1))],
            [_point(inner), ("Conv2d_0b_7x1", inner, (7, 1)), ("Conv2d_0c_1x7", inner, (1, 7)),
             ("Conv2d_0d_7x1", inner, (7, 1)), ("Conv2d_0e_1x7", 192, (1, 7))], _pooled(192)]


def _threes(second: str) -> list[list[Any]]:
    """Mixed_7b and 7c: windows of 3 in one dimension and in the other, side by side."""
    return [[_point(320)],
            [_point(384), [("Conv2d_0b_1x3", 384, (1, 3)), (second, 384, (3, 1))]],
            [_point(448), ("Conv2d_0b_3x3", 384, (3, 3)),
             [("Conv2d_0c_1x3", 384, (1, 3)), ("Conv2d_0d_3x1", 384, (3, 1))]], _pooled(192)]


# The names are those of the checkpoints that are public. "Conv2d_1a…" and "MaxPool_1a…" halve the size.
_MIXED: dict[str, list[list[Any]]] = {
    "Mixed_5b": _fives(32), "Mixed_5c": _fives(64, ("Conv2d_0b_1x1", "Conv_1_0c_5x5")), "Mixed_5d": _fives(64),
    "Mixed_6a": [[("Conv2d_1a_1x1", 384, (3, 3))],
                 [_point(64), ("Conv2d_0b_3x3", 96, (3, 3)), ("Conv2d_1a_1x1", 96, (3, 3))],
                 [("MaxPool_1a_3x3", 0, (3, 3))]],
    "Mixed_6b": _sevens(128), "Mixed_6c": _sevens(160), "Mixed_6d": _sevens(160), "Mixed_6e": _sevens(192),
    "Mixed_7a": [[_point(192), ("Conv2d_1a_3x3", 320, (3, 3))],
                 [_point(192), ("Conv2d_0b_1x7", 192, (1, 7)), ("Conv2d_0c_7x1", 192, (7, 1)),
                  ("Conv2d_1a_3x3", 192, (3, 3))],
                 [("MaxPool_1a_3x3", 0, (3, 3))]],
    "Mixed_7b": _threes("Conv2d_0b_3x1"), "Mixed_7c": _threes("Conv2d_0c_3x1")}


@public(v1=[f"{space}.inception_v3_arg_scope" for space in _SPACES])
def inception_v3_arg_scope(weight_decay: float = 0.00004, batch_norm_var_collection: str = "moving_vars",
                           batch_norm_decay: float = 0.9997, batch_norm_epsilon: float = 0.001,
                           updates_collections: Any = "update_ops", use_fused_batchnorm: bool = True) -> Any:
    """The argument scope of Inception v3. batch_norm_var_collection: where the moving averages go."""
    settings = {"decay": batch_norm_decay, "epsilon": batch_norm_epsilon, "updates_collections": updates_collections,
                "fused": use_fused_batchnorm,
                "variables_collections": {"beta": None, "gamma": None, "moving_mean": [batch_norm_var_collection],
                                          "moving_variance": [batch_norm_var_collection]}}
    with (arg_scope([convolution2d, fully_connected], weights_regularizer=l2_regularizer(weight_decay)),
          arg_scope([convolution2d], weights_initializer=tf.contrib.layers.variance_scaling_initializer(),
                    activation_fn=relu, normalizer_fn=batch_norm, normalizer_params=settings) as scope):
        return scope


def _step(net: Any, step: Any, depth: Depth) -> Any:
    if isinstance(step, list):
        return tf.concat([_step(net, s, depth) for s in step], 3)
    scope, width, window = step
    halved = {"stride": 2, "padding": "VALID"} if "_1a_" in scope else {}
    if width:
        return convolution2d(net, depth(width), list(window), scope=scope, **halved)
    return (max_pool2d if scope.startswith("Max") else avg_pool2d)(net, list(window), scope=scope, **halved)


def _mixed(net: Any, branches: Sequence[Sequence[Any]], depth: Depth) -> Any:
    """Branches side by side."""
    made = []
    for i, steps in enumerate(branches):
        with tf.variable_scope(f"Branch_{i}"):
            out = net
            for step in steps:
                out = _step(out, step, depth)
            made.append(out)
    return tf.concat(made, 3)


def _depth(multiplier: float, least: int) -> Depth:
    if multiplier <= 0:
        raise ValueError("depth_multiplier is not greater than zero.")
    return lambda width: max(int(width * multiplier), least)


@public(v1=[f"{space}.inception_v3_base" for space in _SPACES])
def inception_v3_base(inputs: Any, final_endpoint: str = "Mixed_7c", min_depth: int = 16, depth_multiplier: float = 1.0,
                      scope: Any = None) -> tuple[Any, dict[str, Any]]:
    """The network up to `final_endpoint`: (its output, end points).

    depth_multiplier: of all widths, which are `min_depth` at least. Raises ValueError for a name that is no end point,
    and a multiplier that is not positive.
    """
    depth = _depth(depth_multiplier, min_depth)
    points: dict[str, Any] = {}
    with tf.variable_scope(scope, "InceptionV3", [inputs]):
        net = inputs
        for name, width, size, stride, padding in _STEM:
            layer = (lambda x, w=width, **k: convolution2d(x, depth(w), **k)) if width else max_pool2d
            net = points[name] = layer(net, kernel_size=[size, size], stride=stride, padding=padding, scope=name)
            if name == final_endpoint:
                return net, points
        with arg_scope([convolution2d, max_pool2d, avg_pool2d], stride=1, padding="SAME"):
            for name, branches in _MIXED.items():
                with tf.variable_scope(name):
                    net = points[name] = _mixed(net, branches, depth)
                if name == final_endpoint:
                    return net, points
    raise ValueError(f"Unknown final endpoint {final_endpoint}")


def _window(net: Any, size: int) -> list[int]:
    """A window of this size, smaller where the map is."""
    dims = net.shape.as_list()[1:3]
    return [size, size] if None in dims else [min(d, size) for d in dims]


@public(v1=[f"{space}.inception_v3" for space in _SPACES])
def inception_v3(inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.8,
                 min_depth: int = 16, depth_multiplier: float = 1.0, prediction_fn: Callable[..., Any] = softmax,
                 spatial_squeeze: bool = True, reuse: Any = None,
                 scope: str = "InceptionV3") -> tuple[Any, dict[str, Any]]:
    """The network for images of 299 × 299: (logits, end points, with "AuxLogits", "Logits" and "Predictions").

    spatial_squeeze: logits as [batch, classes], else [batch, height, width, classes].
    """
    depth = _depth(depth_multiplier, min_depth)
    bare = {"activation_fn": None, "normalizer_fn": None}
    with (tf.variable_scope(scope, "InceptionV3", [inputs, num_classes], reuse=reuse) as opened,
          arg_scope([batch_norm, dropout], is_training=is_training)):
        net, points = inception_v3_base(inputs, scope=opened, min_depth=min_depth, depth_multiplier=depth_multiplier)
        with (arg_scope([convolution2d, max_pool2d, avg_pool2d], stride=1, padding="SAME"),
              tf.variable_scope("AuxLogits")):
            aux = avg_pool2d(points["Mixed_6e"], [5, 5], stride=3, padding="VALID", scope="AvgPool_1a_5x5")
            aux = convolution2d(aux, depth(128), [1, 1], scope="Conv2d_1b_1x1")
            window = _window(aux, 5)
            aux = convolution2d(aux, depth(768), window, weights_initializer=tf.truncated_normal_initializer(0.0, 0.01),
                                padding="VALID", scope=f"Conv2d_2a_{window[0]}x{window[1]}")
            aux = convolution2d(aux, num_classes, [1, 1], scope="Conv2d_2b_1x1",
                                weights_initializer=tf.truncated_normal_initializer(0.0, 0.001), **bare)
            points["AuxLogits"] = tf.squeeze(aux, [1, 2], name="SpatialSqueeze") if spatial_squeeze else aux
        with tf.variable_scope("Logits"):
            window = _window(net, 8)
            net = avg_pool2d(net, window, padding="VALID", scope=f"AvgPool_1a_{window[0]}x{window[1]}")
            net = points["PreLogits"] = dropout(net, dropout_keep_prob, scope="Dropout_1b")
            logits = convolution2d(net, num_classes, [1, 1], scope="Conv2d_1c_1x1", **bare)
            if spatial_squeeze:
                logits = tf.squeeze(logits, [1, 2], name="SpatialSqueeze")
        points["Logits"] = logits
        points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, points


inception_v3.default_image_size = 299  # type: ignore[attr-defined]
