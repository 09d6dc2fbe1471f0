"""Saving and loading models and weights: which format a path asks for."""

from __future__ import annotations

import logging
import os
import warnings
import zipfile
from pathlib import Path
from typing import Any

from hornbeam.keras.names import keras_export
from hornbeam.keras.saving import archive, legacy_h5
from hornbeam.keras.saving.archive import WEIGHTS
from hornbeam.keras.saving.files import may_overwrite, named_in_errors, replaced
from hornbeam.keras.saving.h5_store import H5Reader, H5Writer, child_group, open_h5
from hornbeam.keras.saving.legacy_objects import layer_of_old_config
from hornbeam.keras.saving.shards import ShardReader, ShardWriter
from hornbeam.keras.saving.state import StateLoader, save_state
from hornbeam.train.checkpoints.checkpoint import Checkpoint
from hornbeam.train.checkpoints.state_file import checkpoint_exists, write_state

_H5 = (".h5", ".hdf5")
_log = logging.getLogger("hornbeam")


@keras_export("saving.save_model", "models.save_model")
def save_model(model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
    """Write a model to a file: `.keras` (configuration, weights, the optimizer's state) or the older `.h5`.

    overwrite: False asks before a file is replaced. zipped: False writes a folder instead of a `.keras` file. kwargs:
    `include_optimizer` for `.h5`. The file is there whole or not at all. Raises ValueError for another ending.
    """
    include_optimizer = kwargs.pop("include_optimizer", True)
    save_format = kwargs.pop("save_format", None)
    path = filepath if hasattr(filepath, "write") else str(filepath)
    known = hasattr(path, "write") or path.endswith((".keras", *_H5))
    if save_format is not None:
        if not known:
            raise ValueError("The `save_format` argument is deprecated in Keras 3. Please remove this argument and "
                             "pass a file path with either `.keras` or `.h5` extension. "
                             f"Received: save_format={save_format}")
        warnings.warn("`save_format=` is not needed any more: the path's ending says the format.", DeprecationWarning,
                      stacklevel=3)
    if kwargs:
        raise ValueError(f"The following argument(s) are not supported: {list(kwargs)}")
    if isinstance(path, str) and path.startswith("hf://"):
        raise ValueError(f"Hornbeam does not upload models. Received: filepath={path}")
    if not overwrite and isinstance(path, str) and os.path.exists(path) and not may_overwrite(path):
        return
    if zipped is False:
        if isinstance(path, str) and path.endswith(".keras"):
            raise ValueError("When using `zipped=False`, the `filepath` argument should not end in `.keras`. "
                             f"Received: filepath={path}")
        archive.save_folder(model, path)
    elif not isinstance(path, str) or path.endswith(".keras"):
        archive.save_zip(model, path)
    elif path.endswith(_H5):
        _log.warning("%s: this HDF5 file format is considered legacy; `model.save('my_model.keras')` writes today's.",
                     path)
        legacy_h5.save_model(model, path, include_optimizer)
    else:
        raise ValueError("Invalid filepath extension for saving. Please add either a `.keras` extension for the native "
                         "Keras format (recommended) or a `.h5` extension. Use `model.export(filepath)` if you want to "
                         f"export a SavedModel for use with TFLite/TFServing/etc. Received: filepath={filepath}.")


@keras_export("saving.load_model", "models.load_model")
def load_model(filepath: Any, custom_objects: Any = None, compile: bool = True, safe_mode: bool = True) -> Any:
    """The model of a file that `save_model` wrote, here or in Keras.

    custom_objects: classes and functions by name. compile: whether to compile it as it was. safe_mode: False runs code
    that stands in the file (`Lambda` layers). Raises ValueError where the file is missing, damaged or of another kind,
    TypeError where it names classes that are not known.
    """
    path = filepath if hasattr(filepath, "read") else str(filepath)
    if not isinstance(path, str) or (path.endswith(".keras") and os.path.isfile(path)):
        if isinstance(path, str) and not zipfile.is_zipfile(path):
            raise ValueError(f"File not found: filepath={filepath}. Please ensure the file is an accessible `.keras` "
                             "zip file.")
        return archive.load_zip(path, custom_objects, compile, safe_mode)
    if os.path.isdir(path) and os.path.exists(os.path.join(path, archive.CONFIG)):
        return archive.load_folder(path, custom_objects, compile, safe_mode)
    if path.endswith(_H5):
        return legacy_h5.load_model(path, custom_objects, compile, safe_mode)
    if path.endswith(".keras"):
        raise ValueError(f"File not found: filepath={filepath}. Please ensure the file is an accessible `.keras` zip "
                         "file.")
    raise ValueError(f"File format not supported: filepath={filepath}. Keras 3 only supports V3 `.keras` files, legacy "
                     "H5 format files (`.h5` extension). Note that the legacy SavedModel format is not supported by "
                     "`load_model()` in Keras 3; `keras.layers.TFSMLayer(path, call_endpoint='serving_default')` makes "
                     "a layer of one.")


@keras_export("saving.save_weights")
def save_weights(model: Any, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None,
                 **kwargs: Any) -> None:
    """Write a model's weights, and its optimizer's state, to a file that ends in `.weights.h5`.

    A path as in Keras 2 is taken with a warning and written as it did: `.h5`, or with any other ending a checkpoint.

    max_shard_size: in GB; then the path ends in `.weights.json` and several files stand beside it. overwrite: False
    asks before a file is replaced. kwargs: `objects_to_skip`. Raises ValueError for another ending, or a model that is
    not built.
    """
    path = str(filepath)
    skip = kwargs.pop("objects_to_skip", None) or ()
    if kwargs:
        raise ValueError(f"Invalid keyword arguments: {kwargs}")
    if max_shard_size is None and not path.endswith(".weights.h5"):
        if path.endswith((".keras", ".json", ".npz")):
            raise ValueError(f"The filename must end in `.weights.h5`. Received: filepath={path}")
        _save_old_weights(model, path, overwrite)
        return
    if max_shard_size is not None and not path.endswith(("weights.h5", "weights.json")):
        raise ValueError("The filename must end in `.weights.json` when `max_shard_size` is specified. "
                         f"Received: filepath={path}")
    if not model.built:
        raise ValueError("You are saving a model that has not yet been built. Try building the model first by calling "
                         "it on some data or by using `build()`.")
    if not overwrite and os.path.exists(path) and not may_overwrite(path):
        return
    if max_shard_size is not None:
        _write(model, ShardWriter(Path(path), max_shard_size), skip)
        return
    with replaced(path) as part:
        _write(model, H5Writer(part), skip)


def _save_old_weights(model: Any, path: str, overwrite: bool) -> None:
    """Weights at a path as Keras 2 had it: `.h5` in its own format, any other as a TensorFlow checkpoint."""
    older = path.endswith(_H5)
    warnings.warn(f"The filename must end in `.weights.h5`; `{path}` is a path of Keras 2's, so what is written is "
                  f"{'its `.h5` format' if older else 'a TensorFlow checkpoint'}.", DeprecationWarning, stacklevel=4)
    there = path if older else f"{path}.index"
    if not overwrite and os.path.exists(there) and not may_overwrite(there):
        return
    if older:
        legacy_h5.save_weights(model, path)
        return
    if not model.built:
        raise ValueError("You are saving a model that has not yet been built. Try building the model first by calling "
                         "it on some data or by using `build()`.")
    Checkpoint(model).write(path)
    write_state(os.path.dirname(path), path, [path], relative=True)


def _write(model: Any, writer: Any, skip: Any) -> None:
    try:
        save_state(model, writer, skip=skip)
    finally:
        writer.close()


@keras_export("saving.load_weights")
def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> Any:
    """Take a model's weights from a file: `.weights.h5`, `.weights.json`, `.keras`, or the older `.h5`.

    A TensorFlow checkpoint, as Keras 2 wrote them, is read too; what became of it comes back, as of
    `train.Checkpoint.read`, and a model that is not built yet gets its weights when it is.

    skip_mismatch: objects that do not fit are left alone, with a warning. kwargs: `by_name` for `.h5`,
    `objects_to_skip`. Raises ValueError where the file is damaged, of another kind, or does not fit.
    """
    path = str(filepath)
    skip = kwargs.pop("objects_to_skip", None)
    by_name = kwargs.pop("by_name", None)
    if kwargs:
        raise ValueError(f"Invalid keyword arguments: {kwargs}")
    if not path.endswith((".keras", ".json", *_H5)) and checkpoint_exists(path):
        if by_name or skip_mismatch:
            raise NotImplementedError("Weights may only be loaded based on topology into Models when loading "
                                      "TensorFlow-formatted weights (got by_name=True or skip_mismatch=True to "
                                      "load_weights).")
        return Checkpoint(model).read(path)
    older = path.endswith(_H5) and not path.endswith(".weights.h5")
    if by_name is not None and not older:
        raise ValueError(f"`by_name` only supports loading legacy '.h5' or '.hdf5' files. Received: {filepath}")
    if skip is not None and (older or path.endswith(".keras")):
        raise ValueError(f"`objects_to_skip` only supports loading '.weights.h5' files.Received: {filepath}")
    if not path.endswith((".keras", ".weights.json", *_H5)):
        raise ValueError(f"File format not supported: filepath={filepath}. Keras 3 only supports V3 `.keras` files, "
                         "`.weights.h5` files, legacy H5 format files (`.h5` extension).")
    with named_in_errors(path, "weights"):
        if older:
            with open_h5(path) as file:
                if "layer_names" not in file.attrs and "model_weights" not in file and "layer_names0" not in file.attrs:
                    raise ValueError(f"{path} holds no weights as Keras 2 wrote them; files of today's format end in "
                                     "`.weights.h5`.")
                group = child_group(file, "model_weights") if "layer_names" not in file.attrs and (
                    "model_weights" in file) else file
                legacy_h5.load_weights(group, model, skip_mismatch, bool(by_name))
            return None
        if not model.built:
            raise ValueError("You are loading weights into a model that has not yet been built. Try building the model "
                             "first by calling it on some data or by using `build()`.")
        reader = _reader(path)
        try:
            StateLoader(reader, skip_mismatch=skip_mismatch, skip=skip or ()).load(model)
        finally:
            reader.close()
    return None


def _reader(path: str) -> Any:
    if path.endswith(".weights.json"):
        return ShardReader(Path(path))
    if path.endswith(".keras"):
        with zipfile.ZipFile(path) as zipped:
            return H5Reader(archive.in_memory(zipped, WEIGHTS))
    return H5Reader(path)


def model_from_old_config(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The model of a configuration that Keras 2 wrote."""
    return layer_of_old_config(config, custom_objects)
