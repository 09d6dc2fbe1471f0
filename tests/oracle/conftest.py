"""The other side: TensorFlow in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.oracle.peer import VARIABLE, Peer


def _peer() -> Iterator[Peer]:
    if not os.environ.get(VARIABLE):
        pytest.skip(f"{VARIABLE} names no interpreter that has TensorFlow")
    peer = Peer()
    yield peer
    peer.close()


@pytest.fixture(scope="session")
def tensorflow() -> Iterator[Peer]:
    """TensorFlow as it is."""
    yield from _peer()


@pytest.fixture(scope="session")
def tensorflow1() -> Iterator[Peer]:
    """TensorFlow with TensorFlow 1's behaviour."""
    yield from _peer()
