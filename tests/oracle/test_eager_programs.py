"""Programs of TensorFlow 2 beside TensorFlow's: the same answers, and the same classes of errors."""

from __future__ import annotations

import pytest
from tests.oracle import eager_modules  # noqa: F401
from tests.oracle.eager_programs import PROGRAMS, answer, differ
from tests.oracle.encoding import decode, encode
from tests.oracle.peer import Peer

import hornbeam as tf

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_answers_as_in_tensorflow(name: str, tensorflow: Peer) -> None:
    wanted = tensorflow.ask("eager_program", name=name)
    assert differ(decode(encode(answer(name, tf))), wanted) is None
