"""The other process: TensorFlow's interpreter, asked one question at a time."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
from pathlib import Path
from typing import Any, final

from tests.oracle.encoding import decode, encode

VARIABLE = "HORNBEAM_ORACLE"
ROOT = Path(__file__).parents[2]


class Crashed(Exception):
    """TensorFlow's process died on a question, or did not answer in time."""


@final
class Peer:
    """A running TensorFlow. A question that kills it raises Crashed; the next one starts it again."""

    def __init__(self, python: str | None = None, patience: float = 120) -> None:
        self.python = python or os.environ[VARIABLE]
        self.patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: str, **arguments: Any) -> Any:
        """TensorFlow's answer to one of `answer.QUESTIONS`."""
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps({"ask": question, "with": encode(arguments)}).encode() + b"\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            line = process.stdout.readline() if waiting.select(self.patience) else b""
        if not line:
            self.close()
            raise Crashed(f"TensorFlow did not survive {question}")
        answer = json.loads(line)
        if "failure" in answer:
            raise RuntimeError(f"{question} {str(arguments)[:300]}: {answer['failure']}")
        return decode(answer["answer"])

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
        self._process = subprocess.Popen([self.python, "-m", "tests.oracle.answer"], cwd=ROOT, env=environment,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return self._process

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
