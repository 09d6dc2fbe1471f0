"""Helpers: arrays and labels, names, summaries, pictures of models."""

from hornbeam.keras.old_names import Later, Old, with_old_names

_OLD = "hornbeam.keras.utils.old_helpers"

__getattr__ = with_old_names(__name__, {"HDF5Matrix": Old(Later(_OLD, "HDF5Matrix"), None),
                                        "print_summary": Old(Later(_OLD, "print_summary"), "model.summary")})
