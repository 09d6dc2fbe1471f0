"""A few hundred calls that no program means, of all ops; `python -m tests.fuzz.run` makes a hundred thousand."""

from __future__ import annotations

import pytest
from tests.fuzz.calls import fuzzed_ops
from tests.fuzz.run import MOST_BYTES, check

from hornbeam.graph import execute

CALLS = 1500
PARTS = 10


@pytest.fixture(autouse=True)
def small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "most_bytes", MOST_BYTES)


@pytest.mark.parametrize("part", range(PARTS))
def test_malformed_calls_give_values_or_errors_that_name_the_op(part: int) -> None:
    ops = fuzzed_ops()
    found = [f"#{number} {call}: {fault}" for number in range(part, CALLS, PARTS)
             for fault, call in [check(ops, 0, number)] if fault]
    assert not found, "\n".join(found)
