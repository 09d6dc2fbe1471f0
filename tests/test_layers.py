"""The layers of the architecture hold: imports point downwards, those inside functions included."""

import subprocess
import sys
from pathlib import Path

CHECK = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename=sys.argv[1], no_cache=True))
"""


def test_imports_point_downwards():
    """The contract stands in pyproject.toml. In a process of its own, as the linter sets up logging anew."""
    settings = Path(__file__).parents[1] / "pyproject.toml"
    done = subprocess.run([sys.executable, "-c", CHECK, str(settings)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
