"""The operations that a session needs to begin: given by the program, found in collections, or made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf


def get_or_default(what: str, collection: str, make: Callable[[], Any]) -> Any:
    """What a collection holds, else what `make` gives, which is put there. Raises RuntimeError for several items."""
    held = tf.get_collection(collection)
    if held:
        if len(held) > 1:
            raise RuntimeError(f"More than one item in the collection {collection!r}. Please indicate which one to use "
                               f"by passing it to the tf.Scaffold constructor as: tf.Scaffold({what}=item to use)")
        return held[0]
    made = make()
    if made is not None:
        tf.add_to_collection(collection, made)
    return made


def default_saver() -> Any:
    """The saver of the default graph, made where there is none and there is something to save."""
    return get_or_default("saver", tf.GraphKeys.SAVERS, lambda: tf.train.Saver(sharded=True, allow_empty=True))


@public(v1=("train.Scaffold",))
class Scaffold:
    """What a session needs to begin, for those that monitored sessions make.

    init_op, init_feed_dict: initialize; init_fn(scaffold, session) runs after it. ready_op: names of what is not
    ready, empty where all is. ready_for_local_init_op: the same before local_init_op, local_init_feed_dict, which
    initialize local variables and tables. summary_op: all summaries. saver: saves and restores. copy_from_scaffold:
    where to take from what is not given. What is missing is made by `finalize`.
    """

    def __init__(self, init_op: Any = None, init_feed_dict: Any = None,
                 init_fn: Callable[[Scaffold, Any], Any] | None = None, ready_op: Any = None,
                 ready_for_local_init_op: Any = None, local_init_op: Any = None, summary_op: Any = None,
                 saver: Any = None, copy_from_scaffold: Scaffold | None = None,
                 local_init_feed_dict: Any = None) -> None:
        if copy_from_scaffold is not None and not isinstance(copy_from_scaffold, Scaffold):
            raise TypeError(f"copy_from_scaffold is not a Scaffold instance: {copy_from_scaffold!r}")

        def default(name: str, value: Any) -> Any:
            return value if value is not None else getattr(copy_from_scaffold, f"_{name}", None)

        if init_fn is not None:
            self._user_init_fn: Any = init_fn
        else:
            self._user_init_fn = getattr(copy_from_scaffold, "_user_init_fn", None)
        self._init_op = default("init_op", init_op)
        self._init_feed_dict = default("init_feed_dict", init_feed_dict)
        self._ready_op = default("ready_op", ready_op)
        self._ready_for_local_init_op = default("ready_for_local_init_op", ready_for_local_init_op)
        self._local_init_op = default("local_init_op", local_init_op)
        self._local_init_feed_dict = default("local_init_feed_dict", local_init_feed_dict)
        self._summary_op = default("summary_op", summary_op)
        self._saver = default("saver", saver)

    def finalize(self) -> Scaffold:
        """Make what is missing, and finalize the graph."""
        keys = tf.GraphKeys
        if self._init_op is None:
            self._init_op = get_or_default("init_op", keys.INIT_OP, tf.global_variables_initializer)
        if self._ready_op is None:
            self._ready_op = get_or_default("ready_op", keys.READY_OP, tf.report_uninitialized_variables)
        if self._ready_for_local_init_op is None:
            self._ready_for_local_init_op = get_or_default(
                "ready_for_local_init_op", keys.READY_FOR_LOCAL_INIT_OP,
                lambda: tf.report_uninitialized_variables(tf.global_variables()))
        if self._local_init_op is None:
            self._local_init_op = get_or_default("local_init_op", keys.LOCAL_INIT_OP, Scaffold.default_local_init_op)
        if self._summary_op is None:
            self._summary_op = get_or_default("summary_op", keys.SUMMARY_OP, tf.summary.merge_all)
        if self._saver is None:
            self._saver = default_saver()
        self._saver.build()
        tf.get_default_graph().finalize()
        tf.logging.info("Graph was finalized.")
        return self

    @staticmethod
    def get_or_default(arg_name: str, collection_key: str, default_constructor: Callable[[], Any]) -> Any:
        """What a collection holds, else what `default_constructor` makes, which is put there."""
        return get_or_default(arg_name, collection_key, default_constructor)

    @staticmethod
    def default_local_init_op() -> Any:
        """An operation that initializes local variables and fills tables."""
        return tf.group(tf.local_variables_initializer(), tf.tables_initializer())

    @property
    def init_fn(self) -> Any:
        """What runs after `init_op`, a function of the session; None without one."""
        function = self._user_init_fn
        return None if function is None else lambda session: function(self, session)

    @property
    def init_op(self) -> Any:
        """Initializes global variables."""
        return self._init_op

    @property
    def init_feed_dict(self) -> Any:
        """What is fed while `init_op` runs."""
        return self._init_feed_dict

    @property
    def ready_op(self) -> Any:
        """The names of what is not initialized."""
        return self._ready_op

    @property
    def ready_for_local_init_op(self) -> Any:
        """The names of the global variables that are not initialized."""
        return self._ready_for_local_init_op

    @property
    def local_init_op(self) -> Any:
        """Initializes local variables and tables."""
        return self._local_init_op

    @property
    def local_init_feed_dict(self) -> Any:
        """What is fed while `local_init_op` runs."""
        return self._local_init_feed_dict

    @property
    def summary_op(self) -> Any:
        """All summaries, None where there are none."""
        return self._summary_op

    @property
    def saver(self) -> Any:
        """What saves and restores."""
        return self._saver
