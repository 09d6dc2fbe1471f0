"""Gives tensors and variables `[]`."""

from __future__ import annotations

from hornbeam.ops import operators, slicing

operators.extend("__getitem__", slicing.getitem)
