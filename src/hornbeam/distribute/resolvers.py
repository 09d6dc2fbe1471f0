"""Where other machines are. There are no TPUs, so the resolver that looks for them finds none."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public


@public("distribute.cluster_resolver.TPUClusterResolver")
class TPUClusterResolver:
    """Looks for TPUs and raises ValueError, as it does wherever there is none; programs then train without.

    tpu: the name of one. The others say where it may be.
    """

    def __init__(self, tpu: str | None = None, zone: str | None = None, project: str | None = None,
                 job_name: str = "worker", coordinator_name: str | None = None, coordinator_address: str | None = None,
                 credentials: Any = "default", service: Any = None, discovery_url: str | None = None) -> None:
        if tpu in (None, "", "local"):
            raise ValueError("Please provide a TPU Name to connect to.")
        raise ValueError(f"Could not lookup TPU metadata from name '{tpu}': this machine reaches no TPU.")
