"""The sizes that cells say of themselves: classes to stand before `RNNCell` among a cell's bases."""

from __future__ import annotations

from typing import Any

from hornbeam.v1.rnn.cell import LSTMStateTuple


class OfUnits:
    """State and output have as many columns as the cell has units."""

    _num_units: int

    @property
    def state_size(self) -> Any:
        """The number of units."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """The number of units."""
        return self._num_units


class OfTwoParts:
    """The state is `c`, as wide as there are units, and `h`, as wide as the output."""

    _num_units: int
    _output_units: int

    @property
    def state_size(self) -> Any:
        """An `LSTMStateTuple` of the sizes of `c` and `h`."""
        return LSTMStateTuple(self._num_units, self._output_units)

    @property
    def output_size(self) -> Any:
        """The size of `h`."""
        return self._output_units


class OfEqualParts(OfTwoParts):
    """The state is `c` and `h`, both as wide as there are units."""

    @property
    def _output_units(self) -> int:  # type: ignore[override]
        return self._num_units


class OfPartsOrOne(OfTwoParts):
    """The state is `c` and `h`, as a tuple or side by side."""

    _state_is_tuple: bool

    @property
    def state_size(self) -> Any:
        """The sizes of `c` and `h`: a tuple, or their sum."""
        return super().state_size if self._state_is_tuple else self._num_units + self._output_units
