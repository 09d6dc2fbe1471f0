"""Schedules give Keras's learning rates."""

from __future__ import annotations

import pytest
from tests.keras.recorded import assert_same, ours, rows, title

from hornbeam import keras


@pytest.mark.parametrize("row", rows("schedules"), ids=title)
def test_values(row):
    assert_same(ours("schedules", row["case"]), row["answer"])


@pytest.mark.parametrize("row", rows("schedules"), ids=title)
def test_configurations_make_the_same_schedule(row):
    schedule = getattr(keras.optimizers.schedules, row["case"]["of"])(**row["case"]["args"])
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    assert again.get_config() == schedule.get_config()


def test_refusals():
    schedules = keras.optimizers.schedules
    with pytest.raises(ValueError, match="`decay_steps` must be > 0"):
        schedules.CosineDecay(0.1, 0)
    with pytest.raises(ValueError, match="The length of boundaries should be 1 less"):
        schedules.PiecewiseConstantDecay([1, 2], [0.1])
    with pytest.raises(NotImplementedError, match="must override `__call__"):
        schedules.LearningRateSchedule()(0)
    with pytest.raises(NotImplementedError, match=r"must override `get_config\(\)`"):
        schedules.LearningRateSchedule().get_config()
