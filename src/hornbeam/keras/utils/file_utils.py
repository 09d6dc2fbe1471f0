"""get_file: a file from an address, kept in a cache folder, checked and unpacked."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
import urllib.parse
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hornbeam.data import download
from hornbeam.keras.names import keras_export
from hornbeam.keras.utils.progbar import Progbar


def keras_home() -> Path:
    """Keras's folder: the environment variable `KERAS_HOME`, or `~/.keras`."""
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()


@keras_export("utils.get_file")
def get_file(fname: Any = None, origin: str | None = None, untar: bool = False, md5_hash: str | None = None,
             file_hash: str | None = None, cache_subdir: str = "datasets", hash_algorithm: str = "auto",
             extract: bool = False, archive_format: Any = "auto", cache_dir: Any = None,
             force_download: bool = False) -> str:
    """The path of the file that stands at `origin`, downloaded unless it is in the cache folder already.

    fname: its name there; by default the address's last part. file_hash: what its digest must be, by `hash_algorithm`
    "sha256", "md5" or "auto" (by the digest's length); a file in the cache with another digest is downloaded again.
    md5_hash: the same for MD5. cache_dir, cache_subdir: the folder, by default `datasets` in `~/.keras`; where that
    cannot be written, in the folder for temporary files. extract: unpack the archive, `archive_format` "tar", "zip",
    "auto" (either), a list, or None; the result is then the folder. untar: the same for tar. force_download: even if
    the file is there. A file appears under its name only when it is whole and its digest is right.
    Raises ValueError without an address, for names with folders in them and for a wrong digest; NotThere (an OSError)
    that says why where the address gives nothing.
    """
    if origin is None:
        raise ValueError('Please specify the "origin" argument (URL of the file to download).')
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    folder = _writable(cache_dir) / cache_subdir
    folder.mkdir(parents=True, exist_ok=True)
    target, unpacked = _places(folder, None if fname is None else os.fspath(fname), origin, extract or untar)
    if force_download or not _is_there(target, file_hash, hash_algorithm):
        _download(origin, target, file_hash, hash_algorithm)
    if unpacked is None:
        return str(target)
    if not _extracted(target, unpacked, "tar" if untar else archive_format):
        warnings.warn("Could not extract archive.", stacklevel=2)
    return str(unpacked)


def _writable(cache_dir: Any) -> Path:
    chosen = keras_home() if cache_dir is None else Path(cache_dir).expanduser()
    if cache_dir is None and not chosen.exists() and os.access(chosen.parent, os.W_OK):
        return chosen
    return chosen if os.access(chosen, os.W_OK) else Path(tempfile.gettempdir(), ".keras")


def _places(folder: Path, fname: str | None, origin: str, unpack: bool) -> tuple[Path, Path | None]:
    """Where the file goes, and the folder that it is unpacked to."""
    name = fname or os.path.basename(urllib.parse.urlsplit(origin).path)
    if not name:
        raise ValueError(f"Can't parse the file name from the origin provided: '{origin}'. Please specify the `fname` "
                         "argument.")
    if os.sep in name:
        raise ValueError("Paths are no longer accepted as the `fname` argument. To specify the file's parent "
                         f"directory, use the `cache_dir` argument. Received: fname={fname}")
    if not unpack:
        return folder / name, None
    if fname and "." in name:
        return folder / name, folder / f"{name.partition('.')[0]}_extracted"
    return folder / f"{name}_archive", folder / name


def hasher_name(algorithm: str, digest: str | None) -> str:
    """"sha256" or "md5": which one a digest is by."""
    return "sha256" if algorithm == "sha256" or (algorithm == "auto" and digest and len(digest) == 64) else "md5"


def has_digest(path: Path, digest: str, algorithm: str = "auto") -> bool:
    """Whether the file has this digest."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, hasher_name(algorithm, digest)).hexdigest() == digest


def _is_there(target: Path, digest: str | None, algorithm: str) -> bool:
    if not target.exists():
        return False
    if digest is None or has_digest(target, digest, algorithm):
        return True
    print("A local file was found, but it seems to be incomplete or outdated because the "
          f"{hasher_name(algorithm, digest)} file hash does not match the original value of {digest} so we will "
          "re-download the data.")
    return False


def _download(origin: str, target: Path, digest: str | None, algorithm: str) -> None:
    print(f"Downloading data from {origin}")
    name = hasher_name(algorithm, digest)

    def accept(found: str) -> None:
        if digest is not None and found != digest:
            raise ValueError(f"Incomplete or corrupted file detected. The {name} file hash does not match the provided "
                             f"value of {digest}.")

    try:
        download.save(origin, target, _progress(), accept, name)
    except download.NotThere as error:
        raise download.NotThere(f"URL fetch failure on {origin}: {error}") from None


def _progress() -> Callable[[int, int | None], None]:
    bars: list[Progbar] = []

    def show(came: int, total: int | None) -> None:
        if not bars:
            bars.append(Progbar(total))
        bars[0].update(came)

    return show


def _extracted(file: Path, folder: Path, formats: Any) -> bool:
    """Unpacks an archive; False where it is of none of the formats. What leads out of the folder is refused."""
    if formats is None:
        return False
    wanted = ("tar", "zip") if formats == "auto" else (formats,) if isinstance(formats, str) else formats
    for kind in wanted:
        if kind not in ("tar", "zip"):
            raise NotImplementedError(kind)
        if not (tarfile.is_tarfile(file) if kind == "tar" else zipfile.is_zipfile(file)):
            continue
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            if kind == "tar":
                with tarfile.open(file) as archive:
                    archive.extractall(fresh, filter="data")
            else:
                with zipfile.ZipFile(file) as archive:
                    archive.extractall(fresh)
            _move_into(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return True
    return False


def _move_into(fresh: Path, folder: Path) -> None:
    """Everything below `fresh` to the same place below `folder`, file by file: other files there stay."""
    for path in sorted(fresh.rglob("*")):
        place = folder / path.relative_to(fresh)
        if path.is_dir() and not path.is_symlink():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, place)
    folder.mkdir(parents=True, exist_ok=True)
