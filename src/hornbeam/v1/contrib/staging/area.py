"""StagingArea: what one step puts in, a later step gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf


@public(v1=("contrib.staging.StagingArea",))
class StagingArea:
    """Elements of several components that wait in the order they were put in.

    dtypes: of the components.  shapes: of the components, or None where they may differ.  names: of the components;
    elements are then dictionaries.  capacity: how many elements wait at most; 0 means no limit.  memory_limit: how many
    bytes they have at most, which nothing enforces here.

    >>> area = StagingArea([tf.float32])
    >>> put, (got,) = area.put(tf.constant(2.0)), area.get()
    >>> sess = tf.Session()
    >>> sess.run(put)
    >>> print(sess.run(got))
    2.0
    """

    def __init__(self, dtypes: Sequence[Any], shapes: Any = None, names: Sequence[str] | None = None,
                 shared_name: str | None = None, capacity: int = 0, memory_limit: int = 0) -> None:
        if not isinstance(dtypes, (list, tuple)):
            raise TypeError("dtypes must be a list of types.")
        self._capacity, self._memory_limit = capacity, memory_limit
        with tf.name_scope("StagingArea_root"):
            self._queue = tf.FIFOQueue(capacity or 2**31 - 1, list(dtypes), shapes, names, shared_name)
        self._name = shared_name or self._queue.name.partition("_root")[0]

    @property
    def name(self) -> str:
        """The name that its operations begin with."""
        return self._name

    @property
    def dtypes(self) -> Sequence[Any]:
        """The dtypes of the components."""
        return self._queue.dtypes

    @property
    def shapes(self) -> Any:
        """The static shapes of the components."""
        return self._queue.shapes

    @property
    def names(self) -> Sequence[str] | None:
        """The names of the components, or None."""
        return self._queue.names

    @property
    def capacity(self) -> int:
        """How many elements wait at most; 0 means no limit."""
        return self._capacity

    @property
    def memory_limit(self) -> int:
        """How many bytes wait at most; 0 means no limit."""
        return self._memory_limit

    def put(self, values: Any, name: str | None = None) -> Any:
        """The operation that puts one element in, waiting while the area is full.

        values: a tensor, a list of them, one a component, or a dictionary where components have names.
        """
        return self._queue.enqueue(values, name=name or f"{self._name}_put")

    def get(self, name: str | None = None) -> Any:
        """Takes out the element that waited longest: a list of tensors, or a dictionary where components have names."""
        found = self._queue.dequeue(name=name or f"{self._name}_get")
        return found if isinstance(found, (list, dict)) else [found]

    def size(self, name: str | None = None) -> Any:
        """How many elements wait, an int32 scalar."""
        return self._queue.size(name=name or f"{self._name}_size")

    def clear(self, name: str | None = None) -> Any:
        """The operation that takes all elements out."""
        with tf.name_scope(name or f"{self._name}_clear"):
            def one_more(taken: Any) -> Any:
                with tf.control_dependencies(tf.nest.flatten(self._queue.dequeue())):
                    return taken + 1

            return tf.while_loop(lambda taken: self._queue.size() > 0, one_more, [tf.constant(0)]).op
