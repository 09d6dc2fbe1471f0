"""ExportArchive: functions of layers as the endpoints of a SavedModel, which serving programs and TensorFlow load."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.keras.keras_tensor import KerasTensor, is_concrete
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.tree import structures as tree
from hornbeam.keras.utils.messages import tell
from hornbeam.keras.variables import Variable as KerasVariable
from hornbeam.runtime.function import Function
from hornbeam.runtime.module import Module
from hornbeam.runtime.variable import Variable
from hornbeam.train.checkpoints.trackables import attributes

ENDPOINT = "serve"


class _Artifact:
    """What is saved: endpoints and collections of variables are its attributes."""

    def _trackable_children(self) -> dict[str, Any]:
        return attributes(self)


@keras_export("export.ExportArchive")
class ExportArchive:
    """Collects endpoints, functions with a signature, and writes them as one SavedModel.

    format: "saved_model". Raises ValueError for another one. The loaded artifact has each endpoint as an attribute, and
    signatures of their names; `serving_default` is the first one.

    >>> import tempfile
    >>> from hornbeam import keras
    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    >>> archive = ExportArchive()
    >>> archive.track(model)
    >>> serve = archive.add_endpoint("serve", model.call, input_signature=[keras.InputSpec("float32", (None, 3))])
    >>> archive.write_out(tempfile.mkdtemp(), verbose=False)
    """

    def __init__(self, format: str = "saved_model", **kwargs: Any) -> None:
        if format != "saved_model":
            raise ValueError(f"Unsupported format: {format}")
        self._artifact: Any = _Artifact()
        self._endpoints: dict[str, Function] = {}
        self._layers: list[Any] = []
        self._artifact._tracked = []

    @property
    def variables(self) -> list[Any]:
        """The variables of the tracked layers."""
        return self._of_layers("variables")

    @property
    def trainable_variables(self) -> list[Any]:
        """Those that optimizers change."""
        return self._of_layers("trainable_variables")

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The others."""
        return self._of_layers("non_trainable_variables")

    def _of_layers(self, name: str) -> list[Any]:
        return [variable for layer in self._layers for variable in getattr(layer, name)]

    def track(self, resource: Any) -> None:
        """Let a layer, a model, or a module be part of the artifact. Raises ValueError for others, and before a layer
        is built."""
        if isinstance(resource, Layer):
            if not resource.built:
                raise ValueError("The layer provided has not yet been built. It must be built before export.")
            self._layers.append(resource)
        elif not isinstance(resource, (Module, Variable)) and not hasattr(resource, "_trackable_children"):
            raise ValueError("Invalid resource type. Expected a Keras `Layer` or `Model` or a TensorFlow `Trackable` "
                             f"object. Received object {resource} of type '{type(resource)}'.")
        self._artifact._tracked = [*self._artifact._tracked, resource]

    def add_endpoint(self, name: str, fn: Callable[..., Any], input_signature: Any = None, **kwargs: Any) -> Any:
        """Make a function an endpoint. Gives the traced function.

        input_signature: a list with a `TensorSpec`, `keras.InputSpec` or tensor for each argument, or structures of
        them; not needed for a `tf.function` that was called. Raises ValueError for a name that is taken, and without
        signature.
        """
        if name in self._endpoints:
            raise ValueError(f"Endpoint name '{name}' is already taken.")
        if "jax2tf_kwargs" in kwargs or "is_static" in kwargs:
            raise ValueError("'jax2tf_kwargs' and 'is_static' are only supported with the jax backend.")
        if input_signature is not None:
            signature = tree.map_structure(tensor_spec, input_signature)
            made = Function(fn, input_signature=signature, autograph=False)
            made.get_concrete_function()
        elif not isinstance(fn, Function):
            raise ValueError("If the `fn` argument provided is not a `tf.function`, you must provide an "
                             "`input_signature` argument to specify the shape and dtype of the function arguments.")
        elif not fn.experimental_get_tracing_count():
            raise ValueError(f"The provided tf.function '{fn}' has never been called. To specify the expected shape "
                             "and dtype of the function's arguments, you must either provide a function that has been "
                             "called at least once, or alternatively pass an `input_signature` argument in "
                             "`add_endpoint()`.")
        else:
            made = fn
        self._endpoints[name] = made
        setattr(self._artifact, name, made)
        return made

    def track_and_add_endpoint(self, name: str, resource: Any, input_signature: Any, **kwargs: Any) -> Any:
        """`track` a layer, and make its call an endpoint."""
        self.track(resource)
        return self.add_endpoint(name, resource.__call__, input_signature, **kwargs)

    def add_variable_collection(self, name: str, variables: Iterable[Any]) -> None:
        """Let the artifact have variables as a list of that name. Raises ValueError for anything else."""
        if not isinstance(variables, (list, tuple, set)):
            raise ValueError("Expected `variables` to be a list/tuple/set. Received instead object of type "
                             f"'{type(variables)}'.")
        if not all(isinstance(v, (Variable, KerasVariable)) for v in variables):
            raise ValueError("Expected all elements in `variables` to be `tf.Variable` instances. Found instead the "
                             f"following types: {list({type(v) for v in variables})}")
        setattr(self._artifact, name, list(variables))

    def write_out(self, filepath: Any, options: Any = None, verbose: bool = True) -> None:
        """Write the SavedModel to a folder. verbose: whether to say where it is and which endpoints it has.

        options: `saved_model.SaveOptions`. Raises ValueError without an endpoint.
        """
        if not self._endpoints:
            raise ValueError("No endpoints have been set yet. Call add_endpoint().")
        for name in ("variables", "trainable_variables", "non_trainable_variables"):
            setattr(self._artifact, name, getattr(self, name))
        used = {id(v): v for fn in self._endpoints.values() for v in fn.variables}
        self._artifact._all_variables = list(used.values())
        first = next(iter(self._endpoints.values()))
        from hornbeam.train.saved_model.object_writer import save  # only who exports waits for it

        save(self._artifact, filepath, {"serving_default": first, **self._endpoints}, options)
        if verbose:
            lines = [f"* Endpoint '{name}'\n{fn.pretty_printed_concrete_signatures()}"
                     for name, fn in self._endpoints.items()]
            tell(f"Saved artifact at '{filepath}'. The following endpoints are available:\n\n" + "\n\n".join(lines))


def tensor_spec(x: Any) -> TensorSpec:
    """The `TensorSpec` of a specification or a tensor, with any number of samples.

    Raises ValueError where shape or dtype are not known, TypeError for anything else.
    """
    if isinstance(x, TensorSpec):
        return x
    if isinstance(x, InputSpec):
        if x.shape is None or x.dtype is None:
            raise ValueError(f"The `shape` and `dtype` must be provided. Received: x={x}")
        return TensorSpec(x.shape, x.dtype, x.name)
    if isinstance(x, KerasTensor) or is_concrete(x):
        name = x.name if isinstance(x, KerasTensor) else None
        return TensorSpec((None, *tuple(x.shape)[1:]), x.dtype, name)
    raise TypeError(f"Unsupported x={x} of the type ({type(x)}). Supported types are: `keras.InputSpec`, "
                    "`keras.KerasTensor` and backend tensor.")


def input_signature_of(model: Any) -> list[Any]:
    """What a model takes: specifications by argument. Raises ValueError before it is built or called."""
    if not model.built:
        raise ValueError("The model provided has not yet been built. It must be built before export.")
    if hasattr(model, "_inputs_struct"):
        return [tree.map_structure(tensor_spec, model._inputs_struct)]
    if getattr(model, "inputs", None):
        return tree.map_structure(tensor_spec, list(model.inputs))
    shapes = model._build_shapes_dict
    if not shapes or not model._called:
        raise ValueError("The model provided has never called. It must be called at least once before export.")
    return [tree.map_shape_structure(lambda s: TensorSpec((None, *s[1:]), model.input_dtype), shape)
            for shape in shapes.values()]


def export_model(model: Any, filepath: Any, format: str = "tf_saved_model", verbose: bool | None = None,
                 input_signature: Any = None, **kwargs: Any) -> None:
    """A SavedModel with the endpoint `serve`, as `Model.export` writes it. Raises ValueError for another format."""
    if format != "tf_saved_model":
        raise ValueError(f"Unrecognized format={format}. Supported formats are: ['tf_saved_model'].")
    archive = ExportArchive()
    signature = input_signature_of(model) if input_signature is None else input_signature
    archive.track_and_add_endpoint(ENDPOINT, model, signature, **kwargs)
    archive.write_out(filepath, verbose=verbose is None or verbose)


def default_signature(model: Any) -> Function | None:
    """What `saved_model.save` serves of a model that is saved as an object; None before it is built."""
    if not model.built:
        return None
    signature = input_signature_of(model)
    if len(signature) != 1:
        return None
    unnamed = tree.map_structure(lambda spec: TensorSpec(spec.shape, spec.dtype), signature)
    return Function(lambda inputs: model(inputs), input_signature=unnamed, autograph=False)
