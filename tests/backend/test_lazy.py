"""What loading JAX through Hornbeam changes: programs on the CPU run in the calling thread, unless told otherwise."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASKED = "import jax; print(jax.config.values['jax_cpu_enable_async_dispatch'])"
OURS = "from hornbeam.backend.lazy import jax as ours; ours.numpy; "


@pytest.mark.parametrize(("lines", "environment", "expected"), [
    (OURS + ASKED, {}, "False"),
    ("import jax; " + OURS + ASKED, {}, "True"),
    (OURS + ASKED, {"JAX_CPU_ENABLE_ASYNC_DISPATCH": "true"}, "True"),
], ids=["hornbeam first", "jax first", "the environment says so"])
def test_programs_run_in_the_calling_thread_where_hornbeam_loads_jax(lines, environment, expected) -> None:
    done = subprocess.run([sys.executable, "-c", lines], env={**os.environ, **environment}, capture_output=True,
                          text=True, check=True)
    assert done.stdout.strip() == expected


def test_loading_leaves_numpy_s_generator_as_it_was() -> None:
    lines = "import numpy; numpy.random.seed(0); " + OURS + "print(numpy.random.rand() == 0.5488135039273248)"
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
