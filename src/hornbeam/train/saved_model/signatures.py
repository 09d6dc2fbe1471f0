"""Signatures: what a saved graph takes and gives under which keys, as protobufs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hornbeam.graph import dtypes, mode
from hornbeam.graph.graph import Graph
from hornbeam.graph.graph_def import write_shape
from hornbeam.graph.names import Lazy, public, register
from hornbeam.graph.operation import Operation
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.collection_protos import prepend_scope
from hornbeam.train.saved_model import constants

register(Lazy("hornbeam.graph.messages.meta_graph_pb2", "TensorInfo"), v1=("TensorInfo",))


def _both(name: str, module: str) -> Any:
    return public(v1=(f"saved_model.{name}", f"saved_model.{module}.{name}"))


@_both("build_tensor_info", "utils")
def build_tensor_info(tensor: Any) -> Any:
    """The `TensorInfo` of a tensor, sparse tensor or variable of a graph: its name, dtype and static shape.

    Raises RuntimeError where calls run at once.
    """
    from hornbeam.graph.messages.meta_graph_pb2 import TensorInfo
    if mode.executing_eagerly():
        raise RuntimeError("`build_tensor_info` is not supported in eager execution.")
    made = TensorInfo(dtype=dtypes.as_dtype(tensor.dtype).as_datatype_enum)  # type: ignore[arg-type]
    if isinstance(tensor, SparseTensor):
        write_shape(made.tensor_shape, tensor.shape._dims)
        made.coo_sparse.values_tensor_name = tensor.values.name
        made.coo_sparse.indices_tensor_name = tensor.indices.name
        made.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        write_shape(made.tensor_shape, tensor.get_shape()._dims)
        made.name = tensor.name
    return made


def info_of_operation(op: Operation) -> Any:
    """A `TensorInfo` that names an operation."""
    from hornbeam.graph.messages.meta_graph_pb2 import TensorInfo
    made = TensorInfo(dtype=0, name=op.name)  # type: ignore[arg-type]
    made.tensor_shape.unknown_rank = True
    return made


@_both("get_tensor_from_tensor_info", "utils")
def get_tensor_from_tensor_info(tensor_info: Any, graph: Graph | None = None, import_scope: str | None = None) -> Any:
    """The tensor (or sparse tensor) of a graph that a `TensorInfo` names; `import_scope` stands before its name.

    Raises KeyError where the graph has none of that name, ValueError for an encoding that is neither.
    """
    graph = graph or mode.default_graph()

    def tensor(name: str) -> GraphTensor:
        return graph.get_tensor_by_name(prepend_scope(name, import_scope))

    encoding = tensor_info.WhichOneof("encoding")
    if encoding == "name":
        return tensor(tensor_info.name)
    if encoding == "coo_sparse":
        held = tensor_info.coo_sparse
        return SparseTensor(tensor(held.indices_tensor_name), tensor(held.values_tensor_name),
                            tensor(held.dense_shape_tensor_name))
    raise ValueError(f"Invalid TensorInfo.encoding: {encoding}. Expected `coo_sparse` or `name`.")


def element_from_info(tensor_info: Any, graph: Graph, import_scope: str | None = None) -> Any:
    """The tensor or operation that a `TensorInfo` names."""
    return graph.as_graph_element(prepend_scope(tensor_info.name, import_scope))


@_both("build_signature_def", "signature_def_utils")
def build_signature_def(inputs: Mapping[str, Any] | None = None, outputs: Mapping[str, Any] | None = None,
                        method_name: str | None = None, defaults: Mapping[str, Any] | None = None) -> Any:
    """A `SignatureDef` of `TensorInfo`s by key. defaults: `TensorProto`s for inputs that may be left out."""
    from hornbeam.graph.messages.meta_graph_pb2 import SignatureDef
    made = SignatureDef()
    for field, given in ((made.inputs, inputs), (made.outputs, outputs)):
        for key, info in (given or {}).items():
            field[key].CopyFrom(info)
    for key, value in (defaults or {}).items():
        made.defaults[key].CopyFrom(value)
    if method_name is not None:
        made.method_name = method_name
    return made


@_both("predict_signature_def", "signature_def_utils")
def predict_signature_def(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
    """The signature of a prediction: tensors of any kind, by key. Raises ValueError where there are none."""
    for what, given in (("inputs", inputs), ("outputs", outputs)):
        if not given:
            raise ValueError(f"Prediction {what} cannot be None or empty.")
    return build_signature_def({k: build_tensor_info(t) for k, t in inputs.items()},
                               {k: build_tensor_info(t) for k, t in outputs.items()}, constants.PREDICT_METHOD_NAME)


def _info(tensor: Any, dtype: dtypes.DType, what: str) -> Any:
    info = build_tensor_info(tensor)
    if info.dtype != dtype.as_datatype_enum:
        raise ValueError(f"{what} must be a {'string' if dtype is dtypes.string else 'float'} Tensor.")
    return info


@_both("regression_signature_def", "signature_def_utils")
def regression_signature_def(examples: Any, predictions: Any) -> Any:
    """The signature of a regression: serialized `Example`s in, floats out. Raises ValueError for other dtypes."""
    if examples is None:
        raise ValueError("Regression examples cannot be None.")
    if not isinstance(examples, GraphTensor):
        raise ValueError("Expected regression `examples` to be of type Tensor. "
                         f"Found `examples` of type {type(examples)}.")
    if predictions is None:
        raise ValueError("Regression predictions cannot be None.")
    return build_signature_def(
        {constants.REGRESS_INPUTS: _info(examples, dtypes.string, "Regression examples")},
        {constants.REGRESS_OUTPUTS: _info(predictions, dtypes.float32, "Regression output")},
        constants.REGRESS_METHOD_NAME)


@_both("classification_signature_def", "signature_def_utils")
def classification_signature_def(examples: Any, classes: Any, scores: Any) -> Any:
    """The signature of a classification: serialized `Example`s in, names of classes (strings) and scores out.

    Raises ValueError where both outputs are None, or one is of another dtype.
    """
    if examples is None:
        raise ValueError("Classification examples cannot be None.")
    if not isinstance(examples, GraphTensor):
        raise ValueError("Expected classification `examples` to be of type Tensor. "
                         f"Found `examples` of type {type(examples)}.")
    if classes is None and scores is None:
        raise ValueError("Classification classes and scores cannot both be None.")
    outputs = {}
    given = _info(examples, dtypes.string, "Classification examples")
    if classes is not None:
        outputs[constants.CLASSIFY_OUTPUT_CLASSES] = _info(classes, dtypes.string, "Classification classes")
    if scores is not None:
        outputs[constants.CLASSIFY_OUTPUT_SCORES] = _info(scores, dtypes.float32, "Classification scores")
    return build_signature_def({constants.CLASSIFY_INPUTS: given}, outputs, constants.CLASSIFY_METHOD_NAME)


def op_signature_def(op: Operation, key: str) -> Any:
    """A signature whose one output names an operation."""
    return build_signature_def(outputs={key: info_of_operation(op)})


@_both("is_valid_signature", "signature_def_utils")
def is_valid_signature(signature_def: Any) -> bool:
    """Whether a signature is one that a server takes: of one of the three kinds, with the keys and dtypes of it."""
    if signature_def is None:
        return False
    inputs, outputs = signature_def.inputs, signature_def.outputs
    string, float_ = dtypes.string.as_datatype_enum, dtypes.float32.as_datatype_enum
    if signature_def.method_name == constants.PREDICT_METHOD_NAME:
        return bool(inputs) and bool(outputs)
    if signature_def.method_name == constants.REGRESS_METHOD_NAME:
        return (set(inputs) == {constants.REGRESS_INPUTS} and inputs[constants.REGRESS_INPUTS].dtype == string
                and set(outputs) == {constants.REGRESS_OUTPUTS}
                and outputs[constants.REGRESS_OUTPUTS].dtype == float_)
    if signature_def.method_name == constants.CLASSIFY_METHOD_NAME:
        wanted = {constants.CLASSIFY_OUTPUT_CLASSES: string, constants.CLASSIFY_OUTPUT_SCORES: float_}
        return (set(inputs) == {constants.CLASSIFY_INPUTS} and inputs[constants.CLASSIFY_INPUTS].dtype == string
                and bool(outputs) and set(outputs) <= set(wanted)
                and all(info.dtype == wanted[key] for key, info in outputs.items()))
    return False
