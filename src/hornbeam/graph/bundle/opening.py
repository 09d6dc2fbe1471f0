"""Whatever checkpoint a name leads to: a bundle, or one file of the older format."""

from __future__ import annotations

import glob
import os

from hornbeam.graph import errors
from hornbeam.graph.bundle.reader import BundleReader, exists
from hornbeam.graph.bundle.version1 import Version1Reader

CheckpointReader = BundleReader | Version1Reader


def open_checkpoint(prefix: str) -> CheckpointReader:
    """A reader of the checkpoint `prefix`. Raises NotFoundError where there is none, DataLossError where it is damaged.
    """
    if exists(prefix):
        return BundleReader(prefix)
    paths = [prefix] if os.path.isfile(prefix) else sorted(p for p in glob.glob(prefix) if os.path.isfile(p))
    if not paths:
        raise errors.NotFoundError(None, None, "Unsuccessful TensorSliceReader constructor: Failed to find any "
                                   f"matching files for {prefix}")
    return Version1Reader(prefix, paths)
