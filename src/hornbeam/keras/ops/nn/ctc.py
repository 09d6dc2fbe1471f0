"""Connectionist temporal classification: sequences of labels without their places in time."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.dtypes import result_type
from hornbeam.keras.ops.declare import nn_op
from hornbeam.keras.ops.tensors import cast, dims, dtype_of, inexact, rank, tensor
from hornbeam.ops import ctc, ctc_dense


def _wide(output: Any) -> Any:
    x = inexact(output)
    if rank(x) != 3:
        raise ValueError(f"expected [batch, time, classes], got shape {dims(x)}")
    return cast(x, result_type(dtype_of(x), "float32"))


@nn_op(type="CTCLoss", config="mask_index")
def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> Any:
    """-log of the probability that the output says the target, for each example.

    target: [batch, labels] integers, of which `target_length` count. output: [batch, time, classes] logits, of which
    `output_length` steps count. mask_index: the class of blanks.
    """
    return ctc.ctc_loss(tensor(target, "int32"), _wide(output), tensor(target_length, "int32"),
                        tensor(output_length, "int32"), logits_time_major=False, blank_index=int(mask_index))


@nn_op(type="CTCDecode", config="strategy beam_width top_paths merge_repeated mask_index")
def ctc_decode(inputs: Any, sequence_lengths: Any, strategy: str = "greedy", beam_width: int = 100,
               top_paths: int = 1, merge_repeated: bool = True, mask_index: int = 0) -> tuple[Any, Any]:
    """The labels that the outputs [batch, time, classes] say, filled up with -1, and their scores.

    strategy: "greedy" takes the best class of each step; "beam_search" the `top_paths` likeliest sequences among
    `beam_width`. Returns [paths, batch, time] and [batch, paths]. Raises ValueError for another strategy.
    """
    x, lengths = _wide(inputs), tensor(sequence_lengths, "int32")
    blank = int(mask_index) if mask_index is not None else (dims(x)[-1] or 1) - 1
    if strategy == "greedy":
        return tuple(ctc_dense.ctc_dense_greedy(x, lengths, blank=blank, merge=bool(merge_repeated)))
    if strategy == "beam_search":
        return tuple(ctc_dense.ctc_dense_beams(x, lengths, blank=blank, width=int(beam_width), paths=int(top_paths)))
    raise ValueError(f"Invalid strategy {strategy}. Supported values are 'greedy' and 'beam_search'.")
