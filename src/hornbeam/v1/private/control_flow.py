"""`tensorflow.python.ops.control_flow_util`: where a program is compiled by itself, and which control flow it has."""

from __future__ import annotations

from typing import Any

ENABLE_CONTROL_FLOW_V2 = False
"""Programs set it; branches and loops hold graphs either way."""


def EnableControlFlowV2(graph: Any) -> bool:
    """Whether branches and loops that are built in `graph` hold graphs: they always do."""
    return True


def GraphOrParentsInXlaContext(graph: Any) -> bool:
    """Whether what is built in `graph` stands in a block of its own for XLA: there are none."""
    return False


def InXlaContext(graph: Any) -> bool:
    """As `GraphOrParentsInXlaContext`."""
    return False


def GetContainingXLAContext(ctxt: Any) -> Any:
    """The block for XLA in which what is built stands: None, as there are none."""
    return None
