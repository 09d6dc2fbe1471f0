"""Programs of TensorFlow 2 give what TensorFlow's recorded answers say, to 1e-5; errors are of the same class."""

from __future__ import annotations

import pytest
from tests.oracle import eager_modules  # noqa: F401
from tests.oracle.eager_programs import PROGRAMS, answer, differ, golden
from tests.oracle.encoding import decode, encode

import hornbeam as tf

GOLDEN = golden()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_answers_as_recorded(name: str) -> None:
    assert differ(decode(encode(answer(name, tf))), GOLDEN[name]) is None


def test_every_program_is_recorded_and_ends() -> None:
    assert set(GOLDEN) == set(PROGRAMS)
    assert not [name for name, found in GOLDEN.items() if isinstance(found, str) and found.startswith("stopped")]
