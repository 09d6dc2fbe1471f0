"""Layer: an operation that keeps variables, builds them for its first input, and passes masks and `training` on."""

from __future__ import annotations

import inspect
import io
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

import hornbeam as tf
from hornbeam.graph import mode
from hornbeam.graph.call import graph_for
from hornbeam.keras.conventions import Conventions
from hornbeam.keras.dtype_policies import policy as dtype_policies
from hornbeam.keras.dtypes import is_float_dtype, standardize_dtype
from hornbeam.keras.graph_places import symbolic
from hornbeam.keras.graph_scopes import LayerScope, graph_around
from hornbeam.keras.keras_tensor import KerasTensor, any_symbolic, is_concrete
from hornbeam.keras.layers.call_spec import CallContext, CallSpec, is_tensor
from hornbeam.keras.layers.input_spec import assert_input_compatibility
from hornbeam.keras.layers.layer_arguments import old_arguments, weight_arguments
from hornbeam.keras.layers.layer_dtypes import LayerDtypes
from hornbeam.keras.layers.layer_state import LayerState
from hornbeam.keras.learning_phase import asks_a_tensor, by_phase, phase_for
from hornbeam.keras.lookup import named
from hornbeam.keras.masks import get_keras_mask, set_keras_mask
from hornbeam.keras.names import keras_export
from hornbeam.keras.nodes import Node
from hornbeam.keras.operations import Operation, default, is_default
from hornbeam.keras.scopes import AutocastScope, StatelessScope, autocast_scope, current_path, name_scope
from hornbeam.keras.state import thread
from hornbeam.keras.tracing import output_spec
from hornbeam.keras.trackable import resume
from hornbeam.keras.tree import structures as tree
from hornbeam.keras.variables import Variable


@keras_export("Layer", "layers.Layer")
class Layer(LayerState, LayerDtypes, Operation):
    """Base of layers: subclasses make variables in `build(input_shape)` and compute in `call(inputs)`.

    activity_regularizer: its value of the outputs joins the losses. trainable: whether optimizers change the
    variables. dtype: a dtype or policy. autocast: whether floating inputs are cast to the compute dtype. name: by
    default the class's in snake case. Raises ValueError for other arguments, TypeError from `call` for arguments that
    it does not take.

    >>> class Double(Layer):
    ...     def call(self, x):
    ...         return 2 * x
    >>> Double()(tf.constant([1., 2.])).numpy().tolist()
    [2.0, 4.0]
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        instance = super().__new__(cls, *args, **kwargs)
        object.__setattr__(instance, "build", _noted(instance, instance.build))
        return instance

    def __init__(self, *, activity_regularizer: Any = None, trainable: bool = True, dtype: Any = None,
                 autocast: bool = True, name: str | None = None, **kwargs: Any) -> None:
        self._lock = False
        Operation.__init__(self, name=name)
        self._dtype_policy = dtype_policies.get(dtype)
        self.activity_regularizer = (None if activity_regularizer is None
                                     else named("regularizers.get")(activity_regularizer))
        old_arguments(self, kwargs)
        self._path: str | None = None
        self._parent_path: str | None = None
        self.built = False
        self.autocast = autocast
        self._input_spec: Any = None
        self._called = False
        self.supports_jit = True
        if not isinstance(trainable, bool):
            raise ValueError(f"Expected `trainable` to be a boolean. Received: trainable={trainable} (of type "
                             f"{type(trainable)})")
        self._initialize_tracker()
        self._trainable = trainable
        self._losses = []
        self._loss_ids = set()
        self._losses_override = []
        self._call_signature = inspect.signature(self.call)
        self.call_signature_parameters = list(self._call_signature.parameters)
        self._call_has_training_arg = "training" in self.call_signature_parameters
        self._call_has_mask_arg = "mask" in self.call_signature_parameters
        self._call_context_args = {"training"}
        self._call_has_context_arg = {"training": self._call_has_training_arg}
        self._supports_masking = not is_default(self.compute_mask)
        self._convert_input_args = True
        self._allow_non_tensor_positional_args = False
        self._build_shapes_dict: dict[str, Any] | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        if not isinstance(value, (str, bool, int, float, type(None))):
            self._initialize_tracker()
            value = self._tracker.track(value)
        super().__setattr__(name, value)
        if "_deferred_restorations" in self.__dict__:  # a checkpoint may have values for it
            resume(self)

    def __getattr__(self, name: str) -> Any:
        """What Keras 2's layers had besides: shapes and tensors of their symbolic calls."""
        held = getattr(type(self), name, None)
        if isinstance(held, property) and held.fget is not None:
            return held.fget(self)  # which raised AttributeError: its words say more
        if name in ("input_shape", "output_shape"):
            tensors = self._of_node(0, f"{name.removesuffix('_shape')}_tensors", name.replace("_", " "))
            return tree.map_structure(lambda x: x.shape, tensors)
        if name in ("get_input_shape_at", "get_output_shape_at"):
            at = getattr(self, name.replace("_shape", ""))
            return lambda node_index: tree.map_structure(lambda x: x.shape, at(node_index))
        if name in ("get_input_at", "get_output_at"):
            what = name.split("_")[1]
            return lambda node_index: self._of_node(node_index, f"{what}_tensors", what)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        value = getattr(self, name)
        if isinstance(value, Variable):
            self._untrack_variable(value)
        super().__delattr__(name)

    # Building -------------------------------------------------------------------------------------

    @property
    def path(self) -> str | None:
        """The names of the layers around it and its own, joined by `/`; None before it is built."""
        return self._path

    @property
    def input_spec(self) -> Any:
        """What the inputs must be: an `InputSpec`, a structure of them, or None."""
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        self._input_spec = value

    @default
    def build(self, input_shape: Any) -> None:
        """Make the variables for inputs of this shape. Called by the first call; subclasses write it."""
        self._check_super_called()
        if is_default(self.build) and _has_unbuilt_layers(self):
            warnings.warn(f"`build()` was called on layer '{self.name}', however the layer does not have a `build()` "
                          "method implemented and it looks like it has unbuilt state. This will cause the layer to be "
                          "marked as built, despite not being actually built, which may cause failures down the line. "
                          "Make sure to implement a proper `build()` method.", stacklevel=3)
        self.built = True

    def _lock_state(self) -> None:
        if not self._tracker.locked and not Conventions.keras_2:
            self._tracker.lock("You cannot add new elements of state (variables or sub-layers) to a layer that is "
                               "already built. All state must be created in the `__init__()` method or in the "
                               "`build()` method.")

    def _build_at_init(self) -> None:
        """Mark a layer without variables as built, where no subclass has written `build`."""
        if is_default(self.build):
            self.built = True
            self._lock_state()

    def _maybe_build(self, call: CallSpec) -> None:
        if self.built:
            return
        shapes = call.shapes_for(self.build, type(self).__name__)
        if shapes is not None:
            self.build(**shapes)
            self._assert_input_compatibility(call.first)
            return
        if _has_unbuilt_layers(self):
            try:
                output_spec(self.call, **call.arguments)
            except Exception as error:
                if call.eager:
                    return  # the call itself will build them
                warnings.warn(f"Layer '{self.name}' looks like it has unbuilt state, but Keras is not able to trace "
                              "the layer `call()` in order to build it automatically. Possible causes:\n1. The "
                              "`call()` method of your layer may be crashing. Try to `__call__()` the layer eagerly on "
                              "some test input first to see if it works.\n2. If the `call()` method is correct, then "
                              "you may need to implement the `def build(self, input_shape)` method on your layer. It "
                              f"should create all variables used by the layer.\nException encountered: ''{error}''",
                              stacklevel=4)
        self.build(next(iter(call.shapes().values()), None))

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes that the layer was built for, None before it is."""
        shapes = self._build_shapes_dict
        if shapes is None:
            return None
        return {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else {"shapes_dict": shapes}

    def build_from_config(self, config: dict[str, Any] | None) -> None:
        """Build for the shapes that `get_build_config` gave."""
        if config and "input_shape" in config:
            self.build(config["input_shape"])
        elif config and "shapes_dict" in config:
            self.build(**config["shapes_dict"])

    def add_weight(self, *args: Any, shape: Any = None, initializer: Any = None, dtype: Any = None,
                   trainable: bool = True, autocast: bool = True, regularizer: Any = None, constraint: Any = None,
                   aggregation: str | None = "none", overwrite_with_gradient: bool = False,
                   name: str | None = None, **old: Any) -> Variable:
        """A new variable of the layer.

        shape: `()` by default. initializer: by default Glorot's uniform one for floats, zeros for others. dtype: the
        layer's variable dtype by default. regularizer: its value of the variable joins the losses. constraint: what
        optimizers apply after each update. autocast, aggregation, name: as for `keras.Variable`.
        Raises ValueError where something is said twice.
        """
        self._check_super_called()
        shape, initializer, dtype, name = weight_arguments(args, shape, initializer, dtype, name, old)
        dtype = self.variable_dtype if dtype is None else standardize_dtype(dtype)
        if initializer is None:
            initializer = "glorot_uniform" if "float" in dtype else "zeros"
        with name_scope(self.name, caller=self):
            variable = Variable(named("initializers.get")(initializer), shape=() if shape is None else shape,
                                dtype=dtype, trainable=trainable, autocast=autocast, aggregation=aggregation, name=name)
        variable.regularizer = None if regularizer is None else named("regularizers.get")(regularizer)
        variable.constraint = None if constraint is None else named("constraints.get")(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        self._track_variable(variable)
        return variable

    def add_variable(self, shape: Any, initializer: Any, dtype: Any = None, trainable: bool = True,
                     autocast: bool = True, regularizer: Any = None, constraint: Any = None,
                     name: str | None = None) -> Variable:
        """As `add_weight`."""
        return self.add_weight(shape=shape, initializer=initializer, dtype=dtype, trainable=trainable,
                               autocast=autocast, regularizer=regularizer, constraint=constraint, name=name)

    # Calling --------------------------------------------------------------------------------------

    @property
    def supports_masking(self) -> bool:
        """Whether masks of the inputs go on to the outputs."""
        return self._supports_masking

    @supports_masking.setter
    def supports_masking(self, value: bool) -> None:
        self._supports_masking = value

    @default
    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of the outputs, by default that of the inputs."""
        return previous_mask

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """What the layer computes: subclasses write this."""
        raise self._not_implemented_error(self.call)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Shapes and dtypes of the outputs; `__call__` makes the node."""
        return self.compute_output_spec(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._check_super_called()
        self._called = True
        if mode.graph_of_v1() is not None and not thread.graph_scopes:
            args, kwargs = tree.map_structure(symbolic, (args, kwargs))
        given_args, given_kwargs = args, kwargs  # what is filled in below is part of the node, as in Keras's files
        if self._convert_input_args and (kwargs or len(args) != 1 or not is_tensor(args[0])
                                         or standardize_dtype(args[0].dtype) != self.input_dtype):
            args = tree.map_structure(self._converted, args)
            kwargs = tree.map_structure(self._converted, kwargs)
        if not self._allow_non_tensor_positional_args:
            _refuse_others(args)
        call = CallSpec(self._call_signature, self._call_context_args, args, kwargs)
        graph = graph_for(*call.tensors.values()) if call.tensors else None
        if graph is not None and not mode.state.open_graphs:
            with mode.opened(graph):
                return self._in_its_scope(call, args, kwargs, given_args, given_kwargs)
        return self._in_its_scope(call, args, kwargs, given_args, given_kwargs)

    def _in_its_scope(self, call: CallSpec, args: tuple[Any, ...], kwargs: dict[str, Any],
                      given_args: tuple[Any, ...], given_kwargs: dict[str, Any]) -> Any:
        graph = graph_around()
        if graph is None:
            return self._called_with(call, args, kwargs, given_args, given_kwargs)
        with LayerScope(graph, self, any_symbolic(given_args, given_kwargs)):
            return self._called_with(call, args, kwargs, given_args, given_kwargs)

    def _called_with(self, call: CallSpec, args: tuple[Any, ...], kwargs: dict[str, Any],
                     given_args: tuple[Any, ...], given_kwargs: dict[str, Any]) -> Any:
        self._assert_input_compatibility(call.first)
        with self._open_name_scope():
            self._maybe_build(call)
        context = thread.call_context
        entered = context is None
        if entered:
            context = thread.call_context = CallContext(self)
            phase = thread.learning_phase
            if phase is None and not any_symbolic(given_args, given_kwargs):
                phase = phase_for(self, mode.current_graph())
            context.set_value("training", phase)
            self._clear_losses()
        before = {name: context.get_value(name) for name in self._call_context_args}
        try:
            for name in self._call_context_args:
                self._pass_down(name, call, context, kwargs)
            previous_mask = self._filled_masks(call, kwargs)
            with self._open_name_scope():
                outputs = (by_phase(self, context, args, kwargs) if asks_a_tensor(self, kwargs)
                           else self._computed(args, kwargs))
                self.built = True
                if self.activity_regularizer is not None:
                    self._regularize_activity(outputs)
            self._pass_mask_on(call.first, outputs, previous_mask)
        finally:
            for name, value in before.items():
                context.set_value(name, value)
            if entered:
                thread.call_context = None
        if any_symbolic(given_args, given_kwargs):
            Node(self, given_args, given_kwargs, outputs, call.given)
        return outputs

    def _converted(self, x: Any) -> Any:
        made = self.dtype_policy.convert_input(x, self.autocast, self.input_dtype)
        mask = get_keras_mask(x)
        if mask is not None and made is not x:
            set_keras_mask(made, mask)
        return made

    def _pass_down(self, name: str, call: CallSpec, context: CallContext, kwargs: dict[str, Any]) -> None:
        """An argument that inner calls take over: from the caller, the outer call, or the default."""
        if name in call.given:
            value = call.given[name]
        elif context.get_value(name) is not None:
            value = context.get_value(name)
        else:
            value = call.arguments.get(name)
        context.set_value(name, value)
        if value is not None and self._call_has_context_arg.get(name, False):
            kwargs[name] = value

    def _filled_masks(self, call: CallSpec, kwargs: dict[str, Any]) -> Any:
        """Give `call` the masks that its tensors carry. Returns that of the first tensor."""
        if len(call.tensors) == 1 and "mask" in call.arguments and call.arguments["mask"] is None:
            kwargs["mask"] = tree.map_structure(get_keras_mask, next(iter(call.tensors.values())))
        elif len(call.tensors) > 1:
            for name, value in call.tensors.items():
                if f"{name}_mask" in call.arguments and call.arguments[f"{name}_mask"] is None:
                    kwargs[f"{name}_mask"] = tree.map_structure(get_keras_mask, value)
        if kwargs.get("mask") is not None:
            return kwargs["mask"]
        return tree.map_structure(get_keras_mask, call.first)

    def _computed(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """`call`, with variables read in the compute dtype."""
        scope = autocast_scope()
        wanted = self.compute_dtype if self.autocast and is_float_dtype(self.compute_dtype) else None
        if scope is None and self.compute_dtype == self.variable_dtype:
            return Operation.__call__(self, *args, **kwargs)
        if scope is not None and scope.dtype == wanted:
            return Operation.__call__(self, *args, **kwargs)
        with AutocastScope(wanted if scope is not None or wanted is not None else self.compute_dtype):
            return Operation.__call__(self, *args, **kwargs)

    def _regularize_activity(self, outputs: Any) -> None:
        regularizer: Any = self.activity_regularizer
        for output in tree.flatten(outputs):
            if is_concrete(output):
                loss = regularizer(output)
                if output.shape.rank:
                    loss = tf.math.divide_no_nan(loss, tf.cast(tf.shape(output)[0], loss.dtype))
                self.add_loss(loss)

    def _pass_mask_on(self, inputs: Any, outputs: Any, previous_mask: Any) -> None:
        if not self.supports_masking:
            if any(m is not None for m in tree.flatten(previous_mask)):
                warnings.warn(f"Layer '{self.name}' (of type {type(self).__name__}) was passed an input with a mask "
                              "attached to it. However, this layer does not support masking and will therefore "
                              "destroy the mask information. Downstream layers will not see the mask.", stacklevel=4)
            return
        flat = tree.flatten(outputs)
        if all(get_keras_mask(x) is not None for x in flat):
            return
        masks = self.compute_mask(inputs, previous_mask)
        if masks is None:
            return
        for x, mask in zip(flat, tree.flatten(masks), strict=False):
            if mask is not None and get_keras_mask(x) is None:
                set_keras_mask(x, mask)

    def stateless_call(self, trainable_variables: Any, non_trainable_variables: Any, *args: Any,
                       return_losses: bool = False, **kwargs: Any) -> Any:
        """`call` with these values in place of the variables', which stay as they are.

        Returns the outputs, the new values of the variables that are not trainable, and with `return_losses` the
        losses. Raises ValueError for a layer that is not built, or lists of other lengths than the variables'.
        """
        self._check_super_called()
        kind = type(self).__name__
        if not self.built:
            raise ValueError(f"To call stateless_call, {kind} must be built (i.e. its variables must have been already "
                             "created). You can build it by calling it on some data.")
        mapping: list[tuple[Any, Any]] = []
        for what, values in (("trainable", trainable_variables), ("non_trainable", non_trainable_variables)):
            own = getattr(self, f"{what}_variables")
            if len(values) != len(own):
                raise ValueError(f"Argument `{what}_variables` must be a list of tensors corresponding 1:1 to "
                                 f"{kind}().{what}_variables. Received list with length {len(values)}, but expected "
                                 f"{len(own)} variables.")
            mapping += zip(own, values, strict=True)
        with StatelessScope(state_mapping=mapping, collect_losses=return_losses) as scope:
            outputs = self.call(*args, **kwargs)
            losses = self.losses if return_losses else None
        updated = [scope.get_current_value(v) for v in self.non_trainable_variables]
        return (outputs, updated, losses) if return_losses else (outputs, updated)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Shapes and dtypes of the outputs: as `compute_output_shape` says, or as `call` gives them on placeholders."""
        if is_default(self.compute_output_shape):
            return Operation.compute_output_spec(self, *args, **kwargs)
        call = CallSpec(self._call_signature, self._call_context_args, args, dict(kwargs))
        shapes = call.shapes_for(self.compute_output_shape, type(self).__name__) or {}
        try:
            return self._spec_of_shapes(self.compute_output_shape(**shapes))
        except AttributeError:
            if not Conventions.keras_2:
                raise
        return Operation.compute_output_spec(self, *args, **kwargs)  # of Keras 2: it asks for what `call` keeps

    def _spec_of_shapes(self, shapes: Any) -> Any:
        if not isinstance(shapes, (list, tuple, dict)):
            try:
                shapes = tuple(shapes)
            except TypeError:
                raise ValueError(f"Method `compute_output_shape()` of layer {type(self).__name__} is returning a type "
                                 "that cannot be interpreted as a shape. It should return a shape tuple. "
                                 f"Received: {shapes}") from None
        if not isinstance(shapes, dict) and (not shapes or tree.is_shape(shapes)):
            return KerasTensor(tuple(shapes), dtype=self.compute_dtype)
        return tree.map_shape_structure(lambda s: KerasTensor(s, dtype=self.compute_dtype), shapes)

    @default
    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """The shape of the outputs for inputs of a shape (or a structure of shapes). Builds the layer.

        Raises NotImplementedError for a layer without `call`.
        """
        if type(self).call is Layer.call:
            raise self._not_implemented_error(self.compute_output_shape)
        specs = [tree.map_shape_structure(lambda s: KerasTensor(s, dtype=self.input_dtype), shape) for shape in args]
        named_specs = {name.removesuffix("_shape"): tree.map_shape_structure(
            lambda s: KerasTensor(s, dtype=self.input_dtype), shape) for name, shape in kwargs.items()}
        if list(kwargs) == ["input_shape"] and "input" not in self.call_signature_parameters:
            specs, named_specs = list(named_specs.values()), {}
        call = CallSpec(self._call_signature, self._call_context_args, tuple(specs), dict(named_specs))
        with self._open_name_scope():
            self._maybe_build(call)
        return tree.map_structure(lambda x: x.shape, Operation.compute_output_spec(self, *specs, **named_specs))

    # Inside ---------------------------------------------------------------------------------------

    def _obj_type(self) -> str:
        return "Layer"

    def _open_name_scope(self) -> name_scope:
        if self._parent_path is None:
            self._parent_path = current_path()
        return name_scope(self.name, caller=self)

    def _check_super_called(self) -> None:
        if self.__dict__.get("_lock", True):
            raise RuntimeError(f"In layer '{type(self).__name__}', you forgot to call `super().__init__()` as the "
                               "first statement in the `__init__()` method. Go add it!")

    def _assert_input_compatibility(self, inputs: Any) -> None:
        if self.input_spec:
            assert_input_compatibility(self.input_spec, inputs, layer_name=self.name)

    def _register_call_context_args(self, *names: str) -> None:
        """Pass further arguments down to inner layers' calls, as `training` is."""
        if self._called:
            raise RuntimeError("Cannot add call-context args after the layer has been called.")
        self._call_context_args = self._call_context_args | set(names)
        self._call_has_context_arg.update({n: n in self.call_signature_parameters for n in names})

    def _not_implemented_error(self, attribute: Any, message: str | None = None) -> NotImplementedError:
        kind = "method" if callable(attribute) else "attribute"
        name = attribute.__name__ if callable(attribute) else str(attribute)
        more = "" if message is None else f" {message}"
        return NotImplementedError(f"Layer {type(self).__name__} does not have a `{name}` {kind} implemented.{more}")

    @default
    def get_config(self) -> dict[str, Any]:
        """The arguments that the layer is made from again: subclasses add theirs to `super().get_config()`."""
        self._check_super_called()
        config = {**Operation.get_config(self), "trainable": self.trainable,
                  "dtype": dtype_policies.serialize(self.dtype_policy)}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = named("regularizers.serialize")(self.activity_regularizer)
        return config

    def __reduce__(self) -> Any:
        """Pickled and copied as it would be saved: configuration and weights."""
        file = io.BytesIO()
        named("saving.save_model")(self, file)
        return _from_bytes, (file.getvalue(),)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _from_bytes(content: bytes) -> Any:
    return named("saving.load_model")(io.BytesIO(content), safe_mode=False)


def _noted(layer: Any, build: Callable[..., Any]) -> Callable[..., Any]:
    """The layer's `build` with what belongs around it: the path, the shapes it was built for, no new state after it,
    and the weights that it was given."""
    @wraps(build)
    def build_and_note(*args: Any, **kwargs: Any) -> None:
        with layer._open_name_scope():
            layer._path = current_path()
            build(*args, **kwargs)
        layer._build_shapes_dict = dict(inspect.signature(build).bind(*args, **kwargs).arguments)
        layer.built = True
        layer._lock_state()
        given = layer.__dict__.pop("_initial_weights", None)
        if given is not None:
            layer.set_weights(given)
        resume(layer)

    return build_and_note


def _has_unbuilt_layers(layer: Any) -> bool:
    return any(not inner.built for inner in layer._layers)


def _refuse_others(args: tuple[Any, ...]) -> None:
    for arg in tree.leaves(args):
        if not is_tensor(arg, allow_none=True):
            raise ValueError("Only input tensors may be passed as positional arguments. The following argument value "
                             f"should be passed as a keyword argument: {arg} (of type {type(arg)})")
