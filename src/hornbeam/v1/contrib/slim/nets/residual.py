"""Residual networks: v1 (He et al. 2015) and v2, which normalises before its convolutions (He et al. 2016)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hornbeam.graph.names import public
from hornbeam.ops.activations import relu
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.arg_scopes import add_arg_scope, arg_scope
from hornbeam.v1.contrib.layers.batch_norms import batch_norm
from hornbeam.v1.contrib.layers.convolutions import convolution2d
from hornbeam.v1.contrib.layers.outputs import collect_named_outputs, convert_collection_to_dict, last_dimension
from hornbeam.v1.contrib.layers.poolings import max_pool2d
from hornbeam.v1.contrib.layers.regularizers import l2_regularizer
from hornbeam.v1.contrib.layers.reshaping import softmax

_SPACES = ("resnet_utils", "resnet_v1", "resnet_v2")
_UNITS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3), 200: (3, 24, 36, 3)}


@public(v1=("contrib.slim.nets.resnet_utils.Block",))
class Block(NamedTuple):
    """A part of a network at one size: the units `unit_fn` with the arguments `args`, one dictionary each."""

    scope: str
    unit_fn: Callable[..., Any]
    args: Sequence[Any]


@public(v1=("contrib.slim.nets.resnet_utils.subsample",))
def subsample(inputs: Any, factor: int, scope: str | None = None) -> Any:
    """Every `factor`-th pixel of images."""
    return inputs if factor == 1 else max_pool2d(inputs, [1, 1], stride=factor, scope=scope)


@public(v1=("contrib.slim.nets.resnet_utils.conv2d_same",))
def conv2d_same(inputs: Any, num_outputs: int, kernel_size: int, stride: int, rate: int = 1,
                scope: str | None = None) -> Any:
    """A convolution whose result has size ⌈input / stride⌉ with the same padding before and after, whatever the size.

    So that it equals the convolution of stride 1, subsampled.
    """
    if stride == 1:
        return convolution2d(inputs, num_outputs, kernel_size, stride=1, rate=rate, padding="SAME", scope=scope)
    total = (kernel_size - 1) * rate
    before = total // 2
    padded = tf.pad(inputs, [[0, 0], [before, total - before], [before, total - before], [0, 0]])
    return convolution2d(padded, num_outputs, kernel_size, stride=stride, rate=rate, padding="VALID", scope=scope)


@public(v1=("contrib.slim.nets.resnet_utils.stack_blocks_dense",))
@add_arg_scope
def stack_blocks_dense(net: Any, blocks: Sequence[Block], output_stride: Any = None,
                       outputs_collections: Any = None) -> Any:
    """Blocks one after the other; once `output_stride` is reached, dilations stand for strides. Chen et al. 2015.

    Raises ValueError where the blocks do not reach that stride, or pass it.
    """
    reached, rate = 1, 1
    for block in blocks:
        with tf.variable_scope(block.scope, "block", [net]) as opened:
            for i, unit in enumerate(block.args):
                if output_stride is not None and reached > output_stride:
                    raise ValueError("The target output_stride cannot be reached.")
                stride = unit.get("stride", 1)
                with tf.variable_scope(f"unit_{i + 1}", values=[net]):
                    if output_stride is not None and reached == output_stride:
                        net = block.unit_fn(net, rate=rate, **{**unit, "stride": 1})
                        rate *= stride
                    else:
                        net = block.unit_fn(net, rate=1, **unit)
                        reached *= stride
            net = collect_named_outputs(outputs_collections, opened.name, net)
    if output_stride is not None and reached != output_stride:
        raise ValueError("The target output_stride cannot be reached.")
    return net


@public(v1=[f"contrib.slim.nets.{space}.resnet_arg_scope" for space in _SPACES])
def resnet_arg_scope(weight_decay: float = 0.0001, batch_norm_decay: float = 0.997, batch_norm_epsilon: float = 1e-5,
                     batch_norm_scale: bool = True) -> Any:
    """The argument scope of the residual networks."""
    settings = {"decay": batch_norm_decay, "epsilon": batch_norm_epsilon, "scale": batch_norm_scale,
                "updates_collections": tf.GraphKeys.UPDATE_OPS}
    with (arg_scope([convolution2d], weights_regularizer=l2_regularizer(weight_decay), activation_fn=relu,
                    weights_initializer=tf.contrib.layers.variance_scaling_initializer(), normalizer_fn=batch_norm,
                    normalizer_params=settings),
          arg_scope([batch_norm], **settings), arg_scope([max_pool2d], padding="SAME") as scope):
        return scope


@public(v1=("contrib.slim.nets.resnet_v1.bottleneck",))
@add_arg_scope
def bottleneck_v1(inputs: Any, depth: int, depth_bottleneck: int, stride: int, rate: int = 1,
                  outputs_collections: Any = None, scope: str | None = None) -> Any:
    """relu(shortcut + three convolutions), the middle one narrower, of 3 × 3, with the stride."""
    with tf.variable_scope(scope, "bottleneck_v1", [inputs]) as opened:
        if depth == last_dimension(inputs.shape, 4):
            shortcut = subsample(inputs, stride, "shortcut")
        else:
            shortcut = convolution2d(inputs, depth, [1, 1], stride=stride, activation_fn=None, scope="shortcut")
        net = convolution2d(inputs, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        net = conv2d_same(net, depth_bottleneck, 3, stride, rate, scope="conv2")
        net = convolution2d(net, depth, [1, 1], stride=1, activation_fn=None, scope="conv3")
        return collect_named_outputs(outputs_collections, opened.name, tf.nn.relu(shortcut + net))


@public(v1=("contrib.slim.nets.resnet_v2.bottleneck",))
@add_arg_scope
def bottleneck_v2(inputs: Any, depth: int, depth_bottleneck: int, stride: int, rate: int = 1,
                  outputs_collections: Any = None, scope: str | None = None) -> Any:
    """shortcut + three convolutions of the normalised and activated input, the middle one narrower, with the stride."""
    with tf.variable_scope(scope, "bottleneck_v2", [inputs]) as opened:
        ready = batch_norm(inputs, activation_fn=relu, scope="preact")
        bare = {"normalizer_fn": None, "activation_fn": None}
        if depth == last_dimension(inputs.shape, 4):
            shortcut = subsample(inputs, stride, "shortcut")
        else:
            shortcut = convolution2d(ready, depth, [1, 1], stride=stride, scope="shortcut", **bare)
        net = convolution2d(ready, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        net = conv2d_same(net, depth_bottleneck, 3, stride, rate, scope="conv2")
        net = convolution2d(net, depth, [1, 1], stride=1, scope="conv3", **bare)
        return collect_named_outputs(outputs_collections, opened.name, shortcut + net)


def _root(inputs: Any, output_stride: Any, bare: bool) -> tuple[Any, Any]:
    """The first convolution and pooling, and what is left of the stride."""
    if output_stride is not None:
        if output_stride % 4:
            raise ValueError("The output_stride needs to be a multiple of 4.")
        output_stride /= 4
    with arg_scope([convolution2d], **({"activation_fn": None, "normalizer_fn": None} if bare else {})):
        net = conv2d_same(inputs, 64, 7, stride=2, scope="conv1")
    return max_pool2d(net, [3, 3], stride=2, scope="pool1"), output_stride


def _network(version: int, inputs: Any, blocks: Sequence[Block], num_classes: int | None, is_training: Any,
             global_pool: bool, output_stride: Any, include_root_block: bool, reuse: Any,
             scope: str | None) -> tuple[Any, Any]:
    unit = bottleneck_v1 if version == 1 else bottleneck_v2
    with tf.variable_scope(scope, f"resnet_v{version}", [inputs], reuse=reuse) as opened:
        points = f"{opened.original_name_scope}_end_points"
        with (arg_scope([convolution2d, unit, stack_blocks_dense], outputs_collections=points),
              arg_scope([batch_norm], is_training=is_training)):
            net = inputs
            if include_root_block:
                net, output_stride = _root(inputs, output_stride, version == 2)
            net = stack_blocks_dense(net, blocks, output_stride)
            if version == 2:
                net = batch_norm(net, activation_fn=relu, scope="postnorm")
            if global_pool:
                net = tf.reduce_mean(net, [1, 2], name="pool5", keepdims=True)
            if num_classes is not None:
                net = convolution2d(net, num_classes, [1, 1], activation_fn=None, normalizer_fn=None, scope="logits")
            found = convert_collection_to_dict(points)
            if num_classes is not None:
                found["predictions"] = softmax(net, scope="predictions")
            return net, found


@public(v1=("contrib.slim.nets.resnet_v1.resnet_v1",))
def resnet_v1(inputs: Any, blocks: Sequence[Block], num_classes: int | None = None, is_training: Any = True,
              global_pool: bool = True, output_stride: Any = None, include_root_block: bool = True, reuse: Any = None,
              scope: str | None = None) -> tuple[Any, Any]:
    """A residual network of these blocks: (features or logits, end points).

    num_classes: of the logits; None gives features. global_pool: whether their mean is taken over space. output_stride:
    how many times smaller the features are than the image, a multiple of 4 (ValueError); None for the blocks' own.
    """
    return _network(1, inputs, blocks, num_classes, is_training, global_pool, output_stride, include_root_block, reuse,
                    scope)


@public(v1=("contrib.slim.nets.resnet_v2.resnet_v2",))
def resnet_v2(inputs: Any, blocks: Sequence[Block], num_classes: int | None = None, is_training: Any = True,
              global_pool: bool = True, output_stride: Any = None, include_root_block: bool = True, reuse: Any = None,
              scope: str | None = None) -> tuple[Any, Any]:
    """As `resnet_v1`, of units that normalise before their convolutions."""
    return _network(2, inputs, blocks, num_classes, is_training, global_pool, output_stride, include_root_block, reuse,
                    scope)


def _block(unit: Callable[..., Any], scope: str, base_depth: int, num_units: int, stride: int) -> Block:
    sizes = {"depth": base_depth * 4, "depth_bottleneck": base_depth}
    return Block(scope, unit, [{**sizes, "stride": 1}] * (num_units - 1) + [{**sizes, "stride": stride}])


@public(v1=("contrib.slim.nets.resnet_v1.resnet_v1_block",))
def resnet_v1_block(scope: str, base_depth: int, num_units: int, stride: int) -> Block:
    """Units of v1, the last with the stride."""
    return _block(bottleneck_v1, scope, base_depth, num_units, stride)


@public(v1=("contrib.slim.nets.resnet_v2.resnet_v2_block",))
def resnet_v2_block(scope: str, base_depth: int, num_units: int, stride: int) -> Block:
    """Units of v2, the last with the stride."""
    return _block(bottleneck_v2, scope, base_depth, num_units, stride)


def _of_depth(version: int, layers: int) -> Callable[..., Any]:
    unit, name = (bottleneck_v1, bottleneck_v2)[version - 1], f"resnet_v{version}_{layers}"

    def network(inputs: Any, num_classes: int | None = None, is_training: Any = True, global_pool: bool = True,
                output_stride: Any = None, reuse: Any = None, scope: str = name) -> tuple[Any, Any]:
        blocks = [_block(unit, f"block{i + 1}", 64 * 2**i, units, 1 if i == 3 else 2)
                  for i, units in enumerate(_UNITS[layers])]
        return _network(version, inputs, blocks, num_classes, is_training, global_pool, output_stride, True, reuse,
                        scope)

    network.__name__ = network.__qualname__ = name
    network.__doc__ = f"The network of {layers} layers for images of 224 × 224: (features or logits, end points)."
    network.default_image_size = 224  # type: ignore[attr-defined]
    return public(v1=(f"contrib.slim.nets.resnet_v{version}.{name}",))(network)


resnet_v1_50, resnet_v1_101, resnet_v1_152, resnet_v1_200 = (_of_depth(1, n) for n in _UNITS)
resnet_v2_50, resnet_v2_101, resnet_v2_152, resnet_v2_200 = (_of_depth(2, n) for n in _UNITS)
