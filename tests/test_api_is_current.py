"""The checked-in list of the public names and the stubs for editors are what the declarations say."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STUBS = ROOT / "src" / "hornbeam-stubs"
FILES = sorted(file for file in STUBS.rglob("*.pyi") if file.parent.name != "messages")  # modules, written by protoc


def test_the_list_and_the_stubs_are_current() -> None:
    """In a process of its own: other tests declare names."""
    command = [sys.executable, str(ROOT / "tools" / "make_api.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def declared(file: Path) -> set[str]:
    """The names that a stub passes on."""
    names: set[str] = set()
    for statement in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.add(statement.name)
        elif isinstance(statement, ast.ImportFrom):
            names |= {alias.name for alias in statement.names if alias.asname == alias.name}
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            assert isinstance(target, ast.Name)
            names.add(target.id)
    return names


def namespace_of(file: Path) -> str:
    """`hornbeam.v1.nn` of `v1/nn.pyi`."""
    parts = file.relative_to(STUBS).with_suffix("").parts
    return ".".join(["hornbeam", *(part for part in parts if part != "__init__")])


@pytest.mark.parametrize("file", FILES, ids=namespace_of)
def test_what_a_stub_declares_is_there(file: Path) -> None:
    """Found as a user finds it, by attributes from the root."""
    root, *rest = namespace_of(file).split(".")
    space = importlib.import_module(root)
    for name in rest:
        space = importlib.import_module("hornbeam.v1") if name == "v1" else getattr(space, name)
    missing = sorted(name for name in declared(file) if not hasattr(space, name))
    assert not missing


def test_the_list_has_both_generations_with_their_own_signatures() -> None:
    lines = (ROOT / "docs" / "api.txt").read_text(encoding="utf-8").splitlines()
    assert "hornbeam.nn.softmax(logits, axis=None, name=None)" in lines
    assert "hornbeam.v1.nn.softmax(logits, axis=None, name=None, dim=None)" in lines
    assert "hornbeam.v1.Session(target='', graph=None, config=None)" in lines
    assert "hornbeam.v1.Session.run(fetches, feed_dict=None, options=None, run_metadata=None)" in lines
    assert "hornbeam.raw_ops.MatMul(*, a, b, transpose_a=False, transpose_b=False, name=None)" in lines
    assert not any(line.startswith("hornbeam.Session") for line in lines)
    assert not [line for line in lines if " at 0x" in line]
    assert len(lines) == len(set(lines)) + lines.count("") - 1
