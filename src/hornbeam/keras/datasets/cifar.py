"""The pickled batches of the CIFAR data sets, read from their archives."""

from __future__ import annotations

import pickle
import tarfile
from pathlib import Path

import numpy as np

from hornbeam.keras.config.settings import image_data_format
from hornbeam.keras.datasets import files


def batches(path: Path, names: list[str], labels: bytes) -> files.Part:
    """Images [n, 32, 32, 3] and labels [n, 1], uint8, of the batches `names`. The archive's digest was checked."""
    images, found = [], []
    with tarfile.open(path) as archive:
        for name in names:
            member = archive.extractfile(name)
            if member is None:
                raise ValueError(f"{path}: {name} is not a file")
            with member:
                batch = pickle.load(member, encoding="bytes")
            images.append(np.asarray(batch[b"data"], np.uint8).reshape(-1, 3, 32, 32))
            found.append(np.asarray(batch[labels], np.uint8).reshape(-1, 1))
    x = np.concatenate(images)
    if image_data_format() == "channels_last":
        x = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
    return x, np.concatenate(found)
