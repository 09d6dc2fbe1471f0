"""Constraints: what weights are turned into after each update."""

from hornbeam.keras.old_names import with_old_names

__getattr__ = with_old_names(__name__, {"maxnorm": "constraints.MaxNorm", "nonneg": "constraints.NonNeg",
                                        "unitnorm": "constraints.UnitNorm"})
