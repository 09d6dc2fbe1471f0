"""Random chains of dataset transformations, the same ones in any library that has `tf.data`.

`described(tf, seed)` makes the chain of a seed and tells its elements, dtypes, shapes, cardinality and errors. Run as a
program it prints what the TensorFlow of this interpreter gives: `python chains.py FIRST LAST`.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

MOST = 60
"""Elements that are compared."""


# Sources ----------------------------------------------------------------------------------------------


def _range(tf: Any, r: random.Random) -> Any:
    start, stop, step = r.randint(-3, 5), r.randint(0, 14), r.choice([1, 1, 2, 3, -1])
    return tf.data.Dataset.range(start, stop, step)


def _slices(tf: Any, r: random.Random) -> Any:
    count = r.randint(1, 12)
    columns = {
        "f": np.linspace(-2, 3, count * 3, dtype=np.float32).reshape(count, 3),
        "i": np.arange(count, dtype=np.int32) * r.randint(1, 4),
        "u": (np.arange(count * 4) * 37 % 256).astype(np.uint8).reshape(count, 2, 2),
        "s": np.array([f"text {i % 3}" for i in range(count)]),
        "d": np.arange(count, dtype=np.float64) / 7,
        "b": np.arange(count) % 2 == 0}
    chosen = r.sample(sorted(columns), r.randint(1, 3))
    form = r.choice(["tuple", "dict", "one"])
    if form == "one":
        return tf.data.Dataset.from_tensor_slices(columns[chosen[0]])
    if form == "tuple":
        return tf.data.Dataset.from_tensor_slices(tuple(columns[c] for c in chosen))
    return tf.data.Dataset.from_tensor_slices({c: columns[c] for c in chosen})


def _tensors(tf: Any, r: random.Random) -> Any:
    return tf.data.Dataset.from_tensors(r.choice([
        np.arange(6, dtype=np.int64), (np.float32(2.5), np.arange(4, dtype=np.int32)), {"k": np.ones((2, 3))}]))


def _generator(tf: Any, r: random.Random) -> Any:
    count = r.randint(0, 8)
    if r.random() < 0.5:
        return tf.data.Dataset.from_generator(
            lambda: ((i, np.arange(i % 4, dtype=np.float32)) for i in range(count)),
            output_signature=(tf.TensorSpec((), tf.int64), tf.TensorSpec((None,), tf.float32)))
    return tf.data.Dataset.from_generator(lambda: iter(range(count)), tf.int64, ())


def _zipped(tf: Any, r: random.Random) -> Any:
    return tf.data.Dataset.zip((_range(tf, r), _slices(tf, r)))


# Transformations --------------------------------------------------------------------------------------


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in _leaves(value[key])]
    if isinstance(value, tuple):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def _mapped(function: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _mapped(function, v) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(_mapped(function, v) for v in value)
    return function(value)


def _packed(args: tuple[Any, ...]) -> Any:
    return args[0] if len(args) == 1 else args


def _is_number(tf: Any, tensor: Any) -> bool:
    return tensor.dtype not in (tf.string, tf.bool)


def _map(tf: Any, r: random.Random, ds: Any) -> Any:
    kind = r.choice(["scale", "cast", "identity", "pair", "dict", "reverse", "constant", "shape", "sum", "none"])
    calls = r.choice([None, None, 2, tf.data.AUTOTUNE])

    def one(x: Any) -> Any:
        if kind == "scale" and _is_number(tf, x):
            return x * 2 + 1
        if kind == "cast" and _is_number(tf, x):
            return tf.cast(x, tf.float32) / 255.0
        if kind == "reverse" and x.shape.rank:
            return tf.reverse(x, [0])
        if kind == "shape":
            return tf.shape(x)
        if kind == "sum" and x.dtype in (tf.int32, tf.int64):
            return tf.reduce_sum(x)
        if kind == "none" and x.shape.rank == 0:
            return tf.stack([x, x])
        return x

    def function(*args: Any) -> Any:
        value = _mapped(one, _packed(args))
        if kind == "pair":
            return value, tf.constant(7)
        if kind == "dict":
            return {"a": value, "b": [1, 2]}
        if kind == "constant":
            return value, 2.5, "word"
        return value

    return ds.map(function, num_parallel_calls=calls)


def _filter(tf: Any, r: random.Random, ds: Any) -> Any:
    kind = r.choice(["even", "all", "none", "size"])

    def keep(*args: Any) -> Any:
        first = _leaves(_packed(args))[0]
        if kind == "even" and first.dtype in (tf.int32, tf.int64):
            return tf.reduce_all(first % 2 == 0)
        if kind == "size":
            return tf.size(first) % 2 == 1
        return tf.constant(kind != "none")

    return ds.filter(keep)


def _flat_map(tf: Any, r: random.Random, ds: Any) -> Any:
    kind = r.choice(["tensors", "repeat", "range"])

    def inner(*args: Any) -> Any:
        value = _packed(args)
        if kind == "range":
            return tf.data.Dataset.range(tf.cast(tf.size(_leaves(value)[0]), tf.int64))
        made = tf.data.Dataset.from_tensors(value)
        return made.repeat(2) if kind == "repeat" else made

    return ds.flat_map(inner)


def _interleave(tf: Any, r: random.Random, ds: Any) -> Any:
    cycle, block, times = r.randint(1, 3), r.randint(1, 3), r.randint(1, 4)
    calls = r.choice([None, None, 2])
    return ds.interleave(lambda *args: tf.data.Dataset.from_tensors(_packed(args)).repeat(times), cycle_length=cycle,
                         block_length=block, num_parallel_calls=calls, deterministic=True)


def _window(tf: Any, r: random.Random, ds: Any) -> Any:
    size, shift, stride = r.randint(1, 4), r.choice([None, 1, 2, 3, 5]), r.choice([1, 1, 2])
    windows = ds.window(size, shift=shift, stride=stride, drop_remainder=r.random() < 0.5)

    def together(*args: Any) -> Any:
        value = _packed(args)
        if len(_leaves(value)) == 1 and not isinstance(value, dict):
            return _leaves(value)[0].batch(3)
        return tf.data.Dataset.zip(value).batch(3)

    return windows.flat_map(together)


def _scan(tf: Any, r: random.Random, ds: Any) -> Any:
    return ds.scan(np.int64(0), lambda state, *args: (state + 1, (state, _packed(args))))


def _group(tf: Any, r: random.Random, ds: Any) -> Any:
    ways, size = r.randint(1, 3), r.randint(1, 4)
    numbered = ds.enumerate()
    return numbered.group_by_window(lambda i, x: i % ways, lambda key, group: group.map(lambda i, x: x).batch(2), size)


def _concatenate(tf: Any, r: random.Random, ds: Any) -> Any:
    return ds.concatenate(r.choice([ds.take(2), ds.skip(1), ds.repeat(2)]))


def _bucket(tf: Any, r: random.Random, ds: Any) -> Any:
    return ds.bucket_by_sequence_length(lambda *args: tf.size(_leaves(_packed(args))[0]), [2, 4],
                                        [r.randint(1, 3), 2, 1], drop_remainder=r.random() < 0.3)


def _sampled(tf: Any, r: random.Random, ds: Any) -> Any:
    choices = [r.randint(0, 2) for _ in range(r.randint(0, 9))]
    return tf.data.Dataset.choose_from_datasets(
        [ds, ds.take(1), ds.skip(2)], tf.data.Dataset.from_tensor_slices(np.array(choices, np.int64)),
        stop_on_empty_dataset=r.random() < 0.5)


TRANSFORMATIONS: dict[str, Callable[[Any, random.Random, Any], Any]] = {
    "map": _map, "filter": _filter, "flat_map": _flat_map, "interleave": _interleave, "window": _window,
    "scan": _scan, "group": _group, "concatenate": _concatenate, "bucket": _bucket, "choose": _sampled,
    "batch": lambda tf, r, ds: ds.batch(r.randint(1, 5), drop_remainder=r.random() < 0.4),
    "padded_batch": lambda tf, r, ds: ds.padded_batch(r.randint(1, 5), drop_remainder=r.random() < 0.3),
    "unbatch": lambda tf, r, ds: ds.unbatch(),
    "rebatch": lambda tf, r, ds: ds.rebatch(r.choice([1, 2, 3, [1, 2]]), drop_remainder=r.random() < 0.3),
    "take": lambda tf, r, ds: ds.take(r.randint(-1, 9)),
    "skip": lambda tf, r, ds: ds.skip(r.choice([0, 1, 3, 20, -1])),
    "repeat": lambda tf, r, ds: ds.repeat(r.choice([0, 1, 2, 3])),
    "repeat_forever": lambda tf, r, ds: ds.repeat(r.choice([-1, None])).take(r.randint(5, 30)),
    "shard": lambda tf, r, ds: ds.shard(3, r.randint(0, 3)),
    "enumerate": lambda tf, r, ds: ds.enumerate(r.randint(0, 3)),
    "cache": lambda tf, r, ds: ds.cache(),
    "prefetch": lambda tf, r, ds: ds.prefetch(r.choice([0, 1, 3, tf.data.AUTOTUNE])),
    "unique": lambda tf, r, ds: ds.unique(),
    "take_while": lambda tf, r, ds: ds.take_while(lambda *args: tf.size(_leaves(_packed(args))[0]) < 5),
    "zip": lambda tf, r, ds: tf.data.Dataset.zip((ds, ds.skip(1))),
    "ignore_errors": lambda tf, r, ds: ds.ignore_errors(),
    "options": lambda tf, r, ds: ds.with_options(tf.data.Options()),
    "shuffle_of_one": lambda tf, r, ds: ds.shuffle(1),
}
SOURCES = [_range, _range, _slices, _slices, _slices, _tensors, _generator, _zipped]


# What a chain gives -----------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """An element as text that both libraries give alike."""
    if isinstance(value, dict):
        return {k: _plain(value[k]) for k in sorted(value)}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    array = np.asarray(value)
    flat = [v.decode() if isinstance(v, bytes) else v for v in array.reshape(-1).tolist()]
    return f"{array.dtype if array.dtype != object and array.dtype.kind != 'S' else 'string'}{list(array.shape)}{flat}"


def _error(error: Exception) -> str:
    if any(words in str(error) for words in ("Incompatible shapes at component", "ShuffleAndRepeatDataset")):
        return "a fault of the library's own rewriting"
    return f"error {type(error).__name__}"


def described(tf: Any, seed: int) -> dict[str, Any]:
    """What the chain of a seed gives."""
    r = random.Random(seed)
    ds = r.choice(SOURCES)(tf, r)
    names: list[str] = []
    for _ in range(r.randint(1, 6)):
        name = r.choice(sorted(TRANSFORMATIONS))
        names.append(name)
        place = random.Random(r.random())
        try:
            ds = TRANSFORMATIONS[name](tf, place, ds)
        except Exception as error:
            return {"chain": names, "refused": _error(error)}
    found: dict[str, Any] = {"chain": names, "spec": str(ds.element_spec), "cardinality": int(ds.cardinality())}
    elements: list[Any] = []
    try:
        for element in ds.take(MOST).as_numpy_iterator():
            elements.append(_plain(element))  # noqa: PERF401  (what came before an error counts)
    except Exception as error:
        found["error"] = _error(error)
    found["elements"] = elements
    return found


def main() -> None:
    """Prints what this interpreter's TensorFlow gives, a line of JSON for each seed."""
    import tensorflow as tf
    for seed in range(int(sys.argv[1]), int(sys.argv[2])):
        print(json.dumps([seed, described(tf, seed)]), flush=True)


if __name__ == "__main__":
    main()
