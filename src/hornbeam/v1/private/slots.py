"""What programs with optimizers of their own take from `tensorflow.python.training.slot_creator`."""

from hornbeam.train.slot_creator import create_slot, create_slot_with_initializer, create_zeros_slot

__all__ = ["create_slot", "create_slot_with_initializer", "create_zeros_slot"]
