"""`ClusterSpec`: the jobs and tasks of a cluster and their addresses; what places variables on its servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hornbeam.graph.names import Lazy, public, register
from hornbeam.runtime.device_spec import DeviceSpec

for _name, _module in (("ClusterDef", "cluster_pb2"), ("JobDef", "cluster_pb2"), ("ServerDef",
                                                                                   "tensorflow_server_pb2")):
    register(Lazy(f"hornbeam.graph.messages.{_module}", _name), (f"train.{_name}",))


@public("train.ClusterSpec")
class ClusterSpec:
    """The network addresses of the tasks of each job.

    cluster: for each job's name a list of addresses, or a dictionary from tasks' numbers to them; a `ClusterDef`, or
    another `ClusterSpec`. Raises TypeError for anything else.

    >>> cluster = ClusterSpec({"worker": ["a:2222", "b:2222"], "ps": {1: "c:2222"}})
    >>> cluster.jobs, cluster.num_tasks("worker"), cluster.task_address("ps", 1)
    (['ps', 'worker'], 2, 'c:2222')
    """

    def __init__(self, cluster: Any) -> None:
        if isinstance(cluster, ClusterSpec):
            self._tasks = {job: dict(tasks) for job, tasks in cluster._tasks.items()}
        elif hasattr(cluster, "job") and hasattr(cluster, "SerializeToString"):
            self._tasks = {job.name: dict(sorted(job.tasks.items())) for job in cluster.job}
        elif isinstance(cluster, Mapping):
            self._tasks = {_job_name(job): _tasks(job, tasks) for job, tasks in cluster.items()}
        else:
            raise TypeError("`cluster` must be a dictionary mapping one or more job names to lists of network "
                            f"addresses, or a `ClusterDef` protocol buffer, not {type(cluster).__name__}")

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClusterSpec) and self._tasks == other._tasks

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        jobs = self.as_dict()
        return f"ClusterSpec({{{', '.join(f'{job!r}: {jobs[job]!r}' for job in self.jobs)}}})"

    def as_dict(self) -> dict[str, Any]:
        """The jobs as lists of addresses; as dictionaries where numbers are left out."""
        return {job: list(tasks.values()) if list(tasks) == list(range(len(tasks))) else dict(tasks)
                for job, tasks in self._tasks.items()}

    def as_cluster_def(self) -> Any:
        """The cluster as a `ClusterDef` protobuf."""
        from hornbeam.graph.messages.cluster_pb2 import ClusterDef
        message = ClusterDef()
        for job in self.jobs:
            made = message.job.add(name=job)
            for index, address in sorted(self._tasks[job].items()):
                made.tasks[index] = address
        return message

    @property
    def jobs(self) -> list[str]:
        """The names of the jobs, in order."""
        return sorted(self._tasks)

    def _of(self, job_name: str) -> dict[int, str]:
        if job_name not in self._tasks:
            raise ValueError(f"No such job in cluster: {job_name!r}")
        return self._tasks[job_name]

    def num_tasks(self, job_name: str) -> int:
        """How many tasks a job has. Raises ValueError where there is no such job."""
        return len(self._of(job_name))

    def task_indices(self, job_name: str) -> list[int]:
        """The numbers of a job's tasks. Raises ValueError where there is no such job."""
        return sorted(self._of(job_name))

    def task_address(self, job_name: str, task_index: int) -> str:
        """The address of a task. Raises ValueError where there is no such job or task."""
        tasks = self._of(job_name)
        if task_index not in tasks:
            raise ValueError(f"No task with index {task_index!r} in job {job_name!r}")
        return tasks[task_index]

    def job_tasks(self, job_name: str) -> list[str | None]:
        """The addresses of a job's tasks, by their numbers; None for numbers that are left out."""
        tasks = self._of(job_name)
        return [tasks.get(i) for i in range(max(tasks, default=-1) + 1)]


def _job_name(job: Any) -> str:
    if not isinstance(job, (str, bytes)):
        raise TypeError(f"Job name {job} must be bytes or unicode")
    return job if isinstance(job, str) else job.decode()


def _tasks(job: Any, tasks: Any) -> dict[int, str]:
    if isinstance(tasks, (list, tuple)):
        numbered: dict[Any, Any] = dict(enumerate(tasks))
    elif isinstance(tasks, Mapping):
        numbered = dict(sorted(tasks.items())) if all(isinstance(i, int) for i in tasks) else dict(tasks)
    else:
        raise TypeError(f"The tasks for job {job!r} must be a list or a dictionary from integers to strings.")
    for index, address in numbered.items():
        if not isinstance(index, int):
            raise TypeError(f"{index!r} has type {type(index).__name__}, but expected one of: int")
        if not isinstance(address, (str, bytes)):
            raise TypeError(f"Task address {address!r} must be bytes or unicode")
    return {i: a if isinstance(a, str) else a.decode() for i, a in numbered.items()}


# Where variables go --------------------------------------------------------------------------------------

_KEPT_BY_SERVERS = ("Variable", "VariableV2", "AutoReloadVariable", "MutableHashTable", "MutableHashTableV2",
                    "MutableHashTableOfTensors", "MutableHashTableOfTensorsV2", "MutableDenseHashTable",
                    "MutableDenseHashTableV2", "VarHandleOp", "BoostedTreesEnsembleResourceHandleOp",
                    "BoostedTreesQuantileStreamResourceHandleOp", "ResourceConditionalAccumulator",
                    "DecisionTreeResource")


class _InTurn:
    """One parameter server after another."""

    def __init__(self, count: int) -> None:
        self._count, self._next = count, 0

    def __call__(self, op: Any) -> int:
        task, self._next = self._next, (self._next + 1) % self._count
        return task


@public(v1=("train.replica_device_setter",))
def replica_device_setter(ps_tasks: int = 0, ps_device: str = "/job:ps", worker_device: str = "/job:worker",
                          merge_devices: bool = True, cluster: Any = None, ps_ops: Sequence[str] | None = None,
                          ps_strategy: Callable[[Any], int] | None = None) -> Callable[[Any], str] | None:
    """A function for `tf.device`: variables go to the parameter servers in turn, everything else to the worker.

    ps_tasks: how many servers there are, or cluster: a `ClusterSpec` that says it. ps_device, worker_device: the jobs.
    ps_ops: the types of what goes to servers. ps_strategy: says for an operation which server. merge_devices: False
    leaves what has a device alone. Returns None where there are no servers. Raises TypeError for a strategy that
    cannot be called.
    """
    if cluster is not None:
        tasks = ClusterSpec(cluster).as_dict().get(DeviceSpec.from_string(ps_device).job or "")
        if tasks is None:
            return None
        ps_tasks = len(tasks)
    if ps_tasks == 0:
        return None
    kept = _KEPT_BY_SERVERS if ps_ops is None else tuple(ps_ops)
    strategy = _InTurn(ps_tasks) if ps_strategy is None else ps_strategy
    if not callable(strategy):
        raise TypeError("ps_strategy must be callable")

    def place(op: Any) -> str:
        if not merge_devices and op.device:
            return op.device
        own = DeviceSpec.from_string(op.device or "")
        if ps_device and op.type in kept:
            server = DeviceSpec.from_string(ps_device)
            if server.job and own.job in (None, "", server.job):
                server = server.replace(task=strategy(op))
            return server.make_merged_spec(own).to_string()
        return DeviceSpec.from_string(worker_device or "").make_merged_spec(own).to_string()

    return place
