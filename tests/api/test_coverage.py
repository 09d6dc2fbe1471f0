"""Each public name of TensorFlow and Keras is here with the same arguments, or stands where absences are explained."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import api_coverage  # noqa: E402
import keras2_coverage  # noqa: E402

FINDINGS = api_coverage.found_out(api_coverage.table())
MEMBERS = api_coverage.members_found_out(api_coverage.table())
NAMESPACES = api_coverage.by_namespace(FINDINGS)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_names_are_here_with_equal_arguments_or_their_absence_has_a_reason(namespace: str) -> None:
    unexplained = [f"{f.name.name} {f.state} {f.how}".rstrip() for f in NAMESPACES[namespace]
                   if f.state != "equal" and f.why is None]
    assert not unexplained


@pytest.mark.parametrize("root", api_coverage.ROOTS)
def test_members_of_classes_are_here_or_their_absence_has_a_reason(root: str) -> None:
    unexplained = [f"{f.name.name} {f.state} {f.how}".rstrip() for f in MEMBERS
                   if f.name.root == root and f.why is None]
    assert not unexplained


def test_no_reason_explains_an_absence_that_is_none() -> None:
    assert not api_coverage.unused([*FINDINGS, *MEMBERS])


def test_names_of_keras_2_are_here_or_their_absence_has_a_reason() -> None:
    found = keras2_coverage.findings()
    assert not [f for f in found if f.state != "taken" and f.why is None]
    assert not keras2_coverage.unused(found)
    assert {"keras.layers.core.Dense", "keras.backend.rnn"} <= {f.name for f in found if f.state == "taken"}


def test_the_page_is_current() -> None:
    """In a process of its own: other tests declare names."""
    command = [sys.executable, str(ROOT / "tools" / "api_coverage.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_table_holds_all_three() -> None:
    names = {(f.name.root, f.name.name): f.name for f in FINDINGS}
    assert names["tf", "nn.softmax"].arguments == "logits, axis=None, name=None"
    assert names["v1", "nn.softmax"].arguments == "logits, axis=None, name=None, dim=None"
    assert names["v1", "nn.relu"].arguments == "features, name=None"
    assert names["keras", "layers.Dense"].arguments.startswith("units, activation=None, use_bias=True")
    assert "variables" in names["tf", "Module"].members


@pytest.mark.parametrize(("text", "pairs"), [
    ("", []),
    ("x, axis=None, *, name=None", [("x", ""), ("axis", "None"), ("*", ""), ("name", "None")]),
    ("a=[1, 2], b='x,y', **c", [("a", "[1, 2]"), ("b", "'x,y'"), ("**c", "")]),
])
def test_arguments_are_read_from_text(text: str, pairs: list[tuple[str, str]]) -> None:
    assert api_coverage.split(text) == pairs


def test_defaults_that_say_the_same_are_equal() -> None:
    assert api_coverage.alike("1", "1.0")
    assert api_coverage.alike("<object>", "<Sentinel>")
    assert not api_coverage.alike("None", "0")
    assert not api_coverage.alike("", "None")
