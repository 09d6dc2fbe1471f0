"""Random chains of transformations: what TensorFlow 2.21 gave for them, and positions that are saved and restored."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from tests.data import chains

import hornbeam as tf

RECORDED = dict(json.loads((Path(__file__).parent / "chains.json").read_text()))


@pytest.mark.parametrize("seed", sorted(RECORDED))
def test_a_chain_gives_what_tensorflow_gave(seed):
    """Elements in order, dtypes, shapes, cardinality and errors."""
    assert json.loads(json.dumps(chains.described(tf, seed))) == RECORDED[seed]


RANDOM = {
    "shuffle": lambda r, ds: ds.shuffle(r.randint(2, 12), seed=r.choice([None, 3]),
                                        reshuffle_each_iteration=r.random() < 0.7),
    "random": lambda r, ds: tf.data.Dataset.zip((ds, tf.data.Dataset.random(seed=r.choice([None, 4])))),
    "drawn": lambda r, ds: ds.map(lambda *args: (chains._packed(args), tf.random.uniform([]))),
    "sampled": lambda r, ds: tf.data.Dataset.sample_from_datasets([ds, ds.skip(1)], seed=2),
}


def _chain(r: random.Random) -> tuple[Any, list[str]]:
    ds, names = r.choice(chains.SOURCES)(tf, r), []
    for _ in range(r.randint(1, 6)):
        name = r.choice([*chains.TRANSFORMATIONS, *RANDOM, *["shuffle"] * 4])
        try:
            ds = RANDOM[name](r, ds) if name in RANDOM else chains.TRANSFORMATIONS[name](tf, r, ds)
            names.append(name)
        except (tf.errors.OpError, ValueError, TypeError):
            continue
    return ds, names


def _taken(iterator: Any, count: int) -> list[Any]:
    found: list[Any] = []
    try:
        for _ in range(count):
            found.append(chains._plain(next(iterator)))  # noqa: PERF401  (what came before an error counts)
    except StopIteration:
        found.append("end")
    except tf.errors.OpError as error:
        found.append(type(error).__name__)
    return found


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_a_restored_position_gives_the_same_remaining_elements(first):
    for seed in range(first, first + 20):
        r = random.Random(seed)
        ds, names = _chain(r)
        iterator = ds.as_numpy_iterator()
        if any(isinstance(e, str) and e.endswith("Error") for e in _taken(iterator, r.randint(0, 8))):
            continue
        try:
            position = iterator.save_position()
        except tf.errors.OpError:
            continue  # what was fetched ahead failed
        rest = _taken(iterator, 30)
        other = ds.as_numpy_iterator()
        _taken(other, r.randint(0, 3))
        other.restore_position(position)
        assert _taken(other, 30) == rest, (seed, names)
