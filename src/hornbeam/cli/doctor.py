"""`hornbeam doctor`: what this machine has, and what of it works; made to be pasted into a report."""

import importlib.metadata
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator

import click

from hornbeam.backend.cache import cache_folder
from hornbeam.data import mnist


@click.command()
def doctor() -> None:
    """Say what this machine has and what of it works.

    Exit code 1 if something fails that Hornbeam cannot do without.
    """
    sound = True
    for name, essential, look in _LOOKS:
        try:
            for line in look():
                click.echo(f"{name:<10} {line}")
        except Exception as error:
            sound &= not essential
            first_line = str(error).partition("\n")[0]
            click.echo(f"{name:<10} {'FAILS' if essential else 'fails'}: {type(error).__name__}: {first_line}")
    sys.exit(not sound)


def _versions() -> Iterator[str]:
    yield f"Python {platform.python_version()} at {sys.executable}"
    yield f"{platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} processors"
    for package in ("hornbeam", "jax", "jaxlib", "numpy"):
        try:
            yield f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"{package} is not installed as a package"


def _devices() -> Iterator[str]:
    import jax

    for device in jax.devices():
        yield f"{device.platform}:{device.id} {device.device_kind}"


def _compiling() -> Iterator[str]:
    import jax
    import jax.numpy as jnp
    import numpy as np

    start = time.perf_counter()
    result = np.asarray(jax.jit(lambda x: x @ x.T)(jnp.ones((8, 8), jnp.float32)))
    if not (result == 8).all():
        raise ArithmeticError("a matrix product came out wrong")
    yield f"works: an 8×8 matrix product, compiled and run in {(time.perf_counter() - start) * 1e3:.0f} ms"


def _kernels() -> Iterator[str]:
    import jax.numpy as jnp
    import numpy as np

    from hornbeam.kernels import matmul, selection

    why = selection.why_not()
    if why is not None:
        yield f"XLA alone: {why}"
        return
    start = time.perf_counter()
    a = jnp.arange(64 * 32, dtype=jnp.float32).reshape(64, 32)
    result = np.asarray(matmul.product(a, a, transpose_a=True))
    if not np.allclose(result, np.asarray(a).T @ np.asarray(a), rtol=1e-5):
        raise ArithmeticError("a matrix product came out wrong")
    yield (f"oneDNN {importlib.metadata.version('onednn-cpu-gomp')} works: a 32×64×32 product in "
           f"{(time.perf_counter() - start) * 1e3:.0f} ms"
           + ("; taken wherever there is a kernel" if selection.forced() else "")
           + ("; sums of convolutions written out" if selection.written_out() else ""))


def _graph() -> Iterator[str]:
    import hornbeam.v1 as tf

    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        answer = session.run(x * 2.0, feed_dict={x: [21.0]})
    if answer.tolist() != [42.0]:
        raise ArithmeticError(f"2 · 21 came out as {answer}")
    yield "works: a placeholder fed, a session run"


def _cache() -> Iterator[str]:
    folder = cache_folder()
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    writable = "writable" if os.access(nearest, os.W_OK) else "not writable"
    yield f"{folder}: {len(files)} files, {size / 1e6:.1f} MB, {writable}"


def _mnist() -> Iterator[str]:
    yield f"HORNBEAM_DATA is {os.environ.get('HORNBEAM_DATA') or 'not set'}"
    path = mnist.stored()
    yield ("MNIST is not here yet; it is downloaded when it is needed" if path is None else f"MNIST is in {path}")


_LOOKS: list[tuple[str, bool, Callable[[], Iterator[str]]]] = [
    ("version", True, _versions),
    ("device", True, _devices),
    ("compiling", True, _compiling),
    ("kernels", False, _kernels),
    ("graph", True, _graph),
    ("cache", False, _cache),
    ("data", False, _mnist),
]
