"""Updates of variables: one pass over a variable and its slots, in place, that XLA need not compile for every shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from hornbeam.backend.lazy import jax
from hornbeam.kernels.selection import Kernel, kernel
from hornbeam.ops.training import apply_adam, apply_momentum, apply_rms_prop, apply_rms_prop_without_momentum


@final
class Update:
    """What an op of `ops/training.py` computes, of float32 arrays of one shape.

    order: the op's scalars by the places of its arguments, as the rule in `native/optimizers.cc` takes them.
    """

    in_place = True  # so `runtime/evaluation.py` passes `failed` and `after`

    def __init__(self, rule: str, slots: int, scalars: Sequence[int], gradient: int) -> None:
        self.rule, self.slots, self.scalars, self.gradient = rule, slots, tuple(scalars), gradient

    def chosen(self, args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
        """This kernel where the arguments are float32, the variable, its slots and the gradient of one shape."""
        var = args[0]
        arrays = [*args[1:self.slots], args[self.gradient]]
        suits = var.size and all(a.shape == var.shape for a in arrays) and \
            all(args[i].shape == () for i in self.scalars) and all(a.dtype == np.float32 for a in args)
        return self if suits else None

    def __call__(self, *args: Any, failed: Any = None, after: Any = None, use_nesterov: bool = False,
                 use_locking: bool = False) -> tuple[Any, ...]:
        """The variable and its slots after the update.

        failed: whether a check failed, so that they stay as they are. after: what was computed after everything that
        reads the variable: the update can then be in place.
        """
        like = jax.ShapeDtypeStruct(args[0].shape, np.float32)
        gradient = args[self.gradient]
        call = jax.ffi.ffi_call("hornbeam_update", (like,) * self.slots,
                                input_output_aliases={i: i for i in range(self.slots)})
        return tuple(call(*args[:self.slots], *(args[i] for i in self.scalars), gradient,
                          np.False_ if failed is None else failed, gradient if after is None else after,
                          rule=f"{self.rule}_nesterov" if use_nesterov else self.rule))


ADAM = Update("adam", 3, range(3, 9), 9)
RMS_PROP = Update("rms_prop", 2, (2, 3, 4), 5)
RMS_PROP_MOMENTUM = Update("rms_prop_momentum", 3, (3, 4, 5, 6), 7)
MOMENTUM = Update("momentum", 2, (2, 4), 3)

for _op, _update in ((apply_adam, ADAM), (apply_rms_prop_without_momentum, RMS_PROP),
                     (apply_rms_prop, RMS_PROP_MOMENTUM), (apply_momentum, MOMENTUM)):
    kernel(_op)(_update.chosen)
