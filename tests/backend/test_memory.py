"""Programs find their temporary memory again; what the environment says about memory is left alone."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
import numpy as np
import hornbeam as tf

@tf.function
def step(x):
    y = tf.matmul(x, x, transpose_b=True)
    return tf.reduce_sum(tf.matmul(tf.exp(y), x))

x = tf.constant(np.random.default_rng(0).random((3000, 16), np.float32))
for _ in range(10):
    step(x).numpy()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(8):
    step(x).numpy()
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) // 8)
"""
PAGES = 3000 * 3000 * 4 // os.sysconf("SC_PAGE_SIZE")


def faults(**environment):
    cleared = {k: v for k, v in os.environ.items() if not k.startswith(("MALLOC_", "GLIBC_TUNABLES"))}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True,
                          env=cleared | environment)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the C library's settings are those of Linux")
def test_a_run_takes_no_new_pages():
    assert min(faults() for _ in range(2)) < PAGES / 4  # other work on the machine may take pages away once


@pytest.mark.skipif(sys.platform != "linux", reason="the C library's settings are those of Linux")
def test_the_environment_decides():
    assert faults(MALLOC_ARENA_MAX="8") > PAGES / 2
