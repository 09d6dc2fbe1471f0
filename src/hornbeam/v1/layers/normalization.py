"""`tf.layers.batch_normalization`: fused, plain, with renormalisation, over virtual batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.train.moving_averages import assign_moving_average
from hornbeam.train.optimizer import cast
from hornbeam.v1.api import tf
from hornbeam.v1.layers import lookup
from hornbeam.v1.layers.base import Layer
from hornbeam.v1.layers.core import constant_bool, smart_cond
from hornbeam.v1.layers.input_spec import InputSpec
from hornbeam.v1.layers.lookup import ONES, ZEROS


def moving_average(variable: Any, value: Any, momentum: Any) -> Any:
    """The update variable ← momentum · variable + (1 - momentum) · value."""
    return assign_moving_average(variable, cast(value, variable.dtype), momentum, zero_debias=False)


@public(v1=("layers.BatchNormalization",))
class BatchNormalization(Layer):
    """gamma · (x - mean) / √(variance + epsilon) + beta: with the batch's statistics in training, else moving averages.

    axis: the dimension (or dimensions) of features. momentum: of the averages. center, scale: whether there is beta,
    gamma. renorm: corrects the batch's statistics towards the averages (Ioffe 2017), by at most what `renorm_clipping`
    ("rmax", "rmin", "dmax") says. fused: None takes the fused op for images. virtual_batch_size: normalises groups of
    this size. adjustment: gives a (scale, bias) for the shape of the input, applied in training.
    Variables: `gamma`, `beta`, `moving_mean`, `moving_variance`; updates go to `UPDATE_OPS`. Ioffe and Szegedy 2015.
    """

    def __init__(self, axis: Any = -1, momentum: Any = 0.99, epsilon: float = 1e-3, center: bool = True,
                 scale: bool = True, beta_initializer: Any = ZEROS, gamma_initializer: Any = ONES,
                 moving_mean_initializer: Any = ZEROS, moving_variance_initializer: Any = ONES,
                 beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
                 gamma_constraint: Any = None, renorm: bool = False, renorm_clipping: Mapping[str, Any] | None = None,
                 renorm_momentum: Any = 0.99, fused: bool | None = None, trainable: bool = True,
                 virtual_batch_size: int | None = None, adjustment: Callable[[Any], Any] | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, **kwargs)
        self.axis: Any = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.momentum, self.epsilon, self.center, self.scale = momentum, epsilon, center, scale
        self.beta_initializer = lookup.initializer_of(beta_initializer)
        self.gamma_initializer = lookup.initializer_of(gamma_initializer)
        self.moving_mean_initializer = lookup.initializer_of(moving_mean_initializer)
        self.moving_variance_initializer = lookup.initializer_of(moving_variance_initializer)
        self.beta_regularizer, self.gamma_regularizer = beta_regularizer, gamma_regularizer
        self.beta_constraint, self.gamma_constraint = beta_constraint, gamma_constraint
        self.renorm, self.renorm_momentum = renorm, renorm_momentum
        self.renorm_clipping = dict(renorm_clipping or {})
        unknown = set(self.renorm_clipping) - {"rmax", "rmin", "dmax"}
        if renorm and unknown:
            raise ValueError(f"renorm_clipping {renorm_clipping} contains keys not in ['rmax', 'rmin', 'dmax']")
        self.fused, self.virtual_batch_size, self.adjustment = fused, virtual_batch_size, adjustment
        self.supports_masking = True

    # Variables -----------------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Make the variables. Raises ValueError for axes that are not there or of unknown size."""
        shape = TensorShape(input_shape)
        if shape.rank is None:
            raise ValueError(f"Input has undefined rank: {shape}")
        self._set_axes(shape.rank)
        dims = shape.as_list()
        sizes = {i: dims[i] for i in self.axis}
        if None in sizes.values():
            raise ValueError("Input has undefined `axis` dimension. Input shape: ", shape)
        self.input_spec = InputSpec(ndim=shape.rank, axes=sizes)
        self._fuse(shape.rank)
        many = len(self.axis) > 1 or self.virtual_batch_size is not None
        wanted = [sizes.get(i, 1) for i in range(shape.rank)] if many else [sizes[self.axis[0]]]
        if self.virtual_batch_size is not None:  # the groups become dimension 1
            wanted.insert(1, 1)
            self.axis = [i + 1 for i in self.axis]
        self._add_variables(wanted)
        self.built = True

    def _set_axes(self, rank: int) -> None:
        given = self.axis if isinstance(self.axis, list) else [self.axis]
        self.axis = [i + rank if i < 0 else i for i in given]
        for axis in self.axis:
            if axis < 0 or axis >= rank:
                raise ValueError(f"Invalid axis: {axis}")
        if len(set(self.axis)) != len(self.axis):
            raise ValueError(f"Duplicate axis: {self.axis}")
        if self.virtual_batch_size is not None:
            if self.virtual_batch_size <= 0:
                raise ValueError("virtual_batch_size must be a positive integer that divides the true batch size of "
                                 "the input Tensor")
            if 0 in self.axis:
                raise ValueError("When using virtual_batch_size, the batch dimension must be 0 and thus axis cannot "
                                 "include 0")
            if self.adjustment is not None:
                raise ValueError("When using virtual_batch_size, adjustment cannot be specified")

    def _fuse(self, rank: int) -> None:
        """Whether the fused op is taken: for images with nothing that it does not do."""
        possible = rank == 4 and not (self.renorm or self.virtual_batch_size is not None or self.adjustment is not None
                                      ) and self.axis in ([1], [3]) and self.dtype != "float64"
        self.fused = possible and self.fused is not False

    def _add_variables(self, shape: list[Any]) -> None:
        kind = "float32" if self.dtype in ("float16", "bfloat16") else self.dtype or "float32"

        def moving(name: str, initializer: Any) -> Any:
            self._set_scope()
            cut = self._scope.partitioner
            self._scope.set_partitioner(None)  # averages are updated as a whole
            try:
                return self.add_weight(name, shape, dtype=kind, initializer=initializer, trainable=False)
            finally:
                self._scope.set_partitioner(cut)

        self.gamma = self.add_weight("gamma", shape, dtype=kind, initializer=self.gamma_initializer,
                                     regularizer=self.gamma_regularizer,
                                     constraint=self.gamma_constraint) if self.scale else None
        if self.gamma is None and self.fused:
            self._gamma = tf.constant(1.0, kind, shape)
        self.beta = self.add_weight("beta", shape, dtype=kind, initializer=self.beta_initializer,
                                    regularizer=self.beta_regularizer,
                                    constraint=self.beta_constraint) if self.center else None
        if self.beta is None and self.fused:
            self._beta = tf.constant(0.0, kind, shape)
        self.moving_mean = moving("moving_mean", self.moving_mean_initializer)
        self.moving_variance = moving("moving_variance", self.moving_variance_initializer)
        if self.renorm:
            self.moving_stddev = moving("moving_stddev", self._deviation)
            self.renorm_mean = moving("renorm_mean", self.moving_mean_initializer)
            self.renorm_stddev = moving("renorm_stddev", self._deviation)

    def _deviation(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return tf.sqrt(self.moving_variance_initializer(shape, dtype=dtype))

    # Calling -------------------------------------------------------------------------------------

    def call(self, inputs: Any, training: Any = False) -> Any:
        """The normalised input. training: a bool or a scalar tensor."""
        inputs = tf.convert_to_tensor(inputs)
        if self.fused:
            return self._fused(inputs, training)
        if self.virtual_batch_size is None:
            return self._plain(inputs, training)
        shape = inputs.shape.as_list()
        groups = tf.reshape(inputs, [self.virtual_batch_size, -1, *shape[1:]])
        return tf.reshape(self._plain(groups, training), [-1, *shape[1:]])

    def _fused(self, inputs: Any, training: Any) -> Any:
        gamma = self._gamma if self.gamma is None else self.gamma
        beta = self._beta if self.beta is None else self.beta
        order = "NCHW" if self.axis == [1] else "NHWC"

        def with_batch() -> Any:
            return tf.nn.fused_batch_norm(inputs, gamma, beta, epsilon=self.epsilon, data_format=order)

        def with_averages() -> Any:
            return tf.nn.fused_batch_norm(inputs, gamma, beta, self.moving_mean, self.moving_variance, self.epsilon,
                                          order, is_training=False)

        outputs, mean, variance = smart_cond(training, with_batch, with_averages)
        known = constant_bool(training)
        if known is not False:
            momentum = tf.constant(self.momentum) if known and isinstance(
                self.momentum, float) else smart_cond(training, lambda: self.momentum, lambda: 1.0)
            self.add_update(moving_average(self.moving_mean, mean, momentum))
            self.add_update(moving_average(self.moving_variance, variance, momentum))
        return outputs

    def _plain(self, inputs: Any, training: Any) -> Any:
        known = constant_bool(training)
        scale, offset = self._broadcast(self.gamma), self._broadcast(self.beta)
        if known is False:
            mean, variance = self.moving_mean, self.moving_variance
        else:
            if self.adjustment is not None:
                scale, offset = self._adjusted(inputs, training, scale, offset)
            mean, variance, scale, offset = self._statistics(inputs, training, scale, offset)
        kind = inputs.dtype.base_dtype

        def ready(x: Any) -> Any:
            return x if x is None or x.dtype.base_dtype == kind else tf.cast(x, kind)

        outputs = tf.nn.batch_normalization(inputs, self._broadcast(ready(mean)), self._broadcast(ready(variance)),
                                            ready(offset), ready(scale), self.epsilon)
        outputs.set_shape(inputs.shape)
        return outputs

    def _broadcast(self, value: Any) -> Any:
        """A value per feature in a shape that broadcasts against the input."""
        spec_rank = self.input_spec.ndim + (self.virtual_batch_size is not None)
        if value is None or len(value.shape) == spec_rank or self.axis == [spec_rank - 1]:
            return value
        shape = [1] * spec_rank
        shape[self.axis[0]] = value.shape.as_list()[0]
        return tf.reshape(value, shape)

    def _adjusted(self, inputs: Any, training: Any, scale: Any, offset: Any) -> tuple[Any, Any]:
        by, add = self.adjustment(tf.shape(inputs))  # type: ignore[misc]
        by = smart_cond(training, lambda: by, lambda: tf.ones_like(by))
        add = smart_cond(training, lambda: add, lambda: tf.zeros_like(add))
        return _composed(by, add, scale, offset)

    def _statistics(self, inputs: Any, training: Any, scale: Any, offset: Any) -> tuple[Any, Any, Any, Any]:
        """Mean, variance, scale and offset to normalise with; the averages' updates are kept."""
        axes = [i for i in range(len(inputs.shape)) if i not in self.axis]
        if self.virtual_batch_size is not None:
            axes.remove(1)
        keep = self.virtual_batch_size is not None or len(self.axis) > 1
        exact = tf.cast(inputs, "float32") if inputs.dtype.base_dtype.size < 4 else inputs
        batch_mean, batch_variance = tf.nn.moments(exact, axes, keep_dims=keep)
        mean = smart_cond(training, lambda: batch_mean, lambda: tf.convert_to_tensor(self.moving_mean))
        variance = smart_cond(training, lambda: batch_variance, lambda: tf.convert_to_tensor(self.moving_variance))
        if self.virtual_batch_size is not None:  # the averages are of all groups
            new_mean = tf.reduce_mean(mean, 1, keepdims=True)
            new_variance = tf.reduce_mean(variance, 1, keepdims=True)
        else:
            new_mean, new_variance = mean, variance
        if self.renorm:
            r, d, new_mean, new_variance = self._renormed(new_mean, new_variance, training)
            r, d = tf.stop_gradient(r, name="renorm_r"), tf.stop_gradient(d, name="renorm_d")
            scale, offset = _composed(self._broadcast(r), self._broadcast(d), scale, offset)
        self.add_update(self._average(self.moving_mean, new_mean, self.momentum, training))
        self.add_update(self._variance_update(new_variance, training))
        return mean, variance, scale, offset

    def _average(self, variable: Any, value: Any, momentum: Any, training: Any) -> Any:
        return smart_cond(training, lambda: moving_average(variable, value, momentum),
                          lambda: tf.convert_to_tensor(variable))

    def _variance_update(self, variance: Any, training: Any) -> Any:
        if not self.renorm:
            return self._average(self.moving_variance, variance, self.momentum, training)

        def from_deviation() -> Any:
            moved = moving_average(self.moving_stddev, tf.sqrt(variance + self.epsilon), self.momentum)
            return tf.assign(self.moving_variance, tf.nn.relu(moved * moved - self.epsilon), name="AssignNewValue")

        return smart_cond(training, from_deviation, lambda: tf.convert_to_tensor(self.moving_variance))

    def _renormed(self, mean: Any, variance: Any, training: Any) -> tuple[Any, Any, Any, Any]:
        """The correction (r, d), and mean and variance that wait for the update of their averages."""
        deviation = tf.sqrt(variance + self.epsilon)
        usual = tf.maximum(self.renorm_stddev, tf.sqrt(self.epsilon))
        r = deviation / usual
        d = (mean - self.renorm_mean) / usual
        with tf.control_dependencies([r, d]):
            mean, deviation = tf.identity(mean), tf.identity(deviation)
        rmin, rmax, dmax = (self.renorm_clipping.get(key) for key in ("rmin", "rmax", "dmax"))
        r = r if rmin is None else tf.maximum(r, rmin)
        r = r if rmax is None else tf.minimum(r, rmax)
        if dmax is not None:
            d = tf.minimum(tf.maximum(d, -dmax), dmax)
        r = smart_cond(training, lambda: r, lambda: tf.ones_like(r))
        d = smart_cond(training, lambda: d, lambda: tf.zeros_like(d))
        waits = [self._average(self.renorm_mean, tf.identity(mean), self.renorm_momentum, training),
                 self._average(self.renorm_stddev, tf.identity(deviation), self.renorm_momentum, training)]
        with tf.control_dependencies(waits):
            return r, d, tf.identity(mean), tf.identity(variance)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape of the input."""
        return TensorShape(input_shape)


def _composed(by: Any, add: Any, scale: Any, offset: Any) -> tuple[Any, Any]:
    """The scale and offset of a second scaling on top of a first."""
    if scale is not None:
        by, add = by * scale, add * scale
    return by, add if offset is None else add + offset


@public(v1=("layers.batch_normalization",))
def batch_normalization(
        inputs: Any, axis: Any = -1, momentum: Any = 0.99, epsilon: float = 1e-3, center: bool = True,
        scale: bool = True, beta_initializer: Any = ZEROS, gamma_initializer: Any = ONES,
        moving_mean_initializer: Any = ZEROS, moving_variance_initializer: Any = ONES, beta_regularizer: Any = None,
        gamma_regularizer: Any = None, beta_constraint: Any = None, gamma_constraint: Any = None, training: Any = False,
        trainable: bool = True, name: str | None = None, reuse: Any = None, renorm: bool = False,
        renorm_clipping: Mapping[str, Any] | None = None, renorm_momentum: Any = 0.99, fused: bool | None = None,
        virtual_batch_size: int | None = None, adjustment: Callable[[Any], Any] | None = None) -> Any:
    """The layer `BatchNormalization` called once. Run what it adds to `UPDATE_OPS` with each training step:

        with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
            train_op = optimizer.minimize(loss)

    inputs: floats. training: a bool or a scalar tensor: the batch's statistics, or the averages. Returns the shape of
    `inputs`.
    """
    layer = BatchNormalization(
        axis, momentum, epsilon, center, scale, beta_initializer, gamma_initializer, moving_mean_initializer,
        moving_variance_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, renorm,
        renorm_clipping, renorm_momentum, fused, trainable, virtual_batch_size, adjustment, name, _reuse=reuse,
        _scope=name)
    return layer(inputs, training=training)
