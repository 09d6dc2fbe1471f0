"""Names that contrib had for what is public elsewhere by now."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import names_v1, public, register
from hornbeam.v1.api import tf

_SIGNAL = ("frame", "hamming_window", "hann_window", "inverse_stft", "inverse_stft_window_fn",
           "linear_to_mel_weight_matrix", "mfccs_from_log_mel_spectrograms", "overlap_and_add", "stft")
_ELSEWHERE = {
    **{f"contrib.signal.{name}": f"signal.{name}" for name in _SIGNAL},
    "contrib.stateless.stateless_random_uniform": "random.stateless_uniform",
    "contrib.stateless.stateless_random_normal": "random.stateless_normal",
    "contrib.stateless.stateless_truncated_normal": "random.stateless_truncated_normal",
    "contrib.stateless.stateless_multinomial": "random.stateless_multinomial",
    "contrib.framework.list_variables": "train.list_variables",
    "contrib.framework.load_checkpoint": "train.load_checkpoint",
    "contrib.framework.load_variable": "train.load_variable",
    "contrib.framework.init_from_checkpoint": "train.init_from_checkpoint",
    "contrib.checkpoint.CheckpointManager": "train.CheckpointManager",
}

for _name, _place in _ELSEWHERE.items():
    if _place in names_v1:
        register(names_v1[_place].target, v1=[_name])


@public(v1=("contrib.sparsemax.sparsemax",))
def sparsemax(logits: Any, name: str | None = None) -> Any:
    """The probabilities nearest to each row of `logits` [batch, classes]; many are 0. Martins and Astudillo 2016."""
    with tf.name_scope(name, "sparsemax", [logits]):
        z = tf.convert_to_tensor(logits, name="logits")
        ordered = tf.sort(z, direction="DESCENDING")
        sums = tf.cumsum(ordered, axis=-1)
        places = tf.range(1, tf.cast(tf.shape(z)[1], z.dtype) + 1, dtype=z.dtype)
        inside = tf.reduce_sum(tf.cast(1 + places * ordered > sums, tf.int32), axis=-1, keepdims=True)
        within = tf.batch_gather(sums, inside - 1)
        return tf.maximum(tf.cast(0, z.dtype), z - (within - 1) / tf.cast(inside, z.dtype))


@public(v1=("contrib.sparsemax.sparsemax_loss",))
def sparsemax_loss(logits: Any, sparsemax: Any, labels: Any, name: str | None = None) -> Any:
    """The loss [batch] whose gradient is `sparsemax` − `labels`. sparsemax: what `sparsemax(logits)` gives."""
    with tf.name_scope(name, "sparsemax_loss", [logits, sparsemax, labels]):
        z, p, q = (tf.convert_to_tensor(value) for value in (logits, sparsemax, labels))
        chosen = p * (z - 0.5 * p)
        chosen = tf.where(p > 0, chosen, tf.zeros_like(chosen))
        wanted = q * (0.5 * q - z)
        wanted = tf.where(tf.equal(q, 0), tf.zeros_like(wanted), wanted)
        return tf.reduce_sum(chosen + wanted, axis=1)
