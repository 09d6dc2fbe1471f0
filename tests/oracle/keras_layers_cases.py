"""Layers with weights, inputs and arguments, and what a Keras makes of them: values, gradients, names, configs.

Runs with Hornbeam's Keras and with the real one: `python -m tests.oracle.keras_layers_cases` with the interpreter of
the TensorFlow environment writes `tests/golden/keras_layers.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Make = Callable[[Any], Any]
Case = tuple[Make, list[np.ndarray], bool, dict[str, Any]]
"""How the layer is made, its inputs, whether they are arguments of their own, and the other arguments."""

_draw = np.random.RandomState(0)


def _some(*shape: int) -> np.ndarray:
    return _draw.randn(*shape).astype(np.float32)


SEQUENCE, IMAGE, VOLUME, ROWS = _some(2, 9, 4), _some(2, 8, 7, 4), _some(2, 5, 6, 5, 2), _some(3, 6)
QUERY, VALUE, KEY = _some(2, 5, 6), _some(2, 7, 4), _some(2, 7, 6)
MASK = np.array([[1, 1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 1, 1, 1, 1, 1, 0]], bool)
QUERY_MASK, VALUE_MASK = np.array([[1] * 3 + [0] * 2, [1] * 5], bool), np.array([[1] * 5 + [0] * 2, [1] * 7], bool)
CASES: dict[str, Case] = {}


def _case(name: str, make: Make, *inputs: np.ndarray, apart: bool = False, **arguments: Any) -> None:
    while name in CASES:
        name += "'"
    CASES[name] = make, list(inputs), apart, arguments


def _windows() -> None:
    for stride in (1, 2):
        for padding in ("valid", "same"):
            way = {"strides": stride, "padding": padding}
            for kind, x, sizes in (("Conv1D", SEQUENCE, (3, 3)), ("Conv3D", VOLUME, (3, 2)),
                                   ("Conv1DTranspose", SEQUENCE, (3, 3)), ("Conv2DTranspose", IMAGE, (3, 3)),
                                   ("Conv3DTranspose", VOLUME, (2, 3)), ("SeparableConv1D", SEQUENCE, (5, 3)),
                                   ("SeparableConv2D", IMAGE, (5, 3)), ("DepthwiseConv1D", SEQUENCE, (3,)),
                                   ("MaxPooling1D", SEQUENCE, (2,)), ("MaxPooling2D", IMAGE, (3,)),
                                   ("MaxPooling3D", VOLUME, (2,)), ("AveragePooling1D", SEQUENCE, (2,)),
                                   ("AveragePooling2D", IMAGE, (3,)), ("AveragePooling3D", VOLUME, (2,))):
                _case(f"{kind} {stride} {padding}",
                      lambda L, kind=kind, sizes=sizes, way=way: getattr(L, kind)(*sizes, **way), x)
            _case(f"Conv2D {stride} {padding}", lambda L, way=way: L.Conv2D(6, (3, 2), groups=2, activation="relu",
                                                                          **way), IMAGE)
            _case(f"DepthwiseConv2D {stride} {padding}", lambda L, way=way: L.DepthwiseConv2D(3, depth_multiplier=2,
                                                                                            **way), IMAGE)
    _case("Conv1D causal", lambda L: L.Conv1D(3, 3, padding="causal", dilation_rate=2), SEQUENCE)
    _case("Conv2D dilated", lambda L: L.Conv2D(3, 3, dilation_rate=2, use_bias=False), IMAGE)
    _case("Conv2DTranspose longer", lambda L: L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1),
          IMAGE)
    for kind, x in (("GlobalMaxPooling1D", SEQUENCE), ("GlobalAveragePooling1D", SEQUENCE),
                    ("GlobalMaxPooling2D", IMAGE), ("GlobalAveragePooling2D", IMAGE), ("GlobalMaxPooling3D", VOLUME)):
        for keepdims in (False, True):
            _case(f"{kind} {keepdims}", lambda L, kind=kind, k=keepdims: getattr(L, kind)(keepdims=k), x)
    _case("AdaptiveAveragePooling2D", lambda L: L.AdaptiveAveragePooling2D((3, 2)), IMAGE)
    _case("AdaptiveMaxPooling2D", lambda L: L.AdaptiveMaxPooling2D((3, 2)), IMAGE)
    _case("GlobalAveragePooling1D mask", lambda L: L.GlobalAveragePooling1D(), SEQUENCE, mask=MASK)


def _normalizations() -> None:
    for x in (ROWS, IMAGE, SEQUENCE):
        _case("BatchNormalization training", lambda L: L.BatchNormalization(), x, training=True)
        for kind in ("BatchNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization"):
            _case(kind, lambda L, kind=kind: getattr(L, kind)(), x)
    _case("BatchNormalization axis", lambda L: L.BatchNormalization(axis=1, momentum=0.9), IMAGE, training=True)
    _case("BatchNormalization mask", lambda L: L.BatchNormalization(), SEQUENCE, training=True, mask=MASK)
    _case("LayerNormalization axes", lambda L: L.LayerNormalization(axis=[1, 2]), IMAGE)
    _case("GroupNormalization", lambda L: L.GroupNormalization(2), IMAGE)
    _case("GroupNormalization each", lambda L: L.GroupNormalization(-1), SEQUENCE)
    _case("SpectralNormalization", lambda L: L.SpectralNormalization(L.Dense(3)), ROWS)


def _shapes() -> None:
    for name, make, x in (
            ("Flatten", lambda L: L.Flatten(), IMAGE), ("Reshape", lambda L: L.Reshape((4, -1)), IMAGE),
            ("Permute", lambda L: L.Permute((3, 1, 2)), IMAGE), ("RepeatVector", lambda L: L.RepeatVector(3), ROWS),
            ("ZeroPadding1D", lambda L: L.ZeroPadding1D(2), SEQUENCE),
            ("ZeroPadding2D", lambda L: L.ZeroPadding2D(((1, 2), (0, 1))), IMAGE),
            ("ZeroPadding3D", lambda L: L.ZeroPadding3D(1), VOLUME),
            ("Cropping1D", lambda L: L.Cropping1D((1, 2)), SEQUENCE),
            ("Cropping2D", lambda L: L.Cropping2D(((1, 0), (2, 1))), IMAGE),
            ("Cropping3D", lambda L: L.Cropping3D(1), VOLUME), ("UpSampling1D", lambda L: L.UpSampling1D(2), SEQUENCE),
            ("UpSampling2D", lambda L: L.UpSampling2D((2, 3)), IMAGE),
            ("UpSampling2D bilinear", lambda L: L.UpSampling2D(2, interpolation="bilinear"), IMAGE),
            ("UpSampling3D", lambda L: L.UpSampling3D(2), VOLUME)):
        _case(name, make, x)
    for kind in ("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        _case(kind, lambda L, kind=kind: getattr(L, kind)(), ROWS, ROWS * 2, ROWS - 1)
    _case("Subtract", lambda L: L.Subtract(), ROWS, ROWS * 2)
    _case("Dot", lambda L: L.Dot(1), ROWS, ROWS + 1)
    _case("Dot cosine", lambda L: L.Dot(1, normalize=True), ROWS, ROWS + 1)
    _case("Dot axes", lambda L: L.Dot((1, 2)), SEQUENCE, SEQUENCE.transpose(0, 2, 1).copy())
    _case("Concatenate axis", lambda L: L.Concatenate(axis=1), SEQUENCE, SEQUENCE)


def _pointwise() -> None:
    for name, make, x in (
            ("Activation", lambda L: L.Activation("tanh"), ROWS), ("ELU", lambda L: L.ELU(0.5), ROWS),
            ("ReLU", lambda L: L.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.2), ROWS),
            ("LeakyReLU", lambda L: L.LeakyReLU(), ROWS), ("PReLU", lambda L: L.PReLU(shared_axes=[1, 2]), IMAGE),
            ("Softmax", lambda L: L.Softmax(), ROWS), ("Softmax axes", lambda L: L.Softmax(axis=[1, 2]), IMAGE),
            ("Dropout", lambda L: L.Dropout(0.5), ROWS), ("SpatialDropout2D", lambda L: L.SpatialDropout2D(0.5), IMAGE),
            ("GaussianNoise", lambda L: L.GaussianNoise(0.1), ROWS), ("AlphaDropout", lambda L: L.AlphaDropout(0.1),
                                                                      ROWS),
            ("ActivityRegularization", lambda L: L.ActivityRegularization(0.1, 0.2), ROWS),
            ("Dense", lambda L: L.Dense(4, "gelu", kernel_regularizer="l2"), SEQUENCE)):
        _case(name, make, x)


def _recurrent() -> None:
    for kind in ("SimpleRNN", "GRU", "LSTM"):
        for more in ({}, {"return_sequences": True}, {"return_state": True}, {"use_bias": False},
                     {"go_backwards": True, "return_sequences": True}, {"unroll": True, "return_sequences": True},
                     {"activation": "relu", "kernel_regularizer": "l2"}):
            _case(f"{kind} {','.join(more)}", lambda L, kind=kind, more=more: getattr(L, kind)(5, **more), SEQUENCE)
        for more in ({"return_sequences": True}, {}, {"unroll": True}):
            _case(f"{kind} mask {','.join(more)}", lambda L, kind=kind, more=more: getattr(L, kind)(5, **more),
                  SEQUENCE, mask=MASK)
        for mode in ("concat", "sum", "mul", "ave"):
            _case(f"Bidirectional {kind} {mode}", lambda L, kind=kind, mode=mode: L.Bidirectional(
                getattr(L, kind)(3, return_sequences=True), merge_mode=mode), SEQUENCE)
        _case(f"Bidirectional {kind} mask", lambda L, kind=kind: L.Bidirectional(getattr(L, kind)(3)), SEQUENCE,
              mask=MASK)
    _case("GRU before", lambda L: L.GRU(5, reset_after=False), SEQUENCE)
    _case("LSTM no forget bias", lambda L: L.LSTM(5, unit_forget_bias=False), SEQUENCE)
    _case("RNN stacked", lambda L: L.RNN([L.LSTMCell(4), L.GRUCell(3)]), SEQUENCE)
    _case("RNN zeros", lambda L: L.RNN(L.SimpleRNNCell(4), return_sequences=True, zero_output_for_mask=True),
          SEQUENCE, mask=MASK)
    _case("TimeDistributed", lambda L: L.TimeDistributed(L.Dense(3)), SEQUENCE)


def _attention() -> None:
    _case("Attention", lambda L: L.Attention(), QUERY, KEY)
    _case("Attention scale", lambda L: L.Attention(use_scale=True), QUERY, VALUE, KEY)
    _case("Attention concat", lambda L: L.Attention(score_mode="concat", use_scale=True), QUERY, KEY)
    _case("AdditiveAttention", lambda L: L.AdditiveAttention(), QUERY, KEY)
    _case("Attention causal", lambda L: L.Attention(), QUERY, QUERY, use_causal_mask=True)
    _case("Attention masks", lambda L: L.Attention(), QUERY, KEY, mask=[QUERY_MASK, VALUE_MASK])
    _case("Attention scores", lambda L: L.Attention(), QUERY, KEY, return_attention_scores=True)
    lower = np.tril(np.ones((2, 5, 7), bool))
    for more, arguments in (({}, {}), ({"value_dim": 3, "output_shape": 7}, {}), ({"use_bias": False},
                            {"use_causal_mask": True}), ({}, {"return_attention_scores": True}),
                            ({}, {"attention_mask": lower}), ({"sliding_window": 2}, {}), ({"use_gate": True}, {})):
        _case("MultiHeadAttention", lambda L, more=more: L.MultiHeadAttention(2, 3, **more), QUERY, VALUE, KEY,
              apart=True, **arguments)
    _case("GroupQueryAttention", lambda L: L.GroupQueryAttention(3, 4, 2), QUERY, KEY, apart=True)
    _case("GroupQueryAttention scores", lambda L: L.GroupQueryAttention(3, 4, 2), QUERY, KEY, apart=True,
          use_causal_mask=True, return_attention_scores=True)


def _convolutional_lstm() -> None:
    draw = np.random.RandomState(1)
    inputs = {rank: draw.randn(2, 3, *(6, 5, 4)[:rank], 2).astype(np.float32) for rank in (1, 2, 3)}
    mask = np.array([[1, 1, 0], [0, 1, 1]], bool)
    for rank, x in inputs.items():
        for more in ({}, {"return_sequences": True, "padding": "same", "strides": 2}, {"return_state": True}):
            _case(f"ConvLSTM{rank}D {','.join(more)}", lambda L, rank=rank, more=more: getattr(L, f"ConvLSTM{rank}D")(
                3, 2, **more), x)
    for more, arguments in (({"dilation_rate": 2, "use_bias": False, "go_backwards": True}, {}),
                            ({"return_sequences": True, "activation": "relu", "kernel_regularizer": "l2",
                              "unit_forget_bias": False}, {"mask": mask}), ({}, {"mask": mask}),
                            ({"dropout": 0.2, "recurrent_dropout": 0.1, "seed": 3}, {})):
        _case(f"ConvLSTM2D {','.join(more)}", lambda L, more=more: L.ConvLSTM2D(2, (3, 2), **more), inputs[2],
              **arguments)


def _preprocessing() -> None:
    draw = np.random.RandomState(2)
    images = (draw.rand(2, 9, 7, 3) * 255).astype(np.float32)
    numbers, rows = draw.randint(0, 5, (3, 4)), draw.randn(4, 3).astype(np.float32)
    for name, make, x in (
            ("Rescaling", lambda L: L.Rescaling(1 / 127.5, -1.0), images),
            ("Rescaling channels", lambda L: L.Rescaling([0.1, 0.2, 0.3], offset=[1.0, 2.0, 3.0]), images),
            ("Normalization given", lambda L: L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 0.0, 1.0]), rows),
            ("Normalization invert", lambda L: L.Normalization(mean=2.0, variance=3.0, invert=True), rows),
            ("CategoryEncoding", lambda L: L.CategoryEncoding(5), numbers),
            ("CategoryEncoding one", lambda L: L.CategoryEncoding(6, output_mode="one_hot"), numbers),
            ("CategoryEncoding one row", lambda L: L.CategoryEncoding(6, output_mode="one_hot"), numbers[:, :1]),
            ("CategoryEncoding count", lambda L: L.CategoryEncoding(6, output_mode="count"), numbers),
            ("Discretization one", lambda L: L.Discretization([-0.5, 0.0, 1.0], output_mode="one_hot"), rows),
            ("Discretization count", lambda L: L.Discretization([-0.5, 0.0, 1.0], output_mode="count"), rows),
            ("Resizing", lambda L: L.Resizing(5, 8), images),
            ("Resizing crop", lambda L: L.Resizing(6, 6, crop_to_aspect_ratio=True), images),
            ("Resizing pad", lambda L: L.Resizing(6, 6, pad_to_aspect_ratio=True, fill_value=3.0), images),
            ("Resizing smooth", lambda L: L.Resizing(4, 3, antialias=True), images),
            ("CenterCrop", lambda L: L.CenterCrop(4, 4), images), ("CenterCrop up", lambda L: L.CenterCrop(12, 6),
                                                                   images),
            ("RandomFlip", lambda L: L.RandomFlip("horizontal", seed=1), images),
            ("RandomRotation", lambda L: L.RandomRotation((-0.2, 0.3), seed=1), images),
            ("RandomZoom", lambda L: L.RandomZoom(0.2, seed=1), images),
            ("RandomTranslation", lambda L: L.RandomTranslation(0.2, (0.1, 0.3), seed=1), images),
            ("RandomContrast", lambda L: L.RandomContrast(0.2, seed=1), images),
            ("RandomBrightness", lambda L: L.RandomBrightness(0.2, seed=1), images)):
        _case(name, make, x, **({"training": False} if name.startswith("Random") else {}))
    for name, make in (("RandomRotation", lambda L: L.RandomRotation((0.1, 0.1), seed=1)),
                       ("RandomRotation fill", lambda L: L.RandomRotation((-0.3, -0.3), "constant", "nearest", seed=1,
                                                                         fill_value=7.0)),
                       ("RandomZoom", lambda L: L.RandomZoom((0.4, 0.4), (-0.2, -0.2), seed=1)),
                       ("RandomTranslation", lambda L: L.RandomTranslation((.3, .3), (-.2, -.2), "nearest", seed=1)),
                       ("RandomCrop small", lambda L: L.RandomCrop(9, 4, seed=1)),
                       ("RandomCrop up", lambda L: L.RandomCrop(12, 5, seed=1))):
        _case(f"{name} certain", make, images.astype(np.uint8), training=True)  # TensorFlow's gradients are not exact
    _case("RandomBrightness certain", lambda L: L.RandomBrightness((0.2, 0.2), seed=1), images, training=True)


for _family in (_windows, _normalizations, _shapes, _pointwise, _recurrent, _attention, _convolutional_lstm,
                _preprocessing):
    _family()


def answer(keras: Any, tf: Any, name: str) -> dict[str, Any]:
    """What `keras` (on the ops of `tf`) makes of a case, as plain values."""
    make, inputs, apart, arguments = CASES[name]
    keras.backend.clear_session()
    layer = make(keras.layers)
    shapes = [x.shape for x in inputs]
    layer.build(*shapes) if apart or len(shapes) == 1 else layer.build(shapes)
    draw = np.random.RandomState(len(name))
    for weight in layer.weights:
        value = np.asarray(draw.randn(*weight.shape), np.float32) * np.float32(0.5)
        weight.assign(np.abs(value) + 0.5 if "variance" in weight.name else value)
    tensors = [tf.constant(x) for x in inputs]
    given = tensors if apart else [tensors[0]] if len(tensors) == 1 else [tensors]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = layer(*given, **arguments)
        parts = list(result) if isinstance(result, (list, tuple)) else [result]
        flat = tf.concat([tf.reshape(p, [-1]) for p in parts], 0)
        total = tf.reduce_sum(flat * tf.cast(tf.range(tf.size(flat)), tf.float32) * 0.01)
    grads = tape.gradient(total, [*tensors, *layer.trainable_weights])
    symbols = [keras.Input(s[1:]) for s in shapes]
    made = layer(*(symbols if apart else symbols if len(symbols) == 1 else [symbols]))
    config = layer.get_config()
    return {"values": [brief(p) for p in parts],
            "gradients": [None if g is None else brief(tf.convert_to_tensor(g)) for g in grads],
            "state": [brief(w) for w in layer.non_trainable_weights], "paths": [w.path for w in layer.weights],
            "shape": [list(m.shape) for m in (made if isinstance(made, (list, tuple)) else [made])],
            "config": json.loads(json.dumps(config, default=str, sort_keys=True))}


def brief(tensor: Any) -> dict[str, Any]:
    """A tensor by its shape, its first numbers and a few sums that any change would change."""
    array = np.asarray(tensor, np.float64)
    flat = array.reshape(-1)
    ramp = np.cos(np.arange(flat.size))
    return {"shape": list(array.shape), "first": [round(float(v), 6) for v in flat[:6]],
            "sums": [round(float(s), 5) for s in (flat.sum(), (flat * ramp).sum(), (flat**2).sum())]}


def main() -> None:
    import tensorflow as tf

    import keras
    found = {name: answer(keras, tf, name) for name in CASES}
    path = Path(__file__).parents[1] / "golden" / "keras_layers.json"
    path.write_text("{\n" + ",\n".join(f"{json.dumps(n)}: {json.dumps(a, sort_keys=True)}" for n, a in found.items())
                    + "\n}\n")


if __name__ == "__main__":
    main()
