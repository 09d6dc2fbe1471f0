"""Training that begins with the variables of another model's checkpoint."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam.graph.names import public, register
from hornbeam.train.checkpoints.initializing import VocabInfo, warm_start

__all__ = ["VocabInfo", "WarmStartSettings", "warm_start"]

register(VocabInfo, v1=("estimator.VocabInfo",))


class _Settings(NamedTuple):
    ckpt_to_initialize_from: str
    vars_to_warm_start: Any
    var_name_to_vocab_info: dict[str, VocabInfo]
    var_name_to_prev_var_name: dict[str, str]


@public(v1=("estimator.WarmStartSettings",))
class WarmStartSettings(_Settings):
    """Where a first training begins: a checkpoint or a folder of them, and which variables are taken from it.

    vars_to_warm_start: a regular expression for trainable variables, a list of such or of variables, None for no
    trainable ones. var_name_to_prev_var_name: names in the checkpoint that are others. Raises ValueError where there
    is no checkpoint.
    """

    __slots__ = ()

    def __new__(cls, ckpt_to_initialize_from: str, vars_to_warm_start: Any = ".*",
                var_name_to_vocab_info: dict[str, VocabInfo] | None = None,
                var_name_to_prev_var_name: dict[str, str] | None = None) -> WarmStartSettings:
        if not ckpt_to_initialize_from:
            raise ValueError("`ckpt_to_initialize_from` MUST be set in WarmStartSettings")
        return super().__new__(cls, ckpt_to_initialize_from, vars_to_warm_start, var_name_to_vocab_info or {},
                               var_name_to_prev_var_name or {})
