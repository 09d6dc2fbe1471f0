"""Initializers by name and configuration, and what they refuse. Their values: `tests/keras/random`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hornbeam.keras import initializers, random

CLASSES = ["Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "LecunNormal",
           "LecunUniform", "Ones", "Orthogonal", "RandomNormal", "RandomUniform", "TruncatedNormal",
           "VarianceScaling", "Zeros"]


@pytest.mark.parametrize("name", CLASSES)
def test_each_is_found_by_both_names_and_survives_its_configuration(name: str) -> None:
    cls = getattr(initializers, name)
    made = initializers.get(name)
    assert type(made) is cls
    config = initializers.serialize(made)
    assert config["module"] == "keras.initializers"
    assert config["class_name"] == name
    again = initializers.deserialize(config)
    assert type(again) is cls
    assert again.get_config() == made.get_config()
    assert type(made.clone()) is cls


@pytest.mark.parametrize(("spelling", "name"), [
    ("he_normal", "HeNormal"), ("glorot_uniform", "GlorotUniform"), ("normal", "RandomNormal"), ("zero", "Zeros"),
    ("uniform", "RandomUniform"), ("one", "Ones"), ("identity", "Identity"), ("IdentityInitializer", "Identity"),
    ("OrthogonalInitializer", "Orthogonal"), ("random_normal", "RandomNormal"), ("stft", "STFT")])
def test_other_spellings(spelling: str, name: str) -> None:
    if name == "STFT":
        pytest.importorskip("scipy")
    assert type(initializers.get(spelling)) is getattr(initializers, name)


def test_get_takes_classes_callables_and_none() -> None:
    assert isinstance(initializers.get(initializers.Ones), initializers.Ones)
    assert initializers.get(len) is len
    assert initializers.get(None) is None
    with pytest.raises(ValueError, match="Could not interpret initializer"):
        initializers.get("no such thing")
    with pytest.raises(ValueError, match="Could not interpret initializer"):
        initializers.get(5)


def test_a_tensor_is_an_initializer_of_its_shape() -> None:
    start = initializers.get(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(start((2,), "int32"), [1, 2])
    with pytest.raises(ValueError, match="Expected `shape`"):
        start((3,))


def test_without_a_seed_each_draws_its_own_values_the_same_at_every_call() -> None:
    one, two = initializers.RandomNormal(), initializers.RandomNormal()
    np.testing.assert_array_equal(one((4,)), one((4,)))
    assert not np.allclose(one((4,)), two((4,)))


def test_a_seed_generator_gives_other_values_at_every_call() -> None:
    start = initializers.HeUniform(seed=random.SeedGenerator(1))
    assert not np.allclose(start((4,)), start((4,)))
    config: Any = initializers.serialize(initializers.HeUniform(seed=random.SeedGenerator(1, name="g")))
    assert config["config"]["seed"]["config"] == {"seed": 1, "name": "g"}
    assert isinstance(initializers.deserialize(config).seed, random.SeedGenerator)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: initializers.VarianceScaling(scale=-1), "`scale` must be positive"),
    (lambda: initializers.VarianceScaling(mode="fan"), "Invalid `mode`"),
    (lambda: initializers.VarianceScaling(distribution="flat"), "Invalid `distribution`"),
    (lambda: initializers.RandomNormal(seed="a"), "`seed` argument"),
    (lambda: initializers.Identity()((2, 2, 2)), "2D matrices"),
    (lambda: initializers.Orthogonal()((2,)), "at least two-dimensional"),
    (lambda: initializers.STFT(side="left"), "side should be"),
    (lambda: initializers.STFT(window=None, scaling="loud"), "Scaling is invalid")])
def test_what_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_orthogonal_matrices_are() -> None:
    q = np.asarray(initializers.Orthogonal(gain=2.0)((6, 3)))
    np.testing.assert_allclose(q.T @ q, 4 * np.eye(3), atol=1e-5)
