"""TensorFlow's switches between its generations. They change only what `hornbeam.v1` does where no input says.

Both namespaces work side by side whatever these say (see `graph/mode.py`).
"""

from __future__ import annotations

from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.names import public

_accepted = {"resource_variables": False, "control_flow_v2": False}


@public(v1=("enable_eager_execution",))
def enable_eager_execution(config: Any = None, device_policy: Any = None, execution_mode: Any = None) -> None:
    """Let `hornbeam.v1` run calls at once instead of building graphs. config and the policies are accepted.

    Raises ValueError where the default graph holds operations already: they would be lost to the program.
    """
    if mode.v1_builds() and mode.has_global_operations():
        raise ValueError("tf.enable_eager_execution must be called at program startup.")
    mode.set_v1_builds(False)


@public(v1=("disable_eager_execution",))
def disable_eager_execution() -> None:
    """Let `hornbeam.v1` build graphs, as it does by default."""
    mode.set_v1_builds(True)


@public(v1=("enable_v2_behavior",))
def enable_v2_behavior() -> None:
    """As `enable_eager_execution`, with the other switches of TensorFlow 2."""
    mode.set_v1_builds(False)
    enable_resource_variables()
    enable_control_flow_v2()


@public(v1=("disable_v2_behavior",))
def disable_v2_behavior() -> None:
    """Let `hornbeam.v1` build graphs, as it does by default."""
    mode.set_v1_builds(True)
    disable_resource_variables()
    disable_control_flow_v2()


@public(v1=("executing_eagerly_outside_functions",))
def executing_eagerly_outside_functions() -> bool:
    """Whether calls of this namespace run at once where no graph is open."""
    return not mode.v1_builds()


@public(v1=("enable_resource_variables",))
def enable_resource_variables() -> None:
    """Accepted: variables here are of one kind, whose reads have the order that `docs/architecture.md` states."""
    _accepted["resource_variables"] = True


@public(v1=("disable_resource_variables",))
def disable_resource_variables() -> None:
    """Accepted: variables here are of one kind."""
    _accepted["resource_variables"] = False


@public(v1=("resource_variables_enabled",))
def resource_variables_enabled() -> bool:
    """What the last of `enable_resource_variables` and `disable_resource_variables` said."""
    return _accepted["resource_variables"]


@public(v1=("enable_control_flow_v2",))
def enable_control_flow_v2() -> None:
    """Accepted: branches and loops here are always operations that hold graphs."""
    _accepted["control_flow_v2"] = True


@public(v1=("disable_control_flow_v2",))
def disable_control_flow_v2() -> None:
    """Accepted: branches and loops here are always operations that hold graphs."""
    _accepted["control_flow_v2"] = False


@public(v1=("control_flow_v2_enabled",))
def control_flow_v2_enabled() -> bool:
    """What the last of `enable_control_flow_v2` and `disable_control_flow_v2` said."""
    return _accepted["control_flow_v2"]


@public(v1=("disable_v2_tensorshape",))
def disable_v2_tensorshape() -> None:
    """Shapes of graphs of `hornbeam.v1` hold `Dimension`s, as they always do."""


@public(v1=("disable_tensor_equality",))
def disable_tensor_equality() -> None:
    """`==` between tensors of graphs of `hornbeam.v1` compares identity, as it always does."""
