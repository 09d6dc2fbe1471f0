"""Training by several replicas that wait for each other: one update for the average of their gradients."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.train.optimizer import Optimizer
from hornbeam.v1.api import tf
from hornbeam.v1.sessions.run_hooks import SessionRunHook
from hornbeam.v1.sessions.session_manager import ready_and_why_not


@public(v1=("train.SyncReplicasOptimizer",))
class SyncReplicasOptimizer(Optimizer):
    """Updates variables by `opt` once `replicas_to_aggregate` gradients are there, with their average.

    A replica's training operation adds its gradients to accumulators, which drop those of an earlier step, and then
    waits for a token: the number of the step that it may begin. The chief's queue runner takes the averages, updates
    the variables and gives out the tokens; the hook of `make_session_run_hook` starts it.

    total_num_replicas: how many replicas there are, by default `replicas_to_aggregate`; more mean that the slowest are
    not waited for, fewer that each gives several gradients. variable_averages, variables_to_average: an
    `ExponentialMovingAverage` that is applied after each update.
    """

    def __init__(self, opt: Any, replicas_to_aggregate: int, total_num_replicas: int | None = None,
                 variable_averages: Any = None, variables_to_average: Sequence[Any] | None = None,
                 use_locking: bool = False, name: str = "sync_replicas") -> None:
        super().__init__(use_locking, name)
        total = replicas_to_aggregate if total_num_replicas is None else total_num_replicas
        tf.logging.info("SyncReplicasV2: replicas_to_aggregate=%s; total_num_replicas=%s", replicas_to_aggregate, total)
        self._opt = opt
        self._required, self._total = replicas_to_aggregate, total
        self._variable_averages, self._variables_to_average = variable_averages, variables_to_average
        self._global_step: Any = None
        self._tokens: Any = None
        self._chief_queue_runner: Any = None
        self.local_step_init_op: Any = None
        self.chief_init_op: Any = None
        self.ready_for_local_init_op: Any = None

    @property
    def applied(self) -> bool:
        """Whether `apply_gradients` was called."""
        return self._chief_queue_runner is not None

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """What the optimizer's own method gives: the gradients of this replica."""
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]], global_step: Any = None,
                        name: str | None = None) -> Any:
        """The training operation of a replica: adds its gradients and waits for the token of the next step.

        Raises ValueError without variables or global step.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required to check staleness")
        self._global_step = global_step
        local_step = tf.Variable(0, trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES],
                                 dtype=global_step.dtype.base_dtype, name="sync_rep_local_step")
        self.local_step_init_op = tf.assign(local_step, global_step)
        self.ready_for_local_init_op = tf.report_uninitialized_variables(tf.global_variables())
        with tf.name_scope(None, self._name):
            accumulators, added, averages = self._accumulated(pairs, local_step)
            with tf.device(global_step.device), tf.name_scope(""):
                update = self._opt.apply_gradients(zip(averages, (v for _, v in pairs), strict=True), global_step)
                train_op = self._synchronized(added, update, local_step)
            initial = [self.local_step_init_op]
            for accumulator, device in accumulators:
                with tf.device(device):
                    initial.append(accumulator.set_global_step(global_step, name="SetGlobalStep"))
            self.chief_init_op = tf.group(*initial)
        return train_op

    def _accumulated(self, pairs: list[tuple[Any, Any]], local_step: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """The accumulators with their devices, the operations that add gradients, and the averages."""
        accumulators: list[Any] = []
        added: list[Any] = []
        averages: list[Any] = []
        for grad, var in pairs:
            with tf.device(var.device):
                if grad is None:
                    averages.append(None)
                    continue
                shared = f"{var.name}/grad_accum"
                if isinstance(grad, IndexedSlices):
                    of_rows = tf.SparseConditionalAccumulator(grad.dtype, shape=(), shared_name=shared)
                    added.append(of_rows.apply_indexed_slices_grad(grad, local_step=local_step))
                    averages.append(of_rows.take_indexed_slices_grad(self._required))
                    accumulators.append((of_rows, var.device))
                    continue
                if not isinstance(grad, tf.Tensor):
                    raise ValueError("Unknown grad type!")
                dense = tf.ConditionalAccumulator(grad.dtype, shape=var.get_shape(), shared_name=shared)
                added.append(dense.apply_grad(grad, local_step=local_step))
                averages.append(dense.take_grad(self._required))
                accumulators.append((dense, var.device))
        return accumulators, added, averages

    def _synchronized(self, added: list[Any], update: Any, local_step: Any) -> Any:
        """The operation that waits for a token; the queue runner gets the one that gives them out."""
        dtype = self._global_step.dtype.base_dtype
        self._tokens = tf.FIFOQueue(-1, dtype, shapes=(), name="sync_token_q", shared_name="sync_token_q")
        dummy = tf.FIFOQueue(1, tf.int32, shapes=(), name="dummy_queue", shared_name="dummy_queue")
        with tf.control_dependencies(added):
            token = self._tokens.dequeue()
        train_op = tf.assign(local_step, token)
        with tf.control_dependencies([update]):
            sync_op = self._tokens.enqueue_many((tf.fill([max(self._total, self._required)], self._global_step),))
        if self._variable_averages is not None:
            with tf.control_dependencies([sync_op]), tf.name_scope(""):
                sync_op = self._variable_averages.apply(self._variables_to_average)
        self._chief_queue_runner = tf.train.QueueRunner(dummy, [sync_op])
        return train_op

    def get_chief_queue_runner(self) -> Any:
        """The queue runner of the chief: takes averages, updates variables, gives out tokens.

        Raises ValueError before `apply_gradients`.
        """
        if not self.applied:
            raise ValueError("Should be called after apply_gradients().")
        return self._chief_queue_runner

    def get_init_tokens_op(self, num_tokens: int = -1) -> Any:
        """An operation that gives out the first `num_tokens` tokens, by default `replicas_to_aggregate`.

        Raises ValueError before `apply_gradients`, and for fewer than the first step needs.
        """
        if not self.applied:
            raise ValueError("get_init_tokens_op() should be called after apply_gradients().")
        needed = self._required - self._total
        if num_tokens == -1:
            num_tokens = self._required
        elif num_tokens < needed:
            raise ValueError(f"Too few tokens to finish the first step: {num_tokens} (given) vs {needed} (needed)")
        if num_tokens == 0:
            return tf.no_op(name="no_init_tokens")
        with tf.device(self._global_step.device), tf.name_scope(""):
            return self._tokens.enqueue_many((tf.fill([num_tokens], self._global_step),))

    def make_session_run_hook(self, is_chief: bool, num_tokens: int = -1) -> SessionRunHook:
        """A hook that initializes the local step; the chief's gives the first tokens and starts the queue runner."""
        return _SyncReplicasOptimizerHook(self, is_chief, num_tokens)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """A slot of the optimizer."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        """The names of the optimizer's slots."""
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> list[Any]:
        """The optimizer's variables; the local step is not among them."""
        return self._opt.variables()


class _SyncReplicasOptimizerHook(SessionRunHook):
    """Readies a session for an optimizer that synchronizes replicas."""

    def __init__(self, optimizer: SyncReplicasOptimizer, is_chief: bool, num_tokens: int) -> None:
        self._optimizer, self._is_chief, self._num_tokens = optimizer, is_chief, num_tokens
        self._local_init_op: Any = None
        self._init_tokens_op: Any = None

    def begin(self) -> None:
        """Make what is run later. Raises ValueError before `apply_gradients`."""
        if not self._optimizer.applied:
            raise ValueError("SyncReplicasOptimizer.apply_gradient should be called before using the hook.")
        self._local_init_op = self._optimizer.chief_init_op if self._is_chief else self._optimizer.local_step_init_op
        if self._is_chief:
            self._init_tokens_op = self._optimizer.get_init_tokens_op(self._num_tokens)

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Initialize; the chief also starts its queue runner. Raises RuntimeError where variables have no value yet."""
        ready, why_not = ready_and_why_not(self._optimizer.ready_for_local_init_op, session,
                                           "Model is not ready for SyncReplicasOptimizer local init.")
        if not ready:
            raise RuntimeError("Init operations did not make model ready for SyncReplicasOptimizer local_init. Init "
                               f"op: {self._local_init_op.name}, error: {why_not}")
        session.run(self._local_init_op)
        if self._is_chief:
            session.run(self._init_tokens_op)
            self._optimizer.get_chief_queue_runner().create_threads(session, coord=coord, daemon=True, start=True)
