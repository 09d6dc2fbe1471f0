"""Optimizers outside the graph, such as SciPy's, which call for the loss and its gradient."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.v1.api import tf


@public(v1=("contrib.opt.ExternalOptimizerInterface",))
class ExternalOptimizerInterface:
    """Base of them: variables as one vector, the loss, and constraints. Subclasses define `_minimize`.

    loss: a scalar. var_list: by default the trainable variables. equalities, inequalities: scalars to be 0, or at least
    0. var_to_bounds: from variables to pairs (lower, upper). optimizer_kwargs: for the optimizer.
    """

    def __init__(self, loss: Any, var_list: Sequence[Any] | None = None, equalities: Sequence[Any] | None = None,
                 inequalities: Sequence[Any] | None = None, var_to_bounds: Mapping[Any, Any] | None = None,
                 **optimizer_kwargs: Any) -> None:
        self._loss = loss
        self._equalities, self._inequalities = list(equalities or ()), list(inequalities or ())
        self._vars = list(tf.trainable_variables() if var_list is None else var_list)
        self.optimizer_kwargs = optimizer_kwargs
        self._shapes = [v.shape.as_list() for v in self._vars]
        self._bounds = self._packed_bounds(var_to_bounds) if var_to_bounds is not None else None
        self._placeholders = [tf.placeholder(v.dtype.base_dtype, v.shape) for v in self._vars]
        self._assign = tf.group(*(tf.assign(v, p) for v, p in zip(self._vars, self._placeholders, strict=True)))
        self._gradients = {id(t): self._gradient(t) for t in (loss, *self._equalities, *self._inequalities)}

    def _gradient(self, tensor: Any) -> list[Any]:
        found = tf.gradients(tensor, self._vars)
        return [tf.zeros_like(v) if g is None else tf.convert_to_tensor(g)
                for g, v in zip(found, self._vars, strict=True)]

    def _packed_bounds(self, var_to_bounds: Mapping[Any, Any]) -> list[tuple[float, float]]:
        packed: list[tuple[float, float]] = []
        for var, shape in zip(self._vars, self._shapes, strict=True):
            low, high = var_to_bounds.get(var, (-np.inf, np.inf))
            packed += zip(np.broadcast_to(low, shape).reshape(-1).tolist(),
                          np.broadcast_to(high, shape).reshape(-1).tolist(), strict=True)
        return packed

    @staticmethod
    def _packed(values: Sequence[Any]) -> np.ndarray:
        return np.concatenate([np.asarray(v, np.float64).reshape(-1) for v in values])

    def _put(self, session: Any, vector: np.ndarray) -> None:
        ends = np.cumsum([int(np.prod(s)) for s in self._shapes])
        parts = np.split(vector, ends[:-1])
        session.run(self._assign, {p: part.reshape(shape) for p, part, shape in
                                   zip(self._placeholders, parts, self._shapes, strict=True)})

    def minimize(self, session: Any = None, feed_dict: Mapping[Any, Any] | None = None,
                 fetches: Sequence[Any] | None = None, step_callback: Callable[[Any], Any] | None = None,
                 loss_callback: Callable[..., Any] | None = None, **run_kwargs: Any) -> None:
        """Minimize the loss; the variables hold the best values afterwards.

        session: by default the default one. fetches: what else to evaluate with the loss, for `loss_callback`.
        step_callback: called with the vector of all variables after each step.
        """
        session = session or tf.get_default_session()
        extra = list(fetches or ())

        def function(tensor: Any, callback: Callable[..., Any] | None = None) -> Callable[[Any], tuple[Any, Any]]:
            def evaluate(vector: np.ndarray) -> tuple[Any, Any]:
                self._put(session, vector)
                value, gradient, *rest = session.run([tensor, self._gradients[id(tensor)], *extra], feed_dict,
                                                     **run_kwargs)
                if callback is not None:
                    callback(*rest)
                return float(value), self._packed(gradient)

            return evaluate

        found = self._minimize(
            initial_val=self._packed(session.run(self._vars)), loss_grad_func=function(self._loss, loss_callback),
            equality_funcs=[function(t) for t in self._equalities],
            inequality_funcs=[function(t) for t in self._inequalities], packed_bounds=self._bounds,
            step_callback=step_callback, optimizer_kwargs=self.optimizer_kwargs)
        self._put(session, np.asarray(found))

    def _minimize(self, initial_val: Any, loss_grad_func: Any, equality_funcs: Any, inequality_funcs: Any,
                  packed_bounds: Any, step_callback: Any, optimizer_kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not say how it minimizes: define _minimize")


@public(v1=("contrib.opt.ScipyOptimizerInterface",))
class ScipyOptimizerInterface(ExternalOptimizerInterface):
    """`scipy.optimize.minimize` on the variables of a graph. method: by default "L-BFGS-B"; options: of the method."""

    _DEFAULT_METHOD = "L-BFGS-B"

    def _minimize(self, initial_val: Any, loss_grad_func: Any, equality_funcs: Any, inequality_funcs: Any,
                  packed_bounds: Any, step_callback: Any, optimizer_kwargs: Any) -> Any:
        constraints = [{"type": kind, "fun": lambda x, f=f: f(x)[0], "jac": lambda x, f=f: f(x)[1]}
                       for kind, functions in (("eq", equality_funcs), ("ineq", inequality_funcs)) for f in functions]
        settings = {"jac": True, "callback": step_callback, "constraints": constraints or (), "bounds": packed_bounds,
                    "method": self._DEFAULT_METHOD, **optimizer_kwargs}
        if constraints and "method" not in optimizer_kwargs:
            settings["method"] = "SLSQP"
        found = importlib.import_module("scipy.optimize").minimize(loss_grad_func, initial_val, **settings)
        tf.logging.info("Optimization terminated with:\n  Message: %s\n  Objective function value: %f\n  Number of "
                        "iterations: %s\n  Number of functions evaluations: %s", found.message, found.fun,
                        getattr(found, "nit", None), found.nfev)
        return found.x
