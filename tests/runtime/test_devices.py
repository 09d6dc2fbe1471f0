"""`tf.device` in eager code and traced functions: what is not there is refused where placement is not soft."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import hornbeam as tf


@pytest.fixture
def hard_placement() -> Iterator[None]:
    tf.config.set_soft_device_placement(False)
    yield
    tf.config.set_soft_device_placement(True)


def on(device: Any) -> Callable[..., Any]:
    def add(x: Any) -> Any:
        with tf.device(device):
            return x + 1.0

    return add


ABSENT = ["/GPU:7", "/device:GPU:7", "CPU:9", tf.DeviceSpec(device_type="GPU", device_index=7)]


@pytest.mark.parametrize("device", ABSENT, ids=str)
def test_softly_another_device_takes_over(device: Any) -> None:
    assert on(device)(tf.constant(1.0)).numpy() == 2
    assert tf.function(on(device))(tf.constant(1.0)).numpy() == 2


@pytest.mark.parametrize("device", ABSENT, ids=str)
def test_else_it_is_refused(device: Any, hard_placement: None) -> None:
    for call in (on(device), tf.function(on(device))):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not satisfy device specification"):
            call(tf.constant(1.0))
    assert on("/CPU:0")(tf.constant(1.0)).numpy() == 2
    assert on(None)(tf.constant(1.0)).numpy() == 2


def test_malformed_names_are_refused() -> None:
    with pytest.raises(ValueError, match="Unknown attribute 'foo' is encountered while parsing the device spec"):
        on("foo")(tf.constant(1.0))
