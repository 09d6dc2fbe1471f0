"""`train.Server`: sessions of this process that share variables, queues and what else operations keep.

Servers of other processes cannot be reached: what a graph places on a task that is not served here is refused.
"""

from __future__ import annotations

import socket
import threading
import weakref
from collections.abc import Iterable
from typing import Any

from hornbeam.graph.errors import UnavailableError, UnknownError
from hornbeam.graph.names import public
from hornbeam.graph.operation import Operation
from hornbeam.runtime.clusters import ClusterSpec
from hornbeam.runtime.device_spec import DeviceSpec
from hornbeam.runtime.store import SharedState

_servers: weakref.WeakValueDictionary[str, Server] = weakref.WeakValueDictionary()


@public(v1=("train.Server",))
class Server:
    """One task of a cluster, served by this process. Sessions whose target is `server.target` share what they keep.

    server_or_cluster_def: a `ServerDef`, a `ClusterSpec` or what becomes one. job_name, task_index: which task this
    is; they may be left out where there is only one. protocol: "grpc". config: a `ConfigProto`. start: whether it is
    started. Raises ValueError where the task is not clear, TypeError for other arguments, UnknownError where this
    process serves the address already.

    >>> server = Server.create_local_server()
    >>> server.target.startswith("grpc://localhost:")
    True
    """

    def __init__(self, server_or_cluster_def: Any, job_name: str | None = None, task_index: int | None = None,
                 protocol: str | None = None, config: Any = None, start: bool = True) -> None:
        self._cluster, self._job, self._task, self._protocol = _task_of(server_or_cluster_def, job_name, task_index,
                                                                        protocol)
        self._config = config
        self._state = SharedState()
        self._socket: socket.socket | None = None
        self._started = threading.Event()
        self._target = ""
        if start:
            self.start()

    @staticmethod
    def create_local_server(config: Any = None, start: bool = True) -> Server:
        """A server of a cluster of one task, at a free port of this machine."""
        return Server({"local": ["localhost:0"]}, protocol="grpc", config=config, start=start)

    def start(self) -> None:
        """Serve. A second call does nothing."""
        if self._started.is_set():
            return
        host, _, port = self._cluster.task_address(self._job, self._task).rpartition(":")
        if port == "0":  # the port is held, so that no other process is given it
            self._socket = socket.socket()
            self._socket.bind((host or "localhost", 0))
            port = str(self._socket.getsockname()[1])
        self._target = f"{self._protocol}://{host or 'localhost'}:{port}"
        if self._target in _servers:
            raise UnknownError(None, None, f"Could not start gRPC server: {self._target} is served already")
        _servers[self._target] = self
        self._started.set()

    def join(self) -> None:
        """Wait for ever: a server is ended with its process."""
        threading.Event().wait()

    def __del__(self) -> None:
        if getattr(self, "_socket", None) is not None:
            self._socket.close()  # type: ignore[union-attr]

    @property
    def server_def(self) -> Any:
        """The server as a `ServerDef` protobuf."""
        from hornbeam.graph.messages.tensorflow_server_pb2 import ServerDef
        return ServerDef(cluster=self._cluster.as_cluster_def(), job_name=self._job, task_index=self._task,
                         protocol=self._protocol)

    @property
    def target(self) -> str:
        """What sessions are given to use this server."""
        return self._target

    def state_for(self, op: Operation) -> SharedState:
        """Where what an operation keeps is: with the task that its device names, else with this one.

        Raises UnavailableError where this process does not serve the task.
        """
        spec = DeviceSpec.from_string(op.device or "")
        if spec.job in (None, "", "localhost") or (spec.job, spec.task or 0) == (self._job, self._task):
            return self._state
        for server in list(_servers.values()):
            if (server._job, server._task) == (spec.job, spec.task or 0) and server._cluster == self._cluster:
                return server._state
        raise UnavailableError(None, op, f"{op.name} is placed on {op.device}, which no server of this process is: "
                               "servers of other processes cannot be reached")

    def check(self, ops: Iterable[Operation]) -> None:
        """Raises UnavailableError for the first operation on a task that is not served here."""
        for op in ops:
            if op.device:
                self.state_for(op)

    def reset(self) -> None:
        """Forget all variables and other resources."""
        self._state.clear()


def _task_of(given: Any, job_name: str | None, task_index: int | None,
             protocol: str | None) -> tuple[ClusterSpec, str, int, str]:
    if hasattr(given, "cluster") and hasattr(given, "job_name"):
        cluster = ClusterSpec(given.cluster)
        job_name = job_name or given.job_name or None
        task_index = given.task_index if task_index is None else task_index
        protocol = protocol or given.protocol or None
    else:
        try:
            cluster = ClusterSpec(given)
        except TypeError:
            raise TypeError("Could not convert `server_or_cluster_def` to a `tf.train.ServerDef` or "
                            "`tf.train.ClusterSpec`.") from None
    if not job_name:
        if len(cluster.jobs) != 1:
            raise ValueError("Must specify an explicit `job_name`.")
        job_name = cluster.jobs[0]
    if task_index is None:
        indices = cluster.task_indices(job_name)
        if len(indices) != 1:
            raise ValueError("Must specify an explicit `task_index`.")
        task_index = indices[0]
    cluster.task_address(job_name, task_index)
    return cluster, job_name, task_index, protocol or "grpc"


def server_at(target: str) -> Server | None:
    """The server that a session's target names, None where it names none. Raises UnavailableError for one elsewhere."""
    if "://" not in target:
        return None
    found = _servers.get(target)
    if found is None:
        raise UnavailableError(None, None, f"no server of this process has the target {target}: servers of other "
                               "processes cannot be reached")
    return found
