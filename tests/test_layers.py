"""The layers of the architecture hold: imports point downwards, those inside functions included."""

from pathlib import Path

from importlinter.cli import lint_imports


def test_imports_point_downwards(capsys):
    """The contract stands in pyproject.toml."""
    exit_code = lint_imports(config_filename=str(Path(__file__).parents[1] / "pyproject.toml"), no_cache=True)
    assert exit_code == 0, capsys.readouterr().out
