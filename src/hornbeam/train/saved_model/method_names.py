"""Changing how servers call the signatures of a SavedModel, in the file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from typing import Any

from hornbeam.graph.names import public
from hornbeam.train.graph_files import write_message
from hornbeam.train.saved_model import constants
from hornbeam.train.saved_model.loader import parse_saved_model


@public(v1=("saved_model.signature_def_utils.MethodNameUpdater",))
class MethodNameUpdater:
    """Replaces method names of signatures. export_dir: of the SavedModel; OSError where there is none."""

    def __init__(self, export_dir: Any) -> None:
        self._folder = os.fspath(export_dir)
        self._message = parse_saved_model(self._folder)

    def replace_method_name(self, signature_key: str, method_name: str,
                            tags: str | Iterable[str] | None = None) -> None:
        """Give the signatures of this key another method name, in all graphs or in that with these tags.

        Raises ValueError for an empty key or name, and where there is no such signature.
        """
        if not signature_key:
            raise ValueError("`signature_key` must be defined.")
        if not method_name:
            raise ValueError("`method_name` must be defined.")
        wanted = {tags} if isinstance(tags, str) else None if tags is None else set(tags)
        found = [m for m in self._message.meta_graphs
                 if (wanted is None or set(m.meta_info_def.tags) == wanted) and signature_key in m.signature_def]
        if not found:
            raise ValueError(f"MetaGraphDef associated with tags {tags} does not have a signature_def with key: "
                             f"\"{signature_key}\". This means either you specified the wrong signature key or forgot "
                             "to put the signature_def with the corresponding key in your SavedModel.")
        for meta_graph in found:
            meta_graph.signature_def[signature_key].method_name = method_name

    def save(self, new_export_dir: Any = None) -> None:
        """Write the SavedModel where it was, or with all its files to a new folder.

        Raises RuntimeError where that folder exists.
        """
        folder = self._folder
        if new_export_dir is not None:
            folder = os.fspath(new_export_dir)
            if os.path.exists(folder):
                raise RuntimeError(f"Path already exists: {folder}")
            shutil.copytree(self._folder, folder)
        write_message(self._message, os.path.join(folder, constants.SAVED_MODEL_FILENAME_PB), as_text=False)
