"""What cannot be converted says why, where, and what to write instead."""

from __future__ import annotations

import pytest
from tests.autograph.refusals import REFUSALS

import hornbeam as tf


def raised(name: str) -> Exception:
    """The error of a function that is refused."""
    refusal = REFUSALS[name]
    with pytest.raises(Exception) as caught:
        tf.function(refusal.function)(*[tf.constant(a) for a in refusal.arguments])
    return caught.value


@pytest.mark.parametrize("name", REFUSALS)
def test_a_function_that_cannot_be_converted_says_why(name: str) -> None:
    refusal = REFUSALS[name]
    error = raised(name)
    assert type(error).__name__ == refusal.error
    assert refusal.words in str(error)


@pytest.mark.parametrize("name", ["undefined_in_else", "different_dtypes", "loop_changes_shape", "return_missing"])
def test_the_error_names_the_users_line(name: str) -> None:
    line = REFUSALS[name].function.__code__.co_firstlineno
    text = str(raised(name))
    found = [int(part.split(":")[0]) for part in text.split("refusals.py:")[1:]]
    assert any(line < f < line + 6 for f in found), text
    assert "if x > 0" in text or "while x > 0" in text
