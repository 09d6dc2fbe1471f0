"""Hornbeam beside an installed TensorFlow: `make oracle`. What differs must stand in differences.toml, with why."""

from __future__ import annotations

import pytest
from tests.oracle import calls, programs, public
from tests.oracle.peer import Peer
from tests.oracle.verdicts import Allowed, allowed, comparable, unexplained, verdict

from hornbeam.graph.op import Op

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="session")
def entries() -> list[Allowed]:
    return allowed()


@pytest.mark.parametrize("op", comparable(), ids=str)
def test_an_op_gives_what_tensorflow_gives(op: Op, tensorflow: Peer, entries: list[Allowed]) -> None:
    found = unexplained(verdict(op, tensorflow), entries)
    assert not found, "\n".join(f"×{n} {line} <- {case}" for line, (case, n) in found.items())


@pytest.mark.parametrize("name", programs.PROGRAMS)
def test_a_program_shows_what_it_shows_in_tensorflow(name: str, tensorflow1: Peer, entries: list[Allowed]) -> None:
    lines = public.program(tensorflow1, name)
    assert not [x for x in lines if not any(e.covers(f"program {name}", x) for e in entries)]


@pytest.mark.parametrize("text", calls.expressions("v2"))
def test_a_call_gives_what_tensorflow_gives(text: str, tensorflow: Peer, entries: list[Allowed]) -> None:
    lines = public.expression(tensorflow, text, "v2")
    assert not [x for x in lines if not any(e.covers(f"call v2 {text}", x) for e in entries)]


@pytest.mark.parametrize("text", calls.expressions("v1"))
def test_a_call_of_tensorflow_1_gives_what_it_gives(text: str, tensorflow1: Peer, entries: list[Allowed]) -> None:
    lines = public.expression(tensorflow1, text, "v1")
    assert not [x for x in lines if not any(e.covers(f"call v1 {text}", x) for e in entries)]


@pytest.mark.parametrize("generation", ["v1", "v2"])
def test_public_names_have_tensorflows_arguments(generation: str, tensorflow: Peer, entries: list[Allowed]) -> None:
    found = [f"{name}: {how}" for name, how in public.signatures(tensorflow, generation)
             if not any(e.covers(f"signature {generation} {name}", how) for e in entries)]
    assert not found, "\n".join(found)
