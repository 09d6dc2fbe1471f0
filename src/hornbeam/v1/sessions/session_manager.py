"""Sessions that begin where the last checkpoint ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.graph import errors
from hornbeam.graph.names import public
from hornbeam.v1.api import tf


@public(v1=("train.SessionManager",))
class SessionManager:
    """Makes sessions whose variables are restored from a checkpoint, or initialized.

    local_init_op: runs in each new session once `ready_for_local_init_op` reports nothing. ready_op: a tensor of the
    names of what is not ready. graph: by default the default graph. recovery_wait_secs: how long to wait between
    looks at a checkpoint or another's initialization.
    Raises ValueError where `ready_for_local_init_op` is given without `local_init_op`.
    """

    def __init__(self, local_init_op: Any = None, ready_op: Any = None, ready_for_local_init_op: Any = None,
                 graph: Any = None, recovery_wait_secs: float = 30, local_init_run_options: Any = None,
                 local_init_feed_dict: Any = None) -> None:
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError("If you pass a ready_for_local_init_op you must also pass a local_init_op , "
                             f"ready_for_local_init_op [{ready_for_local_init_op}]")
        self._local_init_op, self._ready_op = local_init_op, ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._graph = graph if graph is not None else tf.get_default_graph()
        self._recovery_wait_secs = recovery_wait_secs
        self._local_init_feed_dict = local_init_feed_dict

    def prepare_session(self, master: str, init_op: Any = None, saver: Any = None, checkpoint_dir: str | None = None,
                        checkpoint_filename_with_path: str | None = None, wait_for_checkpoint: bool = False,
                        max_wait_secs: float = 7200, config: Any = None, init_feed_dict: Any = None,
                        init_fn: Callable[[Any], Any] | None = None) -> Any:
        """A session with all variables: restored where there is a checkpoint, else initialized.

        Raises RuntimeError where there is neither a checkpoint nor a way to initialize, or something stays without a
        value.
        """
        sess, restored = self._restore_checkpoint(master, saver, checkpoint_dir, checkpoint_filename_with_path,
                                                  wait_for_checkpoint, max_wait_secs, config)
        if not restored:
            if init_op is None and not init_fn and self._local_init_op is None:
                raise RuntimeError("Model is not initialized and no init_op or init_fn or local_init_op was given")
            if init_op is not None:
                sess.run(init_op, feed_dict=init_feed_dict)
            if init_fn:
                init_fn(sess)
        ready, message = self._try_run_local_init_op(sess)
        if not ready:
            raise RuntimeError("Init operations did not make model ready for local_init.  Init op: "
                               f"{_name(init_op)}, init fn: {init_fn}, error: {message}")
        ready, message = self._model_ready(sess)
        if not ready:
            raise RuntimeError(f"Init operations did not make model ready.  Init op: {_name(init_op)}, init fn: "
                               f"{init_fn}, local_init_op: {self._local_init_op}, error: {message}")
        return sess

    def recover_session(self, master: str, saver: Any = None, checkpoint_dir: str | None = None,
                        checkpoint_filename_with_path: str | None = None, wait_for_checkpoint: bool = False,
                        max_wait_secs: float = 7200, config: Any = None) -> tuple[Any, bool]:
        """A session, and whether it was restored and is ready."""
        sess, restored = self._restore_checkpoint(master, saver, checkpoint_dir, checkpoint_filename_with_path,
                                                  wait_for_checkpoint, max_wait_secs, config)
        local_ready, local_message = self._try_run_local_init_op(sess)
        ready, message = self._model_ready(sess)
        if not restored:
            return sess, False
        for done, what in ((local_ready, local_message), (ready, message)):
            if not done:
                tf.logging.info("Restoring model from %s did not make model ready: %s", checkpoint_dir, what)
                return sess, False
        return sess, True

    def wait_for_session(self, master: str, config: Any = None, max_wait_secs: float = float("inf")) -> Any:
        """A session once its variables are initialized. Raises DeadlineExceededError after `max_wait_secs`."""
        ends = time.time() + (float("inf") if max_wait_secs is None else max_wait_secs)
        while True:
            sess = tf.Session(master, graph=self._graph, config=config)
            local_ready, local_message = self._try_run_local_init_op(sess)
            ready, message = self._model_ready(sess) if local_ready else (False, local_message)
            if ready:
                return sess
            sess.close()
            if time.time() + self._recovery_wait_secs > ends:
                raise errors.DeadlineExceededError(
                    None, None, f"Session was not ready after waiting {max_wait_secs} secs.")
            tf.logging.info("Waiting for model to be ready.  Ready_for_local_init_op:  %s, ready: %s", local_message,
                            message)
            time.sleep(self._recovery_wait_secs)

    def _restore_checkpoint(self, master: str, saver: Any, checkpoint_dir: str | None, path: str | None, wait: bool,
                            max_wait_secs: float, config: Any) -> tuple[Any, bool]:
        sess = tf.Session(master, graph=self._graph, config=config)
        if checkpoint_dir and path:
            raise ValueError("Can not provide both checkpoint_dir and checkpoint_filename_with_path.")
        if not saver or not (checkpoint_dir or path):
            return sess, False
        if path:
            saver.restore(sess, path)
            return sess, True
        ends = time.time() + max_wait_secs
        state = tf.train.get_checkpoint_state(checkpoint_dir)
        while not state or not state.model_checkpoint_path:
            if not wait or time.time() >= ends:
                return sess, False
            tf.logging.info("Waiting for checkpoint to be available.")
            time.sleep(self._recovery_wait_secs)
            state = tf.train.get_checkpoint_state(checkpoint_dir)
        saver.restore(sess, state.model_checkpoint_path)
        saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        return sess, True

    def _model_ready(self, sess: Any) -> tuple[bool, str | None]:
        return ready_and_why_not(self._ready_op, sess, "Model not ready")

    def _try_run_local_init_op(self, sess: Any) -> tuple[bool, str | None]:
        if self._local_init_op is None:
            return True, None
        ready, message = ready_and_why_not(self._ready_for_local_init_op, sess, "Model not ready for local init")
        if not ready:
            return False, message
        tf.logging.info("Running local_init_op.")
        sess.run(self._local_init_op, feed_dict=self._local_init_feed_dict)
        tf.logging.info("Done running local_init_op.")
        return True, None


def _name(operation: Any) -> str:
    return "None" if operation is None else getattr(operation, "name", str(operation))


def ready_and_why_not(operation: Any, sess: Any, words: str) -> tuple[bool, str | None]:
    """Whether an operation that reports what is not ready reports nothing; else what it says."""
    if operation is None:
        return True, None
    try:
        found = sess.run(operation)
    except errors.FailedPreconditionError as error:
        if "uninitialized" not in str(error):
            tf.logging.warning("%s raised: %s", words, error)
            raise
        return False, str(error)
    if found is None or np.asarray(found).dtype == np.bool_ or np.size(found) == 0:
        return True, None
    missing = ", ".join(w.decode() if isinstance(w, bytes) else str(w) for w in np.ravel(found))
    return False, f"Variables not initialized: {missing}"
