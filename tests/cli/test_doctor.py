"""`hornbeam doctor` says what is there, and fails where something essential does."""

import pytest
from click.testing import CliRunner

from hornbeam.cli import doctor


def test_a_sound_machine():
    done = CliRunner().invoke(doctor.doctor)
    lines = done.output.splitlines()
    assert done.exit_code == 0, done.output
    for start in (
        "version    Python 3.",
        "version    jax ",
        "device     ",
        "compiling  works",
        "kernels    ",
        "graph      works",
    ):
        assert any(line.startswith(start) for line in lines), start


def test_kernels_that_are_not_used_are_explained(monkeypatch):
    monkeypatch.setenv("HORNBEAM_KERNELS", "off")
    assert list(doctor._kernels()) == ["XLA alone: switched off by HORNBEAM_KERNELS=off"]


def test_how_kernels_are_chosen_is_said(monkeypatch):
    for choice, said in (("direct", "sums of convolutions written out"), ("native", "wherever there is a kernel")):
        monkeypatch.setenv("HORNBEAM_KERNELS", choice)
        (line,) = doctor._kernels()
        assert line.startswith("XLA alone") or said in line


@pytest.mark.parametrize(("essential", "exit_code", "word"), [(True, 1, "FAILS"), (False, 0, "fails")])
def test_what_fails_is_named(monkeypatch, essential, exit_code, word):
    def broken():
        yield "half of it works"
        raise OSError("the disk is gone\nand more")

    monkeypatch.setattr(doctor, "_LOOKS", [("disk", essential, broken)])
    done = CliRunner().invoke(doctor.doctor)
    assert done.exit_code == exit_code
    assert done.output.splitlines() == [
        "disk       half of it works",
        f"disk       {word}: OSError: the disk is gone",
    ]
