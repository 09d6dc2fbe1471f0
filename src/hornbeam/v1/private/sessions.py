"""How sessions and savers treat a program's own objects: what stands in `tensorflow.python.client.session`,
`tensorflow.python.framework.ops` and `tensorflow.python.training.saver` without a public name."""

from __future__ import annotations

from hornbeam.runtime.fetches import IndexedSlicesValue, register_session_run_conversion_functions
from hornbeam.train.checkpoints.saveables import SaveableObject, SaveSpec


class BaseSaverBuilder:
    """Where programs find the base of what a `Saver` saves beside variables."""

    SaveSpec = SaveSpec
    SaveableObject = SaveableObject


__all__ = ["BaseSaverBuilder", "IndexedSlicesValue", "SaveSpec", "SaveableObject",
           "register_session_run_conversion_functions"]
