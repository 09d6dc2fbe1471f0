"""`tensorflow.python.tpu.tpu_function`: whether what is built runs on several cores of a TPU, which it never does."""

from __future__ import annotations


class TpuContext:
    """What a program for a TPU is cut into; `number_of_shards` is None outside of one."""

    number_of_shards: int | None = None


def get_tpu_context() -> TpuContext:
    """Where calls are built: outside of programs for TPUs."""
    return TpuContext()
