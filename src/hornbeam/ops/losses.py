"""Cross entropies and other losses from logits, one number an example."""

from __future__ import annotations

import math as python_math
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, INDEX, op
from hornbeam.ops import activations, array, math, rules
from hornbeam.ops.bounds import first_outside

_HALVES = (dtypes.float16, dtypes.bfloat16)


def _two_rows(rng: Any) -> Any:
    labels = rng.dirichlet(np.ones(4), size=3)
    return [((rng.normal(size=(3, 4)), labels), {}), ((rng.normal(size=(3, 4)) * 40, labels[:1]), {}),
            ((rng.normal(size=(0, 4)), labels[:0]), {})]


@op("SoftmaxCrossEntropyWithLogits", T=FLOATS, outputs=("loss", "backprop"), samples=_two_rows)
def softmax_cross_entropy_op(features, labels):
    """-Σ labels · log softmax(features) by row, and softmax(features) - labels; the inputs broadcast."""
    features, labels = jnp.broadcast_arrays(features, labels)
    shifted, risen, total = activations.shifted(features)
    loss = jnp.sum(labels * (activations.spread(jnp.log(total), shifted) - shifted), axis=1)
    return loss.astype(features.dtype), risen / activations.spread(total, risen) - labels


@softmax_cross_entropy_op.shape
def _(inputs, attrs):
    (features, dtype), labels = inputs[0][:2], inputs[1].dims
    try:
        dims = rules.broadcast_dims([features, labels])
    except ShapeFault as fault:
        raise ShapeFault(fault.build, "logits and labels must be broadcastable: "
                         f"logits_size={rules.text(features)} labels_size={rules.text(labels)}") from None
    if dims is not None and len(dims) != 2:
        raise ShapeFault(f"Shape must be rank 2 but is rank {len(dims)}", "logits must be 2-dimensional")
    dims = dims or (None, None)
    return [(dims[:1], dtype), (dims, dtype)]


@softmax_cross_entropy_op.grad
def _(call, dloss, dbackprop):
    features, labels = call.inputs
    dfeatures = dlabels = None
    if dloss is not None:
        column = array.expand_dims(dloss, -1)
        dfeatures = math.multiply(column, call.outputs[1])
        dlabels = math.multiply(column, math.negative(activations.log_softmax_op(features)))
    if dbackprop is not None:
        chances = activations.softmax_op(features)
        mean = math.reduce_sum(math.multiply(dbackprop, chances), 1, True)
        through = math.multiply(math.subtract(dbackprop, mean), chances)
        dfeatures = through if dfeatures is None else math.add_v2(dfeatures, through)
        dlabels = math.negative(dbackprop) if dlabels is None else math.subtract(dlabels, dbackprop)
    return array.unbroadcast(dfeatures, features), array.unbroadcast(dlabels, labels)


@op("SparseSoftmaxCrossEntropyWithLogits", inputs="features: T, labels: Tlabels", T=FLOATS, Tlabels=INDEX,
    outputs=("loss", "backprop"),
    samples=lambda rng: [((rng.normal(size=(3, 4)), np.array([0, 3, 1])), {}),
                         ((rng.normal(size=(0, 4)), np.array([], np.int32)), {})])
def sparse_softmax_cross_entropy_op(features, labels):
    """-log softmax(features) at each row's label, and softmax(features) less one at the label."""
    shifted, risen, total = activations.shifted(features)
    chosen = jnp.arange(features.shape[1], dtype=labels.dtype) == labels[:, None]
    loss = jnp.log(total) - jnp.sum(jnp.where(chosen, shifted, 0), axis=1)
    return loss.astype(features.dtype), risen / activations.spread(total, risen) - chosen.astype(features.dtype)


def _check_rows(features: Any, labels: Any) -> Any:
    for name, dims, rank in (("logits", features, 2), ("labels", labels, 1)):
        if dims is not None and len(dims) != rank:
            raise ShapeFault(f"Shape must be rank {rank} but is rank {len(dims)}",
                             f"{name} must be {rank}-D, but got shape {rules.text(dims)}")
    rows, classes = features or (None, None)
    count = None if labels is None else labels[0]
    if rows is not None and count is not None and rows != count:
        raise ShapeFault(f"Dimensions must be equal, but are {rows} and {count}",
                         "logits and labels must have the same first dimension, got logits shape "
                         f"{rules.text(features)} and labels shape {rules.text(labels)}")
    if classes == 0:
        raise ShapeFault("Must have at least one class, but got logits shape " + rules.text(features))
    return count if rows is None else rows, classes


@sparse_softmax_cross_entropy_op.shape
def _(inputs, attrs):
    rows, classes = _check_rows(inputs[0].dims, inputs[1].dims)
    return [((rows,), inputs[0].dtype), ((rows, classes), inputs[0].dtype)]


@sparse_softmax_cross_entropy_op.check
def _(features, labels, **attrs):
    failed, value, _ = first_outside(labels, features.shape[1])
    return failed, [value, features.shape[1]]


@sparse_softmax_cross_entropy_op.message
def _(numbers, inputs, attrs):
    text = (f"Received a label value of {int(numbers[0])} which is outside the valid range of "
            f"[0, {int(numbers[1])}).")
    labels = inputs[1] if inputs is not None and len(inputs) > 1 else None
    if isinstance(labels, np.ndarray):
        text += "  Label values: " + " ".join(str(int(v)) for v in labels.reshape(-1))
    return text


@sparse_softmax_cross_entropy_op.grad
def _(call, dloss, dbackprop):
    features = call.inputs[0]
    found = None
    if dloss is not None:
        found = math.multiply(array.expand_dims(dloss, -1), call.outputs[1])
    if dbackprop is not None:
        chances = activations.softmax_op(features)
        mean = math.reduce_sum(math.multiply(dbackprop, chances), 1, True)
        through = math.multiply(math.subtract(dbackprop, mean), chances)
        found = through if found is None else math.add_v2(found, through)
    return found, None


# Public functions -----------------------------------------------------------------------------------


def both_given(labels: Any, logits: Any, function: str) -> None:
    """Raise ValueError where one of the two is missing."""
    if labels is None or logits is None:
        raise ValueError(f"Both `labels` and `logits` must be provided for {function}"
                         f"Received: labels={labels!r} and logits={logits!r}")


@public(v2=("nn.softmax_cross_entropy_with_logits",))
@composite("softmax_cross_entropy_with_logits")
def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1, name: str | None = None) -> Any:
    """-Σ labels · log softmax(logits) along `axis`: the cost of believing `logits` where `labels` is true.

    labels: probabilities that sum to 1 along `axis`; gradients flow to them too. logits: floats, same shape and
    dtype. Returns the shape without `axis`. Raises ValueError where the shapes do not fit.

    >>> softmax_cross_entropy_with_logits([[0.0, 1.0]], [[0.0, 0.0]]).numpy().round(4).tolist()
    [0.6931]
    """
    return softmax_cross_entropy(labels, logits, axis)


def softmax_cross_entropy(labels: Any, logits: Any, axis: int) -> Any:
    """The cross entropy of both generations; half floats are computed as float32."""
    logits = array.convert(logits, name="logits")
    asked = logits.dtype.base_dtype
    wide = dtypes.float32 if asked in _HALVES else asked
    logits = logits if wide is asked else math.cast(logits, wide)
    labels = array.convert(labels, wide, name="labels") if _plain(labels) else array.convert(labels)
    if labels.dtype.base_dtype is not wide:
        labels = math.cast(labels, wide)
    logits, labels = _axis_last(logits, axis), _axis_last(labels, axis)
    loss = _flattened(logits, labels)
    return loss if wide is asked else math.cast(loss, asked)


def _plain(value: Any) -> bool:
    """Whether a value is Python's, without a dtype of its own."""
    return isinstance(value, (list, tuple, int, float))


def _axis_last(x: Any, axis: int) -> Any:
    rank = None if x.dims is None else len(x.dims)
    if axis == -1 or rank is None or axis == rank - 1:
        return x
    if not -rank <= axis < rank:
        raise ValueError(f"`axis` must be in the range [{-rank}, {rank}). Received: axis={axis}")
    order = [i for i in range(rank) if i != axis % rank]
    return array.transpose(x, [*order, axis % rank])


def _flattened(logits: Any, labels: Any) -> Any:
    """The op's losses for tensors of any rank: rows are what stands before the last dimension."""
    own = own_name()
    if logits.dims is not None and len(logits.dims) == 2:
        loss = softmax_cross_entropy_op(logits, labels, name=own)[0]
        if own is None:
            return loss
        # TensorFlow reshapes here too, and programs look this tensor up by name
        return array.reshape(loss, [-1] if loss.dims in (None, (None,)) else list(loss.dims), name="Reshape_2")
    flat = softmax_cross_entropy_op(_rows(logits), _rows(labels), name=own)[0]
    return _unflattened(flat, logits)


def _rows(x: Any) -> Any:
    if x.dims is not None and None not in x.dims[-1:]:
        return array.reshape(x, [-1, x.dims[-1] if x.dims else 1])
    last = array.shape_op(x)[-1]
    return array.reshape(x, array.stack([-1, last]))


def _unflattened(flat: Any, like: Any) -> Any:
    dims = like.dims
    shape = array.shape_op(like)[:-1] if dims is None or None in dims else list(dims[:-1])
    result = array.reshape(flat, np.array(shape, np.int32) if isinstance(shape, list) else shape)
    if dims is not None and hasattr(result, "set_shape"):
        result.set_shape(dims[:-1])
    return result


@public(v2=("nn.sparse_softmax_cross_entropy_with_logits",))
@composite("SparseSoftmaxCrossEntropyWithLogits")
def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: str | None = None) -> Any:
    """-log softmax(logits) at the class that `labels` names.

    labels: class numbers, int32 or int64, of the shape of `logits` without its last dimension.
    logits: floats [..., classes]. Returns the shape and, of `logits`, the dtype: one loss an example.
    Raises ValueError where the shapes do not fit, InvalidArgumentError for a label that is no class.

    >>> sparse_softmax_cross_entropy_with_logits([1], [[0.0, 0.0]]).numpy().round(4).tolist()
    [0.6931]
    """
    return sparse_softmax_cross_entropy(labels, logits)


def sparse_softmax_cross_entropy(labels: Any, logits: Any) -> Any:
    """The sparse cross entropy of both generations; half floats are computed as float32."""
    labels, logits = array.convert(labels), array.convert(logits)
    asked = logits.dtype.base_dtype
    wide = dtypes.float32 if asked in _HALVES else asked
    logits = logits if wide is asked else math.cast(logits, wide)
    _check_labels(labels, logits)
    if logits.dims is not None and len(logits.dims) == 2:
        loss = sparse_softmax_cross_entropy_op(logits, labels)[0]
    else:
        flat = sparse_softmax_cross_entropy_op(_rows(logits), array.reshape(labels, [-1]))[0]
        loss = array.reshape(flat, array.shape_op(labels))
        if labels.dims is not None and hasattr(loss, "set_shape"):
            loss.set_shape(labels.dims)
    return loss if wide is asked else math.cast(loss, asked)


def _check_labels(labels: Any, logits: Any) -> None:
    few, many = labels.dims, logits.dims
    if many == ():
        raise ValueError(f"`logits` cannot be a scalar. Received logits={logits}`")
    if few is None or many is None:
        return
    if len(few) != len(many) - 1:
        raise ValueError("`labels.shape.rank` must equal `logits.shape.rank - 1`. Received: "
                         f"labels.shape={labels.shape} of rank {len(few)} and logits.shape={logits.shape} "
                         f"of rank {len(many)}")
    if any(a is not None and b is not None and a != b for a, b in zip(few, many, strict=False)):
        raise ValueError("`labels.shape` must equal `logits.shape` except for the last dimension. Received: "
                         f"labels.shape={labels.shape} and logits.shape={logits.shape}")


def _same_shape(labels: Any, logits: Any) -> None:
    a, b = labels.dims, logits.dims
    if a is None or b is None:
        return
    if len(a) != len(b) or any(None not in pair and pair[0] != pair[1] for pair in zip(a, b, strict=True)):
        raise ValueError(f"`logits` and `labels` must have the same shape, received ({logits.shape} vs "
                         f"{labels.shape}).")


def _pair(labels: Any, logits: Any) -> tuple[Any, Any]:
    logits = array.convert(logits, name="logits")
    labels = array.convert(labels, logits.dtype.base_dtype, name="labels") if _plain(labels) else array.convert(
        labels, name="labels")
    _same_shape(labels, logits)
    return labels, logits


@public("nn.sigmoid_cross_entropy_with_logits")
@composite("logistic_loss")
def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """-labels · log σ(logits) - (1 - labels) · log(1 - σ(logits)), element by element and without overflow.

    labels: of [0, 1], each for itself (several classes may be true). logits: floats, same shape and dtype.
    Raises ValueError where one is missing or the shapes differ.

    >>> sigmoid_cross_entropy_with_logits([1.0], [0.0]).numpy().round(4).tolist()
    [0.6931]
    """
    both_given(labels, logits, "sigmoid_cross_entropy_with_logits")
    labels, logits = _pair(labels, logits)
    # max(x, 0) - x·z + log1p(exp(-|x|)), by `where` so that the derivative at 0 is σ(0) - z
    zeros = array.zeros_like_op(logits, name="zeros_like")
    rising = math.greater_equal(logits, zeros)
    positive = array.select_op(rising, logits, zeros)
    negative_size = array.select_op(rising, -logits, logits)
    return math.add_v2(positive - logits * labels, math.log1p(math.exp(negative_size)), name=own_name())


@public(v2=("nn.weighted_cross_entropy_with_logits",))
@composite("logistic_loss")
def weighted_cross_entropy_with_logits(labels: Any, logits: Any, pos_weight: Any, name: str | None = None) -> Any:
    """As `sigmoid_cross_entropy_with_logits`, with the positive part multiplied by `pos_weight`.

    labels, logits: floats of one shape. pos_weight: above 1 it costs more to miss a positive; broadcasts.
    """
    return weighted_cross_entropy(labels, logits, pos_weight)


def weighted_cross_entropy(labels: Any, logits: Any, pos_weight: Any) -> Any:
    """(1 - z)·x + (1 + (w - 1)·z)·log(1 + exp(-x)), without overflow."""
    labels, logits = _pair(labels, logits)
    dtype = logits.dtype.base_dtype
    weight = 1 + (array.convert(pos_weight, dtype if _plain(pos_weight) else None) - 1) * labels
    tail = math.log1p(math.exp(-math.abs(logits))) + activations.relu(-logits)
    return math.add_v2((1 - labels) * logits, weight * tail, name=own_name())


@public("nn.log_poisson_loss")
@composite("log_poisson_loss")
def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None) -> Any:
    """exp(c) - z·c: the Poisson loss of counts z where c is the logarithm of the expected count.

    targets, log_input: floats of one shape (else ValueError). compute_full_loss: adds Stirling's approximation of
    log z! where z > 1: z·log z - z + log(2πz)/2.
    """
    log_input = array.convert(log_input, name="log_input")
    targets = array.convert(targets, log_input.dtype.base_dtype if _plain(targets) else None, name="targets")
    a, b = log_input.dims, targets.dims
    if a is not None and b is not None and a != b and not any(d is None for d in (*a, *b)):
        raise ValueError(f"`log_input` and `targets` must have the same shape, received ({log_input.shape} vs "
                         f"{targets.shape}).")
    loss = math.exp(log_input) - log_input * targets
    if not compute_full_loss:
        return loss
    stirling = targets * math.log(targets) - targets + 0.5 * math.log(2 * python_math.pi * targets)
    zeros = array.zeros_like_op(targets, name="zeros_like")
    small = math.logical_and(targets >= zeros, targets <= array.ones_like_op(targets, name="ones_like"))
    return loss + array.select_op(small, zeros, stirling)


# Losses over a batch ----------------------------------------------------------------------------------


@public("nn.compute_average_loss")
def compute_average_loss(per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None) -> Any:
    """Σ of the losses over the global batch size: the mean, also where several replicas share the batch.

    per_example_loss: floats of rank 1 or more, the first dimension the examples of this replica. sample_weight:
    multiplies them; broadcasts. global_batch_size: an integer or an integer scalar tensor; by default the length of
    the first dimension. Raises ValueError for a scalar loss and for a size below 0.
    """
    loss = array.convert(per_example_loss)
    if loss.dims == ():
        raise ValueError("`per_example_loss` must have rank 1 or more. Received a scalar.")
    if sample_weight is not None:
        weight = array.convert(sample_weight)
        own = loss.dtype.base_dtype
        loss = math.multiply(loss, weight if weight.dtype.base_dtype is own else math.cast(weight, own))
    if global_batch_size is None:
        first = None if loss.dims is None else loss.dims[0]
        global_batch_size = first if first is not None else array.shape_op(loss)[0]
    elif isinstance(global_batch_size, (int, np.integer)):
        if global_batch_size < 0:
            raise ValueError(f"`global_batch_size` must be non-negative. Received: {global_batch_size}")
    elif not array.convert(global_batch_size).dtype.base_dtype.is_integer:
        raise TypeError(f"`global_batch_size` must be an integer. Received: {global_batch_size!r}")
    count = math.cast(array.convert(global_batch_size), loss.dtype.base_dtype)
    return math.divide_no_nan(math.reduce_sum(loss), count)


@public("nn.scale_regularization_loss")
def scale_regularization_loss(regularization_loss: Any) -> Any:
    """Σ of regularisation losses over the number of replicas that add them up: one, here.

    regularization_loss: a float tensor or a list of them.
    """
    return math.reduce_sum(array.convert(regularization_loss))
