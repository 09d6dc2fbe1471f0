"""`.keras` files: a zip with the configuration, the weights, and what layers keep beside them (`assets/`)."""

from __future__ import annotations

import datetime
import io
import json
import shutil
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

from hornbeam.keras.saving.files import named_in_errors, replaced
from hornbeam.keras.saving.h5_store import H5Reader, H5Writer
from hornbeam.keras.saving.serialization import ObjectSharingScope, deserialize_keras_object, serialize_keras_object
from hornbeam.keras.saving.state import StateLoader, save_state

KERAS_VERSION = "3.15.1"
"""The version of Keras whose formats and behaviour these are."""
CONFIG, METADATA, WEIGHTS, ASSETS = "config.json", "metadata.json", "model.weights.h5", "assets"
_LARGE, _EXPANSION = 1 << 28, 100


# Writing ---------------------------------------------------------------------------------------------


def _texts(model: Any) -> dict[str, str]:
    with ObjectSharingScope():
        config = json.dumps(serialize_keras_object(model))
    now = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    return {METADATA: json.dumps({"keras_version": KERAS_VERSION, "date_saved": now}), CONFIG: config}


def _warn_unbuilt(model: Any) -> None:
    if not model.built:
        warnings.warn("You are saving a model that has not yet been built. It might not contain any weights yet. "
                      "Consider building the model first by calling it on some data.", stacklevel=5)


def save_zip(model: Any, path: Any) -> None:
    """Write a model to a `.keras` file, or to a binary file object."""
    if hasattr(path, "write"):
        _write_zip(model, path)
        return
    _warn_unbuilt(model)
    with replaced(path) as part, open(part, "wb") as file:
        _write_zip(model, file)


def _write_zip(model: Any, file: Any) -> None:
    with zipfile.ZipFile(file, "w") as archive, tempfile.TemporaryDirectory() as folder:
        for name, text in _texts(model).items():
            archive.writestr(name, text)
        weights, assets = Path(folder, WEIGHTS), Assets(Path(folder, ASSETS))
        writer = H5Writer(weights)
        try:
            save_state(model, writer, assets)
        finally:
            writer.close()
        archive.write(weights, WEIGHTS)
        for found in sorted(Path(folder, ASSETS).rglob("*")):
            if found.is_file():
                archive.write(found, found.relative_to(folder).as_posix())


def save_folder(model: Any, path: Any) -> None:
    """Write a model to a folder that holds what a `.keras` file would."""
    _warn_unbuilt(model)
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _texts(model).items():
        with replaced(folder / name) as part:
            part.write_text(text)
    with replaced(folder / WEIGHTS) as part:
        writer = H5Writer(part)
        try:
            save_state(model, writer, Assets(folder / ASSETS))
        finally:
            writer.close()


class Assets:
    """Folders for what layers keep beside their arrays (vocabularies), below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _inside(self, path: str) -> Path:
        found = (self._root / path).resolve()
        if not found.is_relative_to(self._root.resolve()):
            raise ValueError(f"Invalid asset path: '{path}' escapes the asset directory.")
        return found

    def make(self, path: str) -> str:
        """The folder for a path, made where it is not there."""
        found = self._inside(path)
        found.mkdir(parents=True, exist_ok=True)
        return str(found)

    def get(self, path: str) -> str | None:
        """The folder for a path, None where there is none."""
        found = self._inside(path)
        return str(found) if found.exists() else None


# Reading ---------------------------------------------------------------------------------------------


def load_zip(path: Any, custom_objects: Any, compile: bool, safe_mode: bool) -> Any:
    """The model of a `.keras` file, or of a binary file object. Raises ValueError where it is damaged."""
    with named_in_errors(path, "a `.keras` file"), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        for name in (CONFIG, WEIGHTS):
            if name not in names:
                raise ValueError(f"{path} is no `.keras` file: it holds no {name}.")
        model = _model_of(read_member(archive, CONFIG), custom_objects, compile, safe_mode)
        with tempfile.TemporaryDirectory() as folder:
            assets = _extracted(archive, Path(folder)) if len(names) > 3 else None
            reader = H5Reader(in_memory(archive, WEIGHTS))
            try:
                StateLoader(reader, assets).load(model)
            finally:
                reader.close()
    return model


def load_folder(path: Any, custom_objects: Any, compile: bool, safe_mode: bool) -> Any:
    """The model of a folder that `save_folder` wrote."""
    folder = Path(path)
    with named_in_errors(path, "a folder with a model"):
        model = _model_of((folder / CONFIG).read_bytes(), custom_objects, compile, safe_mode)
        if not (folder / WEIGHTS).is_file():
            raise ValueError(f"Expected a {WEIGHTS} file in {folder}.")
        reader = H5Reader(folder / WEIGHTS)
        try:
            StateLoader(reader, Assets(folder / ASSETS) if (folder / ASSETS).is_dir() else None).load(model)
        finally:
            reader.close()
    return model


def _model_of(text: bytes, custom_objects: Any, compile: bool, safe_mode: bool) -> Any:
    config = json.loads(text)
    if not isinstance(config, dict):
        raise ValueError(f"the configuration is no dictionary but {type(config).__name__}")
    if not compile:
        config["compile_config"] = None
    with ObjectSharingScope():
        model = deserialize_keras_object(config, custom_objects, safe_mode=safe_mode)
    if not hasattr(model, "load_own_variables"):
        raise ValueError(f"the configuration is that of {type(model).__name__}, no model")
    return model


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of a zip. Raises ValueError where it says to be far larger than what is stored."""
    _refuse_bomb(archive.getinfo(name))
    return archive.read(name)


def in_memory(archive: zipfile.ZipFile, name: str) -> io.BytesIO:
    """A file of a zip as a file object."""
    return io.BytesIO(read_member(archive, name))


def _refuse_bomb(info: zipfile.ZipInfo) -> None:
    if info.file_size > _LARGE and info.file_size > _EXPANSION * info.compress_size:
        raise ValueError(f"Not allowed: ZIP member '{info.filename}' declares {info.file_size} bytes but only "
                         f"{info.compress_size} are stored on disk; refusing to load a potential decompression bomb.")


def _extracted(archive: zipfile.ZipFile, folder: Path) -> Assets | None:
    """The files below `assets/`, unpacked into a folder; none outside it is written."""
    for info in archive.infolist():
        if info.is_dir() or not info.filename.startswith(f"{ASSETS}/"):
            continue
        _refuse_bomb(info)
        target = (folder / info.filename).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise ValueError(f"Invalid asset path: '{info.filename}' escapes the asset directory.")
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, open(target, "wb") as out:
            shutil.copyfileobj(source, out)
    return Assets(folder / ASSETS) if (folder / ASSETS).is_dir() else None
