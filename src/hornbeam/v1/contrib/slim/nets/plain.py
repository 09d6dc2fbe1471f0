"""Networks whose layers follow one another: VGG (Simonyan and Zisserman 2014), AlexNet v2 (Krizhevsky 2014), OverFeat.

Each gives (logits, end points by name) for images [batch, height, width, 3]; smaller images than those trained on are
too small for the first fully connected layer, which is a convolution, and larger ones give a map of logits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from hornbeam.graph.names import public
from hornbeam.v1.api import tf


def _slim() -> Any:
    return tf.contrib.slim


@public(v1=("contrib.slim.nets.vgg.vgg_arg_scope",))
def vgg_arg_scope(weight_decay: float = 0.0005) -> Any:
    """The argument scope of the VGG networks."""
    s = _slim()
    with (s.arg_scope([s.conv2d, s.fully_connected], activation_fn=tf.nn.relu,
                      weights_regularizer=s.l2_regularizer(weight_decay), biases_initializer=tf.zeros_initializer()),
          s.arg_scope([s.conv2d], padding="SAME") as scope):
        return scope


@public(v1=("contrib.slim.nets.alexnet.alexnet_v2_arg_scope",))
def alexnet_v2_arg_scope(weight_decay: float = 0.0005) -> Any:
    """The argument scope of AlexNet."""
    return _biased_arg_scope(weight_decay, 0.1)


@public(v1=("contrib.slim.nets.overfeat.overfeat_arg_scope",))
def overfeat_arg_scope(weight_decay: float = 0.0005) -> Any:
    """The argument scope of OverFeat."""
    return _biased_arg_scope(weight_decay, 0.0)


def _biased_arg_scope(weight_decay: float, bias: float) -> Any:
    s = _slim()
    initializer = tf.constant_initializer(bias) if bias else tf.zeros_initializer()
    with (s.arg_scope([s.conv2d, s.fully_connected], activation_fn=tf.nn.relu, biases_initializer=initializer,
                      weights_regularizer=s.l2_regularizer(weight_decay)),
          s.arg_scope([s.conv2d], padding="SAME"), s.arg_scope([s.max_pool2d], padding="VALID") as scope):
        return scope


class _Head(NamedTuple):
    """The layers after the convolutions: their names and sizes."""

    names: tuple[str, str, str]
    width: tuple[int, int]
    window: int
    initializers: dict[str, Any]
    last: dict[str, Any]


@contextmanager
def _collecting(inputs: Any, scope: str | None, default: str) -> Iterator[tuple[Any, str]]:
    """The variable scope of a network, and the collection of its end points."""
    s = _slim()
    with tf.variable_scope(scope, default, [inputs]) as opened:
        points = f"{opened.original_name_scope}_end_points" if default != "overfeat" else f"{opened.name}_end_points"
        with s.arg_scope([s.conv2d, s.fully_connected, s.max_pool2d], outputs_collections=[points]):
            yield opened, points


def _finished(net: Any, head: _Head, classes: int, training: Any, keep: float, squeeze: bool, scope: Any,
              points: str) -> tuple[Any, Any]:
    """Fully connected layers as convolutions, dropout between them, and the logits."""
    s, (first, second, last) = _slim(), head.names
    with s.arg_scope([s.conv2d], **head.initializers):
        net = s.conv2d(net, head.width[0], [head.window, head.window], padding="VALID", scope=first)
        net = s.dropout(net, keep, is_training=training, scope=f"dropout{first[2:]}")
        net = s.conv2d(net, head.width[1], [1, 1], scope=second)
        net = s.dropout(net, keep, is_training=training, scope=f"dropout{second[2:]}")
        net = s.conv2d(net, classes, [1, 1], activation_fn=None, normalizer_fn=None, scope=last, **head.last)
    found = s.utils.convert_collection_to_dict(points)
    if squeeze:
        net = tf.squeeze(net, [1, 2], name=f"{last}/squeezed")
        found[f"{scope.name}/{last}"] = net
    return net, found


_VGG_HEAD = _Head(("fc6", "fc7", "fc8"), (4096, 4096), 7, {}, {})


def _vgg(repeats: Sequence[int], default: str, name: str) -> Callable[..., Any]:
    def network(inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.5,
                spatial_squeeze: bool = True, scope: str = default) -> tuple[Any, Any]:
        s = _slim()
        with _collecting(inputs, scope, default) as (opened, points):
            net = inputs
            for i, (times, width) in enumerate(zip(repeats, (64, 128, 256, 512, 512), strict=True)):
                net = s.repeat(net, times, s.conv2d, width, [3, 3], scope=f"conv{i + 1}")
                net = s.max_pool2d(net, [2, 2], scope=f"pool{i + 1}")
            return _finished(net, _VGG_HEAD, num_classes, is_training, dropout_keep_prob, spatial_squeeze, opened,
                             points)

    network.__name__ = network.__qualname__ = name
    network.__doc__ = (f"VGG with {sum(repeats)} convolutions for images of 224 × 224: (logits, end points).\n\n"
                       "    spatial_squeeze: logits as [batch, classes], else [batch, height, width, classes].")
    network.default_image_size = 224  # type: ignore[attr-defined]
    return network


vgg_a = public(v1=("contrib.slim.nets.vgg.vgg_a",))(_vgg((1, 1, 2, 2, 2), "vgg_a", "vgg_a"))
vgg_16 = public(v1=("contrib.slim.nets.vgg.vgg_16", "contrib.slim.nets.vgg.vgg_d"))(
    _vgg((2, 2, 3, 3, 3), "vgg_16", "vgg_16"))
vgg_19 = public(v1=("contrib.slim.nets.vgg.vgg_19", "contrib.slim.nets.vgg.vgg_e"))(
    _vgg((2, 2, 4, 4, 4), "vgg_19", "vgg_19"))


@public(v1=("contrib.slim.nets.alexnet.alexnet_v2",))
def alexnet_v2(inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.5,
               spatial_squeeze: bool = True, scope: str = "alexnet_v2") -> tuple[Any, Any]:
    """AlexNet for images of 224 × 224: (logits, end points)."""
    s = _slim()
    head = _Head(("fc6", "fc7", "fc8"), (4096, 4096), 5,
                 {"weights_initializer": tf.truncated_normal_initializer(0.0, 0.005),
                  "biases_initializer": tf.constant_initializer(0.1)},
                 {"biases_initializer": tf.zeros_initializer()})
    with _collecting(inputs, scope, "alexnet_v2") as (opened, points):
        net = s.conv2d(inputs, 64, [11, 11], 4, padding="VALID", scope="conv1")
        net = s.max_pool2d(net, [3, 3], 2, scope="pool1")
        net = s.conv2d(net, 192, [5, 5], scope="conv2")
        net = s.max_pool2d(net, [3, 3], 2, scope="pool2")
        for i, width in enumerate((384, 384, 256)):
            net = s.conv2d(net, width, [3, 3], scope=f"conv{i + 3}")
        net = s.max_pool2d(net, [3, 3], 2, scope="pool5")
        return _finished(net, head, num_classes, is_training, dropout_keep_prob, spatial_squeeze, opened, points)


@public(v1=("contrib.slim.nets.overfeat.overfeat",))
def overfeat(inputs: Any, num_classes: int = 1000, is_training: Any = True, dropout_keep_prob: float = 0.5,
             spatial_squeeze: bool = True, scope: str = "overfeat") -> tuple[Any, Any]:
    """OverFeat, the fast one, for images of 231 × 231: (logits, end points)."""
    s = _slim()
    head = _Head(("fc6", "fc7", "fc8"), (3072, 4096), 6,
                 {"weights_initializer": tf.truncated_normal_initializer(0.0, 0.005),
                  "biases_initializer": tf.constant_initializer(0.1)},
                 {"biases_initializer": tf.zeros_initializer()})
    with _collecting(inputs, scope, "overfeat") as (opened, points):
        net = s.conv2d(inputs, 64, [11, 11], 4, padding="VALID", scope="conv1")
        net = s.max_pool2d(net, [2, 2], scope="pool1")
        net = s.conv2d(net, 256, [5, 5], padding="VALID", scope="conv2")
        net = s.max_pool2d(net, [2, 2], scope="pool2")
        for i, width in enumerate((512, 1024, 1024)):
            net = s.conv2d(net, width, [3, 3], scope=f"conv{i + 3}")
        net = s.max_pool2d(net, [2, 2], scope="pool5")
        return _finished(net, head, num_classes, is_training, dropout_keep_prob, spatial_squeeze, opened, points)


alexnet_v2.default_image_size = 224  # type: ignore[attr-defined]
overfeat.default_image_size = 231  # type: ignore[attr-defined]
