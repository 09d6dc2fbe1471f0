"""How all parameters of recurrent layers lie in one vector, as cuDNN has them; savers write the variables of cells.

First all matrices, layer by layer and forward before backward: those of the gates for the input, then those for the
state, each [units, inputs]. Then all biases in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hornbeam.graph.names import public
from hornbeam.train.checkpoints.saveables import SaveableObject, SaveSpec
from hornbeam.v1.api import tf

GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}
_CELLS = {"lstm": "cudnn_compatible_lstm_cell", "gru": "cudnn_compatible_gru_cell", "rnn_tanh": "basic_rnn_cell",
          "rnn_relu": "basic_rnn_cell"}
_LSTM_ORDER = 0, 2, 1, 3  # cuDNN: input, forget, candidate, output; the cells: input, candidate, forget, output


def check_direction(direction: str) -> None:
    """Raises ValueError for what is no direction."""
    if direction not in ("unidirectional", "bidirectional"):
        raise ValueError(f"Invalid direction: {direction}, expecting unidirectional or bidirectional")


def check_input_mode(input_mode: str) -> None:
    """Raises ValueError for what is no input mode."""
    if input_mode not in ("linear_input", "skip_input", "auto_select"):
        raise ValueError(f"Invalid input_mode: {input_mode}, expect one of (linear_input, skip_input, auto_select)")


@dataclass(frozen=True)
class Parameters:
    """The matrices and biases of each layer and direction, and the vector they are in."""

    mode: str
    num_layers: int
    num_units: int
    input_size: int
    input_mode: str
    direction: str

    @property
    def directions(self) -> int:
        """1, or 2 with a backward direction."""
        return 1 if self.direction == "unidirectional" else 2

    @property
    def skips(self) -> bool:
        """Whether the input is added to the gates of the first layer as it is."""
        return self.input_mode == "skip_input" or (
            self.input_mode == "auto_select" and self.input_size == self.num_units)

    def weight_shapes(self, layer: int) -> list[tuple[int, int]]:
        """Of one direction of a layer: a matrix for each gate and the input, then for each gate and the state."""
        units, gates = self.num_units, GATES[self.mode]
        width = self.directions * units if layer else self.input_size
        return [(units, width)] * gates + [(units, units)] * gates

    def _held_shapes(self, layer: int) -> list[tuple[int, int]]:
        shapes = self.weight_shapes(layer)
        return shapes[GATES[self.mode]:] if self.skips and layer == 0 else shapes

    def split(self, vector: Any) -> list[tuple[list[Any], list[Any]]]:
        """(matrices, biases) of each layer and direction."""
        shapes = [self._held_shapes(layer) for layer in range(self.num_layers) for _ in range(self.directions)]
        biases = 2 * GATES[self.mode]
        sizes = [math.prod(s) for held in shapes for s in held] + [self.num_units] * (biases * len(shapes))
        parts = iter(tf.split(vector, sizes))
        matrices = [[tf.reshape(next(parts), s) for s in held] for held in shapes]
        return [(held, [next(parts) for _ in range(biases)]) for held in matrices]

    def joined(self, weights: Sequence[Any], biases: Sequence[Any]) -> Any:
        """The vector of all matrices and all biases; matrices that are skipped are left out."""
        left_out = self.directions * 2 * GATES[self.mode] if self.skips else 0
        first = [w for i, w in enumerate(weights) if i >= left_out or i % (2 * GATES[self.mode]) >= GATES[self.mode]]
        return tf.concat([tf.reshape(p, [-1]) for p in (*first, *biases)], 0)

    # As the cells have them ---------------------------------------------------------------------------------

    def cell_scopes(self, scope: str) -> list[str]:
        """The variable scopes of the cells of each layer and direction, as the functions that run them name these."""
        start = f"{scope}/" if scope else ""
        cell = _CELLS[self.mode]
        if self.directions == 1:
            return [f"{start}rnn/multi_rnn_cell/cell_{i}/{cell}" for i in range(self.num_layers)]
        return [f"{start}stack_bidirectional_rnn/cell_{i}/bidirectional_rnn/{way}/{cell}"
                for i in range(self.num_layers) for way in ("fw", "bw")]

    def cell_names(self) -> tuple[list[str], list[str]]:
        """The names of a cell's kernels and biases."""
        parts = ["gates", "candidate/input_projection", "candidate/hidden_projection"] if self.mode == "gru" else [""]
        kernels, biases = ([f"{part}/{kind}".lstrip("/") for part in parts] for kind in ("kernel", "bias"))
        return kernels, biases

    def to_cells(self, weights: Sequence[Any], biases: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The kernels and biases of a cell."""
        gates = GATES[self.mode]
        both = [tf.concat([w, r], 1) for w, r in zip(weights[:gates], weights[gates:], strict=True)]
        sums = [b + r for b, r in zip(biases[:gates], biases[gates:], strict=True)]
        if self.mode == "gru":
            return ([tf.transpose(tf.concat(both[:2], 0)), tf.transpose(weights[2]), tf.transpose(weights[5])],
                    [tf.concat(sums[:2], 0), biases[2], biases[5]])
        order = _LSTM_ORDER if self.mode == "lstm" else (0,)
        return [tf.transpose(tf.concat([both[i] for i in order], 0))], [tf.concat([sums[i] for i in order], 0)]

    def from_cells(self, kernels: Sequence[Any], biases: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The matrices and biases of what a cell has: half of a bias for the input, half for the state."""
        units, gates = self.num_units, GATES[self.mode]
        joint = 2 if self.mode == "gru" else gates
        both = tf.split(tf.transpose(kernels[0]), joint, 0)
        halves = [b * 0.5 for b in tf.split(biases[0], joint)]
        if self.mode == "lstm":
            both, halves = ([parts[i] for i in _LSTM_ORDER] for parts in (both, halves))
        of_input, of_state = [w[:, :-units] for w in both], [w[:, -units:] for w in both]
        if self.mode == "gru":
            return ([*of_input, tf.transpose(kernels[1]), *of_state, tf.transpose(kernels[2])],
                    [*halves, biases[1], *halves, biases[2]])
        return of_input + of_state, halves + halves


class _OpaqueParamsSaveable(SaveableObject):
    """Saves a vector of parameters as the variables of cells, so that checkpoints fit both.

    opaque_params: the variable. num_layers, num_units, input_size, input_mode, direction: of the layers.
    scope: the variable scope whose cells take the variables. name: of the object.
    """

    mode = ""

    def __init__(self, opaque_params: Any, num_layers: int, num_units: int, input_size: int,
                 input_mode: str = "linear_input", direction: str = "unidirectional", scope: Any = None,
                 name: str = "cudnn_rnn_saveable") -> None:
        check_direction(direction)
        check_input_mode(input_mode)
        self._parameters = Parameters(self.mode, num_layers, num_units, input_size, input_mode, direction)
        if self._parameters.skips:
            raise ValueError("Parameters without matrices for the input cannot be saved as those of cells: "
                             "input_mode must be linear_input")
        self._variable = opaque_params
        where = getattr(scope, "name", scope) or ""
        kernel_names, bias_names = self._parameters.cell_names()
        cells = [self._parameters.to_cells(*part) for part in self._parameters.split(opaque_params)]
        scopes = self._parameters.cell_scopes(where)
        specs = []
        for names, which in ((kernel_names, 0), (bias_names, 1)):
            for at, cell in zip(scopes, cells, strict=True):
                specs += [SaveSpec(tensor, "", f"{at}/{part}") for part, tensor in zip(names, cell[which], strict=True)]
        super().__init__(opaque_params, specs, name)

    def restore(self, restored_tensors: Sequence[Any], restored_shapes: Any) -> Any:
        """Assign the vector of what was read."""
        cells = self._parameters.num_layers * self._parameters.directions
        each = len(restored_tensors) // (2 * cells)
        tensors = list(restored_tensors)
        weights, biases = [], []
        for i in range(cells):
            kernels = tensors[i * each:(i + 1) * each]
            found = self._parameters.from_cells(kernels, tensors[(cells + i) * each:(cells + i + 1) * each])
            weights += found[0]
            biases += found[1]
        assigned = tf.assign(self._variable, self._parameters.joined(weights, biases))
        assigned.op.attrs["initializes"] = True
        return assigned


@public(v1=("contrib.cudnn_rnn.CudnnLSTMSaveable",))
class CudnnLSTMSaveable(_OpaqueParamsSaveable):
    """Saves the parameters of `CudnnLSTM` as variables of `CudnnCompatibleLSTMCell`."""

    mode = "lstm"


@public(v1=("contrib.cudnn_rnn.CudnnGRUSaveable",))
class CudnnGRUSaveable(_OpaqueParamsSaveable):
    """Saves the parameters of `CudnnGRU` as variables of `CudnnCompatibleGRUCell`."""

    mode = "gru"


@public(v1=("contrib.cudnn_rnn.CudnnRNNTanhSaveable",))
class CudnnRNNTanhSaveable(_OpaqueParamsSaveable):
    """Saves the parameters of `CudnnRNNTanh` as variables of `BasicRNNCell`."""

    mode = "rnn_tanh"


@public(v1=("contrib.cudnn_rnn.CudnnRNNReluSaveable",))
class CudnnRNNReluSaveable(_OpaqueParamsSaveable):
    """Saves the parameters of `CudnnRNNRelu` as variables of `BasicRNNCell`."""

    mode = "rnn_relu"
