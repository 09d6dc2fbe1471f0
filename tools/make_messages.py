"""Writes the Python of the protobuf messages (`src/hornbeam/graph/messages/*_pb2.py`) from the `.proto` files there.

    python tools/make_messages.py      with grpcio-tools 1.71, best in an environment of its own

Its compiler is the oldest in the range of `protobuf` in pyproject.toml; what it writes runs with all of the range.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"
MESSAGES = SOURCE / "hornbeam" / "graph" / "messages"
STUBS = SOURCE / "hornbeam-stubs" / "graph" / "messages"
"""Beside the other stubs: type checkers find none beside the code of a package that has a package of stubs."""


def main() -> int:
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{SOURCE}", f"-I{files('grpc_tools') / '_proto'}",
               f"--python_out={SOURCE}", f"--pyi_out={SOURCE}", *map(str, sorted(MESSAGES.glob("*.proto")))]
    failed = subprocess.run(command, check=False).returncode
    STUBS.mkdir(parents=True, exist_ok=True)
    for stub in MESSAGES.glob("*.pyi"):
        stub.replace(STUBS / stub.name)
    return failed


if __name__ == "__main__":
    sys.exit(main())
