"""What a model gives to others, and what it takes from them: the signatures of a SavedModel."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hornbeam.graph.names import public
from hornbeam.v1.api import tf


def _named(value: Any, default: str) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {default: value}


@public(v1=("estimator.export.ExportOutput",))
class ExportOutput(ABC):
    """What a model gives under one signature."""

    @abstractmethod
    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        """The signature, a `SignatureDef`, with these inputs."""


@public(v1=("estimator.export.PredictOutput",))
class PredictOutput(ExportOutput):
    """Tensors under names. outputs: a tensor or a dictionary of them. Raises ValueError for other things."""

    def __init__(self, outputs: Any) -> None:
        self._outputs = _named(outputs, "output")
        for key, value in self._outputs.items():
            if not isinstance(key, str):
                raise ValueError(f"Prediction output key must be a string; got {key}.")
            if not hasattr(value, "dtype"):
                raise ValueError(f"Prediction output value must be a Tensor; got {value}.")

    @property
    def outputs(self) -> dict[str, Any]:
        """The tensors."""
        return self._outputs

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        return tf.saved_model.signature_def_utils.predict_signature_def(receiver_tensors, self._outputs)


@public(v1=("estimator.export.ClassificationOutput",))
class ClassificationOutput(ExportOutput):
    """The scores of classes, floats [batch, n], and their names, strings [batch, n]; one of them may be absent.

    Raises ValueError where both are, or they are of other dtypes.
    """

    def __init__(self, scores: Any = None, classes: Any = None) -> None:
        if scores is not None and not (hasattr(scores, "dtype") and scores.dtype.is_floating):
            raise ValueError(f"Classification scores must be a float32 Tensor; got {scores}")
        if classes is not None and not (hasattr(classes, "dtype") and classes.dtype.base_dtype == tf.string):
            raise ValueError(f"Classification classes must be a string Tensor; got {classes}")
        if scores is None and classes is None:
            raise ValueError("At least one of scores and classes must be set.")
        self._scores, self._classes = scores, classes

    @property
    def scores(self) -> Any:
        """The scores, None without."""
        return self._scores

    @property
    def classes(self) -> Any:
        """The names, None without."""
        return self._classes

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        examples = _only_string(receiver_tensors, "Classification")
        return tf.saved_model.signature_def_utils.classification_signature_def(examples, self._classes, self._scores)


@public(v1=("estimator.export.RegressionOutput",))
class RegressionOutput(ExportOutput):
    """A number for each example. Raises ValueError where it is no float."""

    def __init__(self, value: Any) -> None:
        if not (hasattr(value, "dtype") and value.dtype.is_floating):
            raise ValueError(f"Regression output value must be a float32 Tensor; got {value}")
        self._value = value

    @property
    def value(self) -> Any:
        """The numbers."""
        return self._value

    def as_signature_def(self, receiver_tensors: dict[str, Any]) -> Any:
        return tf.saved_model.signature_def_utils.regression_signature_def(
            _only_string(receiver_tensors, "Regression"), self._value)


def _only_string(receivers: dict[str, Any], kind: str) -> Any:
    if len(receivers) != 1:
        raise ValueError(f"{kind} input must be a single string Tensor; got {receivers}")
    (found,) = receivers.values()
    if found.dtype.base_dtype != tf.string:
        raise ValueError(f"{kind} input must be a single string Tensor; got {receivers}")
    return found


# What it takes ---------------------------------------------------------------------------------------


class _Receiver(NamedTuple):
    features: Any
    receiver_tensors: Any
    receiver_tensors_alternatives: Any


def _checked(features: Any, receivers: Any, alternatives: Any) -> tuple[Any, Any, Any]:
    if features is None:
        raise ValueError("features must be defined.")
    if receivers is None:
        raise ValueError("receiver_tensors must be defined.")
    if alternatives is not None and not isinstance(alternatives, dict):
        raise ValueError(f"receiver_tensors_alternatives must be a dict: {alternatives}.")
    others = None if alternatives is None else {k: _named(v, "input") for k, v in alternatives.items()}
    return features, _named(receivers, "input"), others


@public(v1=("estimator.export.ServingInputReceiver",))
class ServingInputReceiver(_Receiver):
    """What a served model takes: `receiver_tensors` are fed, `features` are made of them for the model function.

    receiver_tensors_alternatives: other tensors to feed, a dictionary by names of signatures.
    Raises ValueError for what is missing.
    """

    __slots__ = ()

    def __new__(cls, features: Any, receiver_tensors: Any,
                receiver_tensors_alternatives: Any = None) -> ServingInputReceiver:
        held, *rest = _checked(features, receiver_tensors, receiver_tensors_alternatives)
        return super().__new__(cls, _named(held, "feature"), *rest)


@public(v1=("estimator.export.TensorServingInputReceiver",))
class TensorServingInputReceiver(_Receiver):
    """As `ServingInputReceiver`, for a model function whose features are one tensor."""

    __slots__ = ()

    def __new__(cls, features: Any, receiver_tensors: Any,
                receiver_tensors_alternatives: Any = None) -> TensorServingInputReceiver:
        held, *rest = _checked(features, receiver_tensors, receiver_tensors_alternatives)
        if not hasattr(held, "dtype"):
            raise ValueError("features must be a Tensor or SparseTensor.")
        return super().__new__(cls, held, *rest)


@public(v1=("estimator.export.build_parsing_serving_input_receiver_fn",))
def build_parsing_serving_input_receiver_fn(feature_spec: dict[str, Any],
                                            default_batch_size: int | None = None) -> Callable[[], Any]:
    """A function that takes serialized examples and parses these features from them."""
    def serving_input_receiver_fn() -> ServingInputReceiver:
        examples = tf.placeholder(tf.string, [default_batch_size], name="input_example_tensor")
        return ServingInputReceiver(tf.parse_example(examples, feature_spec), {"examples": examples})

    return serving_input_receiver_fn


@public(v1=("estimator.export.build_raw_serving_input_receiver_fn",))
def build_raw_serving_input_receiver_fn(features: dict[str, Any],
                                        default_batch_size: int | None = None) -> Callable[[], Any]:
    """A function that takes the features themselves, as placeholders of the dtypes and shapes of `features`."""
    def serving_input_receiver_fn() -> ServingInputReceiver:
        made = {}
        for name, tensor in features.items():
            shape = tensor.shape.as_list()
            shape[0] = default_batch_size
            made[name] = tf.placeholder(tensor.dtype, shape, name=tensor.op.name)
        return ServingInputReceiver(made, dict(made))

    return serving_input_receiver_fn


def signatures(export_outputs: Mapping[str, ExportOutput], receiver: _Receiver) -> dict[str, Any]:
    """The signatures of a SavedModel: one for each output whose inputs fit it. Raises ValueError where none does."""
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, output in export_outputs.items():
        key = name or tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
        sources = {key: receiver.receiver_tensors}
        for other, tensors in (receiver.receiver_tensors_alternatives or {}).items():
            sources[f"{other}:{key}"] = tensors
        for signature, tensors in sources.items():
            try:
                found[signature] = output.as_signature_def(tensors)
            except ValueError as error:
                wrong[signature] = str(error)
    default = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    if default not in found and default in export_outputs and len(found) == 0:
        raise ValueError(f"None of the outputs fits the inputs: {wrong}")
    return found
