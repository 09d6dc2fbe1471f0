"""Trainer: what a model can do beyond being called."""

from __future__ import annotations


class Trainer:
    """Base of `Model`: the part that trains."""

    def __init__(self) -> None:
        self._compiled = False

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compiled
