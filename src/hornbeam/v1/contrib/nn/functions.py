"""Dropout for self-normalizing networks, a softplus with a scale, and losses of samples of many classes."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public, register
from hornbeam.ops.convolution import conv1d_transpose
from hornbeam.v1.api import tf

_SATURATION = -1.7580993408473766  # where SELU ends to the left: -scale · alpha

register(conv1d_transpose, v1=["contrib.nn.conv1d_transpose"])


@public(v1=("contrib.nn.alpha_dropout",))
def alpha_dropout(x: Any, keep_prob: Any, noise_shape: Any = None, seed: int | None = None,
                  name: str | None = None) -> Any:
    """Dropout that keeps mean and variance of what SELU gives (Klambauer et al. 2017): shape and dtype of `x`.

    Raises ValueError where `keep_prob` is a number that is not in (0, 1].
    """
    with tf.name_scope(name, "alpha_dropout", [x]):
        x = tf.convert_to_tensor(x, name="x")
        if isinstance(keep_prob, (int, float)) and not 0 < keep_prob <= 1:
            raise ValueError(f"keep_prob must be a scalar tensor or a float in the range (0, 1], got {keep_prob:g}")
        keep_prob = tf.convert_to_tensor(keep_prob, dtype=x.dtype, name="keep_prob")
        keep_prob.shape.assert_has_rank(0)
        if tf.get_static_value(keep_prob) == 1:
            return x
        drawn = tf.random_uniform(tf.shape(x) if noise_shape is None else noise_shape, seed=seed, dtype=x.dtype)
        kept = tf.cast(drawn >= 1 - keep_prob, x.dtype)
        scale = (keep_prob + keep_prob * (1 - keep_prob) * _SATURATION ** 2) ** -0.5
        return scale * (x * kept + _SATURATION * (1 - kept)) - scale * _SATURATION * (1 - keep_prob)


@public(v1=("contrib.nn.scaled_softplus",))
def scaled_softplus(x: Any, alpha: Any, clip: Any = None, name: str | None = None) -> Any:
    """alpha · softplus(x / alpha), no more than `clip`: alpha says how smooth the bend is."""
    with tf.name_scope(name, "scaled_softplus", [x, alpha]):
        x = tf.convert_to_tensor(x, name="x")
        alpha = tf.convert_to_tensor(alpha, dtype=x.dtype, name="alpha")
        y = alpha * tf.nn.softplus(x / alpha)
        return y if clip is None else tf.minimum(y, tf.convert_to_tensor(clip, dtype=x.dtype, name="clip"))


@public(v1=("contrib.nn.nth_element",))
def nth_element(input: Any, n: Any, reverse: bool = False, name: str | None = None) -> Any:
    """The `n`-th smallest number along the last dimension, with `reverse` the n-th largest: shape [...]."""
    with tf.name_scope(name, "NthElement", [input, n]):
        ordered = tf.sort(input, direction="DESCENDING" if reverse else "ASCENDING")
        return tf.gather(ordered, n, axis=-1)


@public(v1=("contrib.nn.deprecated_flipped_softmax_cross_entropy_with_logits",))
def flipped_softmax_cross_entropy(logits: Any, labels: Any, dim: int = -1, name: str | None = None) -> Any:
    """`tf.nn.softmax_cross_entropy_with_logits` with the order of arguments that it had before 1.0."""
    return tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, dim=dim, name=name)


@public(v1=("contrib.nn.deprecated_flipped_sparse_softmax_cross_entropy_with_logits",))
def flipped_sparse_softmax_cross_entropy(logits: Any, labels: Any, name: str | None = None) -> Any:
    """`tf.nn.sparse_softmax_cross_entropy_with_logits` with the order of arguments that it had before 1.0."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)


@public(v1=("contrib.nn.deprecated_flipped_sigmoid_cross_entropy_with_logits",))
def flipped_sigmoid_cross_entropy(logits: Any, targets: Any, name: str | None = None) -> Any:
    """`tf.nn.sigmoid_cross_entropy_with_logits` with the order of arguments that it had before 1.0."""
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name=name)


@public(v1=("contrib.nn.sampled_sparse_softmax_loss",))
def sampled_sparse_softmax_loss(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int,
                                num_classes: int, sampled_values: Any = None, remove_accidental_hits: bool = True,
                                partition_strategy: str = "mod", name: str = "sampled_sparse_softmax_loss") -> Any:
    """`tf.nn.sampled_softmax_loss` for one class each: losses [batch]."""
    return tf.nn.sampled_softmax_loss(
        weights=weights, biases=biases, labels=labels, inputs=inputs, num_sampled=num_sampled, num_classes=num_classes,
        num_true=1, sampled_values=sampled_values, remove_accidental_hits=remove_accidental_hits,
        partition_strategy=partition_strategy, name=name)


@public(v1=("contrib.nn.rank_sampled_softmax_loss",))
def rank_sampled_softmax_loss(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int,
                              num_resampled: int, num_classes: int, num_true: int, sampled_values: Any,
                              resampling_temperature: Any, remove_accidental_hits: bool, partition_strategy: str,
                              name: str | None = None) -> Any:
    """A sampled softmax loss on those `num_resampled` of the sampled classes that the batch finds most likely.

    How likely is the logarithm of the sum over the batch of exp(logit / resampling_temperature). Returns [batch].
    Raises ValueError for more samples than classes, no fewer resampled ones, and other partition strategies.
    """
    if num_sampled > num_classes:
        raise ValueError(f"num_sampled ({num_sampled}) cannot be greater than num_classes ({num_classes})")
    if num_sampled <= num_resampled:
        raise ValueError(f"num_resampled ({num_resampled}) must be less than num_sampled ({num_sampled})")
    if partition_strategy not in ("div", "mod"):
        raise ValueError(f"unsupported partition_strategy ({partition_strategy})")
    with tf.name_scope(name, "rank_sampled_softmax_loss", [labels, inputs]) as scope:
        if not sampled_values:
            sampled_values = tf.nn.learned_unigram_candidate_sampler(
                true_classes=labels, num_true=num_true, num_sampled=num_sampled, unique=True, range_max=num_classes)
        sampled, true_count, sampled_count = (tf.stop_gradient(v) for v in sampled_values)
        sampled = tf.cast(sampled, tf.int64)
        rows = tf.nn.embedding_lookup(weights, sampled, partition_strategy)
        added = tf.reshape(tf.nn.embedding_lookup(biases, sampled, partition_strategy), [-1]) / resampling_temperature
        likely = tf.reduce_logsumexp(tf.matmul(rows, inputs / resampling_temperature, transpose_b=True), axis=1) + added
        _, best = tf.nn.top_k(likely, k=num_resampled, sorted=False)
        return tf.nn.sampled_softmax_loss(
            weights=weights, biases=biases, labels=labels, inputs=inputs, num_sampled=num_resampled,
            num_classes=num_classes, num_true=num_true,
            sampled_values=(tf.gather(sampled, best), true_count, tf.gather(sampled_count, best)),
            remove_accidental_hits=remove_accidental_hits, partition_strategy=partition_strategy, name=scope)
