"""Losses: `loss.py` says what they share, the other files hold a family each, a function beside its class."""

from hornbeam.keras.losses import lookup, loss
from hornbeam.keras.old_names import with_old_names

__getattr__ = with_old_names(__name__, {**{name: f"losses.{now}" for name, now in lookup.OLD_NAMES.items()},
                                        "Reduction": loss.Reduction})
