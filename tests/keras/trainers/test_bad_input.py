"""What cannot be trained on: a clear error before the first step, or at the step; the weights stay as they were.

`docs/keras-bad-input.md` is this table in words; `python -m tests.keras.trainers.test_bad_input` writes it.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras import layers

PAGE = Path(__file__).parents[3] / "docs" / "keras-bad-input.md"


def linear(optimizer="sgd", loss="mse", **arguments):
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer, loss, **arguments)
    return model


def classes(labels, loss="sparse_categorical_crossentropy"):
    """Three classes, fitted to these labels."""
    model = keras.Sequential([layers.Input((4,)), layers.Dense(3, "softmax")])
    model.compile("sgd", loss)
    before = model.get_weights()
    try:
        model.fit(X, labels, verbose=0)
    finally:
        for old, new in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)


def two_inputs(data):
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    model = keras.Model([a, b], layers.Dense(1)(layers.concatenate([a, b])))
    model.compile("sgd", "mse")
    model.fit(data, Y, verbose=0)


X = np.random.RandomState(0).rand(50, 4).astype(np.float32)
Y = (X @ np.array([1.0, -2.0, 3.0, 0.5], np.float32))[:, None].astype(np.float32)
LABELS = np.arange(50) % 3
InvalidArgument = tf.errors.InvalidArgumentError

# What is wrong, a call with a compiled model and good data, the error, and words of it.
BAD = [
    ("lengths", lambda m, x, y: m.fit(x, y[:10], verbose=0), ValueError, "Data cardinality is ambiguous"),
    ("no compile", lambda m, x, y: keras.Sequential([layers.Dense(1)]).fit(x, y), ValueError,
     r"You must call `compile\(\)` before using the model"),
    ("width", lambda m, x, y: m.fit(x[:, :3], y, verbose=0), ValueError,
     "expected axis -1 of input shape to have value 4"),
    ("unknown loss", lambda m, x, y: m.compile("sgd", "no_such_loss") or m.fit(x, y, verbose=0), ValueError,
     "no_such_loss"),
    ("unknown optimizer", lambda m, x, y: m.compile("no_such"), ValueError, "no_such"),
    ("empty", lambda m, x, y: m.fit(x[:0], y[:0], verbose=0), ValueError, "no samples"),
    ("class and sample weights", lambda m, x, y: m.fit(x, y, class_weight={0: 1.0}, sample_weight=y[:, 0], verbose=0),
     ValueError, "You cannot `class_weight` and `sample_weight` at the same time"),
    ("split of a generator", lambda m, x, y: m.fit(iter([(x, y)]), validation_split=0.1, verbose=0), ValueError,
     "`validation_split` is only supported for tensors or NumPy arrays"),
    ("targets beside batches", lambda m, x, y: m.fit(iter([(x, y)]), y, verbose=0), ValueError,
     "`y` should not be passed"),
    ("no loss", lambda m, x, y: m.compile("sgd") or m.fit(x, y, verbose=0), ValueError, "No loss to compute"),
    ("objects", lambda m, x, y: m.fit([object()], y, verbose=0), ValueError, "Unrecognized data"),
    ("metrics", lambda m, x, y: m.compile("sgd", "mse", metrics="mae"), ValueError,
     "Expected `metrics` argument to be a list, tuple, or dict"),
    ("unknown metric", lambda m, x, y: m.compile("sgd", "mse", metrics=["no_such"]) or m.fit(x, y, verbose=0),
     ValueError, "no_such"),
    ("targets of another rank", lambda m, x, y: m.compile("sgd", "categorical_crossentropy") or m.fit(
        x, np.zeros((50, 3)), verbose=0), ValueError, "shape"),
    ("text", lambda m, x, y: m.fit(np.array([["a"] * 4] * 50), y, verbose=0), (TypeError, ValueError), ""),
    ("no data", lambda m, x, y: m.fit(None, y, verbose=0), ValueError, ""),
    ("weights of another length", lambda m, x, y: m.fit(x, y, sample_weight=np.ones(10), verbose=0), ValueError,
     "Data cardinality is ambiguous"),
    ("not compiled: evaluate", lambda m, x, y: keras.Sequential([layers.Dense(1)]).evaluate(x, y), ValueError,
     "You must call `compile"),
    ("not compiled: train_on_batch", lambda m, x, y: keras.Sequential([layers.Dense(1)]).train_on_batch(x, y),
     ValueError, "You must call `compile"),
    ("epochs", lambda m, x, y: m.fit(x, y, epochs="2", verbose=0), ValueError, "`epochs` is a whole number"),
    ("validation", lambda m, x, y: m.fit(x, y, validation_data=(x, y[:3]), verbose=0), ValueError,
     "Data cardinality is ambiguous"),
    ("split", lambda m, x, y: m.fit(x, y, validation_split=1.0, verbose=0), ValueError, "validation_split"),
    ("class number out of range", lambda m, x, y: classes(np.full(50, 7)), InvalidArgument,
     "label value of 7 which is outside the valid range"),
    ("negative class number", lambda m, x, y: classes(np.full(50, -1)), InvalidArgument, "label value of -1"),
    ("NaN as a class number", lambda m, x, y: classes(np.where(LABELS == 1, np.nan, LABELS)), InvalidArgument, "label"),
    ("one-hot labels for a sparse loss", lambda m, x, y: classes(np.eye(3)[LABELS]), ValueError,
     "must have the same shape"),
    ("class numbers for a one-hot loss", lambda m, x, y: classes(LABELS, "categorical_crossentropy"), ValueError,
     "must have the same shape"),
    ("targets that are text", lambda m, x, y: m.fit(x, y.astype(str), verbose=0), TypeError, "Cast string to number"),
    ("inputs that are None", lambda m, x, y: m.fit(np.array([[None] * 4] * 50), y, verbose=0), ValueError,
     "objects that are not numbers"),
    ("dates", lambda m, x, y: m.fit(np.full((50, 4), "2020-01-01", "datetime64[D]"), y, verbose=0), ValueError,
     "datetime64"),
    ("ragged lists", lambda m, x, y: m.fit([[1, 2], [3]], y, verbose=0), ValueError, "Unrecognized data type"),
    ("inputs of another rank", lambda m, x, y: m.fit(x[:, 0], y, verbose=0), ValueError, "Invalid input shape"),
    ("`batch_size` of 0", lambda m, x, y: m.fit(x, y, batch_size=0), ValueError, "`batch_size` is a positive"),
    ("`batch_size` as text", lambda m, x, y: m.fit(x, y, batch_size="32"), ValueError, "`batch_size` is a positive"),
    ("negative `epochs`", lambda m, x, y: m.fit(x, y, epochs=-1), ValueError, "`epochs` is a whole number"),
    ("`steps_per_epoch` of 0", lambda m, x, y: m.fit(x, y, steps_per_epoch=0), ValueError, "`steps_per_epoch` is a p"),
    ("unknown `verbose`", lambda m, x, y: m.fit(x, y, verbose="loud"), ValueError, "`verbose` is 'auto', 0, 1 or 2"),
    ("a callback that is none", lambda m, x, y: m.fit(x, y, callbacks=[3]), TypeError, "`callbacks` are instances"),
    ("a callback's class", lambda m, x, y: m.fit(x, y, callbacks=[keras.callbacks.EarlyStopping]), TypeError,
     "`callbacks` are instances"),
    ("negative `validation_split`", lambda m, x, y: m.fit(x, y, validation_split=-0.1), ValueError,
     "`validation_split` is a part between 0 and 1"),
    ("four parts of validation data", lambda m, x, y: m.fit(x, y, validation_data=(x, y, y, y)), ValueError,
     "expected to be in format"),
    ("`class_weight` as a list", lambda m, x, y: m.fit(x, y, class_weight=[1, 2]), ValueError, "is a dictionary"),
    ("an input too few", lambda m, x, y: two_inputs({"a": x}), ValueError, 'Missing data for input "b"'),
    ("one array for two inputs", lambda m, x, y: two_inputs(x), ValueError, "expects 2 named input"),
    ("nothing to evaluate", lambda m, x, y: m.evaluate(x[:0], y[:0]), ValueError, "There are no samples"),
    ("nothing to predict", lambda m, x, y: m.predict(x[:0]), ValueError, "There are no samples"),
    ("predict: another width", lambda m, x, y: m.predict(x[:, :2], verbose=0), ValueError, "expected axis -1"),
    ("a generator of None", lambda m, x, y: m.fit(iter([None]), verbose=0), ValueError, "gave None"),
    ("a generator of four parts", lambda m, x, y: m.fit(iter([(x, y, y, y)]), verbose=0), ValueError,
     "expected to be in format"),
    ("a generator that raises", lambda m, x, y: m.fit((1 / 0 for _ in [1]), verbose=0), ZeroDivisionError, "division"),
    ("a loss for no output", lambda m, x, y: m.compile("sgd", {"other": "mse"}) or m.fit(x, y, verbose=0), ValueError,
     "Expected keys"),
    ("weights of other shapes", lambda m, x, y: m.set_weights([np.ones((2, 2)), np.ones(1)]), ValueError,
     "not compatible"),
    ("another number of weights", lambda m, x, y: m.set_weights([1]), ValueError, "was expecting 2 weights"),
    ("a layer that is not there", lambda m, x, y: m.get_layer("other"), ValueError, "No such layer: other"),
]


@pytest.mark.parametrize(("call", "error", "words"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_what_cannot_be_trained_is_refused(call, error, words) -> None:
    model = linear()
    before = model.get_weights()[0]
    warnings.simplefilter("ignore")
    with pytest.raises(error, match=words or None):
        call(model, X, Y)
    np.testing.assert_array_equal(model.get_weights()[0], before)


@pytest.mark.parametrize(("what", "words"), [("x", "`x` holds NaN at sample 3"), ("y", "`y` holds NaN at sample 3"),
                                             ("rate", "the data hold none, the learning rate may be too high")])
def test_a_loss_that_is_no_number_is_said_once(what, words) -> None:
    x, y = X.copy(), Y.copy()
    if what != "rate":
        {"x": x, "y": y}[what][3] = np.nan
    model = linear(keras.optimizers.SGD(1e30 if what == "rate" else 0.01))
    with pytest.warns(RuntimeWarning, match=f"The loss is NaN in epoch [12]: {words}") as seen:
        model.fit(x, y, epochs=4, verbose=0)
    assert [w.filename for w in seen] == [__file__]


def page() -> str:
    """The table as a page."""
    lines = ["# Keras: bad input, and what is said of it", "",
             "Every row is a test (`tests/keras/trainers/test_bad_input.py`); no weight changes. A loss that becomes",
             "NaN is no error: a `RuntimeWarning` says in which epoch it did, and which sample holds NaN, if one does.",
             "",
             "| input | error | words |", "|---|---|---|"]
    for what, _, error, words in BAD:
        names = " or ".join(e.__name__ for e in (error if isinstance(error, tuple) else (error,)))
        said = re.sub(r"\\(.)", r"\1", words).replace("|", "\\|")
        lines.append(f"| {what} | `{names}` | {said} |")
    return "\n".join(lines) + "\n"


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.keras.trainers.test_bad_input`"


if __name__ == "__main__":
    PAGE.write_text(page())
