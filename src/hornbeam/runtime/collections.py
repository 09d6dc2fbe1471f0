"""Collections of a graph under TF1's names, and the lists and initializers of variables that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, final

from hornbeam.graph import mode
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.ops import state
from hornbeam.runtime.variable import Variable


@public(v1=("GraphKeys",))
@final
class GraphKeys:
    """The names of the collections that the library itself uses."""

    GLOBAL_VARIABLES = "variables"
    VARIABLES = "variables"
    LOCAL_VARIABLES = "local_variables"
    METRIC_VARIABLES = "metric_variables"
    MODEL_VARIABLES = "model_variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    SUMMARIES = "summaries"
    QUEUE_RUNNERS = "queue_runners"
    TABLE_INITIALIZERS = "table_initializer"
    ASSET_FILEPATHS = "asset_filepaths"
    MOVING_AVERAGE_VARIABLES = "moving_average_variables"
    REGULARIZATION_LOSSES = "regularization_losses"
    CONCATENATED_VARIABLES = "concatenated_variables"
    SAVERS = "savers"
    WEIGHTS = "weights"
    BIASES = "biases"
    ACTIVATIONS = "activations"
    UPDATE_OPS = "update_ops"
    LOSSES = "losses"
    SAVEABLE_OBJECTS = "saveable_objects"
    RESOURCES = "resources"
    LOCAL_RESOURCES = "local_resources"
    TRAINABLE_RESOURCE_VARIABLES = "trainable_resource_variables"
    INIT_OP = "init_op"
    LOCAL_INIT_OP = "local_init_op"
    READY_OP = "ready_op"
    READY_FOR_LOCAL_INIT_OP = "ready_for_local_init_op"
    SUMMARY_OP = "summary_op"
    GLOBAL_STEP = "global_step"
    EVAL_STEP = "eval_step"
    TRAIN_OP = "train_op"
    COND_CONTEXT = "cond_context"
    WHILE_CONTEXT = "while_context"


def home() -> Graph:
    """The graph whose collections and variables a call means."""
    return mode.default_graph().outermost


@public(v1=("add_to_collection",))
def add_to_collection(name: Any, value: Any) -> None:
    """Append `value` to the collection `name` of the default graph."""
    home().add_to_collection(name, value)


@public(v1=("add_to_collections",))
def add_to_collections(names: Any, value: Any) -> None:
    """Append `value` to each of the named collections of the default graph."""
    home().add_to_collections(names, value)


@public(v1=("get_collection",))
def get_collection(key: Any, scope: str | None = None) -> list[Any]:
    """A copy of the collection; with `scope`, the items whose name it matches from the start (a regex)."""
    return home().get_collection(key, scope)


@public(v1=("get_collection_ref",))
def get_collection_ref(key: Any) -> list[Any]:
    """The collection itself: changing the list changes the collection."""
    return home().get_collection_ref(key)


@public(v1=("global_variables",))
def global_variables(scope: str | None = None) -> list[Variable]:
    """The variables that live as long as the session, in the order they were made."""
    return get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


@public(v1=("all_variables",))
def all_variables() -> list[Variable]:
    """The older name of `global_variables`."""
    return global_variables()


@public(v1=("local_variables",))
def local_variables(scope: str | None = None) -> list[Variable]:
    """The variables of the process alone (counters of metrics), which are not saved."""
    return get_collection(GraphKeys.LOCAL_VARIABLES, scope)


@public(v1=("model_variables",))
def model_variables(scope: str | None = None) -> list[Variable]:
    """The variables of the collection `MODEL_VARIABLES`."""
    return get_collection(GraphKeys.MODEL_VARIABLES, scope)


@public(v1=("trainable_variables",))
def trainable_variables(scope: str | None = None) -> list[Variable]:
    """The variables that optimizers change by default."""
    return get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


@public(v1=("moving_average_variables",))
def moving_average_variables(scope: str | None = None) -> list[Variable]:
    """The variables whose moving averages are kept."""
    return get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


# Initializing ----------------------------------------------------------------------------------------


@public(v1=("variables_initializer", "initializers.variables"))
def variables_initializer(var_list: Iterable[Variable], name: str = "init") -> Any:
    """An operation that gives each variable its initial value.

    Initial values that depend on other variables of the list see what those are initialized to.
    """
    return _after([v.initializer for v in var_list] if not mode.executing_eagerly() else [], name)


def _after(operations: Sequence[Any], name: str) -> Any:
    if mode.executing_eagerly():
        return None
    graph = home()
    with graph.as_default(), graph.control_dependencies(operations):
        return state.no_op_op(name=name)


@public(v1=("initialize_variables",))
def initialize_variables(var_list: Iterable[Variable], name: str = "init") -> Any:
    """The older name of `variables_initializer`."""
    return variables_initializer(var_list, name)


@public(v1=("global_variables_initializer", "initializers.global_variables"))
def global_variables_initializer() -> Any:
    """An operation that gives every global variable its initial value."""
    return variables_initializer(global_variables())


@public(v1=("initialize_all_variables",))
def initialize_all_variables() -> Any:
    """The older name of `global_variables_initializer`."""
    return global_variables_initializer()


@public(v1=("local_variables_initializer", "initializers.local_variables"))
def local_variables_initializer() -> Any:
    """An operation that gives every local variable its initial value."""
    return variables_initializer(local_variables())


@public(v1=("initialize_local_variables",))
def initialize_local_variables() -> Any:
    """The older name of `local_variables_initializer`."""
    return local_variables_initializer()


@public(v1=("tables_initializer", "initializers.tables_initializer"))
def tables_initializer(name: str = "init_all_tables") -> Any:
    """An operation that fills every lookup table."""
    return _after(get_collection(GraphKeys.TABLE_INITIALIZERS), name)


@public(v1=("initialize_all_tables",))
def initialize_all_tables(name: str = "init_all_tables") -> Any:
    """The older name of `tables_initializer`."""
    return tables_initializer(name)
