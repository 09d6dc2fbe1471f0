"""`tf.test.Benchmark`: operations of a session timed, and the results reported."""

from __future__ import annotations

import inspect
import json
import os
import time
from typing import Any

import numpy as np

from hornbeam.graph.operation import Operation
from hornbeam.runtime.session import get_default_session


class Benchmark:
    """Base of classes whose methods `benchmark…` time something and call `report_benchmark`."""

    @classmethod
    def is_abstract(cls) -> bool:
        """Whether this is a class to derive from, without benchmarks of its own."""
        return not any(name.startswith("benchmark") for base in cls.__mro__ for name in vars(base))

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors, in the default session where they are a graph's."""
        session = get_default_session()
        return tensors if session is None else session.run(tensors)

    def report_benchmark(self, iters: int | None = None, cpu_time: float | None = None,
                         wall_time: float | None = None, throughput: float | None = None,
                         extras: dict[str, Any] | None = None, name: str | None = None,
                         metrics: list[dict[str, Any]] | None = None) -> None:
        """Report how long something took: a line of output, or a file where TEST_REPORT_FILE_PREFIX says.

        iters: how often it ran. cpu_time, wall_time: seconds. throughput: in a unit of one's own. extras: numbers and
        texts by name. name: by default the class and the method that calls. metrics: dictionaries with `name` and
        `value`. Raises TypeError for extras that are neither numbers nor texts.
        """
        extras = dict(extras or {})
        for key, value in extras.items():
            if not isinstance(value, (int, float, str, np.number)):
                raise TypeError(f"The extra {key!r} is neither a number nor a text but {type(value).__name__}.")
        given = {"name": self._name(name), "iters": iters, "wall_time": wall_time, "cpu_time": cpu_time,
                 "throughput": throughput, "metrics": metrics, "extras": extras}
        entry = {key: value for key, value in given.items() if value is not None}
        prefix = os.environ.get("TEST_REPORT_FILE_PREFIX")
        if not prefix:
            print(json.dumps(entry, default=float))
            return
        path = prefix + entry["name"].replace("/", "__")
        if os.path.exists(path):
            raise OSError(f"File already exists: {path}")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(entry, file, default=float)

    def _name(self, name: str | None) -> str:
        if name is None:
            callers = (frame.function for frame in inspect.stack(0))
            name = next((function for function in callers if function.startswith("benchmark")), "benchmark")
        return f"{type(self).__name__}.{name}"

    def run_op_benchmark(self, sess: Any, op_or_tensor: Any, feed_dict: Any = None, burn_iters: int = 2,
                         min_iters: int = 10, store_trace: bool = False, store_memory_usage: bool = True,
                         name: str | None = None, extras: dict[str, Any] | None = None, mbs: float = 0) -> dict:
        """Time runs of operations or tensors, and report it; the numbers as a dictionary.

        burn_iters: runs before the clock starts. min_iters: runs that are timed. mbs: megabytes that a run works on,
        which gives the throughput. store_trace, store_memory_usage: accepted. The rest goes to `report_benchmark`;
        `wall_time` is the median, its spread stands in `extras`.
        """
        fetches = op_or_tensor if isinstance(op_or_tensor, (list, tuple)) else [op_or_tensor]
        fetches = [item if isinstance(item, Operation) else item.op for item in fetches]
        for _ in range(burn_iters):
            sess.run(fetches, feed_dict=feed_dict)
        took = np.zeros(min_iters)
        for i in range(min_iters):
            started = time.perf_counter()
            sess.run(fetches, feed_dict=feed_dict)
            took[i] = time.perf_counter() - started
        median = float(np.median(took))
        spread = {"wall_time_mean": float(took.mean()), "wall_time_stdev": float(took.std())}
        result = {"iters": min_iters, "wall_time": median, "extras": {**(extras or {}), **spread}, "name": name,
                  "throughput": mbs / median if mbs and median else 0.0}
        self.report_benchmark(**result)
        return result
