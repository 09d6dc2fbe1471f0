"""Comparing graphs as messages: `tf.test.assert_equal_graph_def`."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import names_v1


def assert_equal_graph_def(expected: Any, actual: Any) -> None:
    """Fail unless two GraphDefs have the same nodes, in whatever order; versions and internal attributes do not count.

    Raises TypeError where one is no GraphDef, AssertionError that says how the first node differs.
    """
    graph_def = names_v1["GraphDef"].target.load()
    for name, given in (("expected", expected), ("actual", actual)):
        if not isinstance(given, graph_def):
            raise TypeError(f"Expected tf.GraphDef for {name}, got {type(given).__name__}")
    wanted, found = ({node.name: node for node in graph.node} for graph in (expected, actual))
    for name, node in wanted.items():
        if name not in found:
            raise AssertionError(f"Did not find expected node '{name}'")
        difference = _difference(node, found[name])
        if difference:
            raise AssertionError(f"Node named '{name}' {difference}")
    extra = sorted(found.keys() - wanted.keys())
    if extra:
        raise AssertionError(f"Found unexpected node '{extra[0]}'")


def assert_equal_graph_def_v1(actual: Any, expected: Any, checkpoint_v2: bool = False,
                              hash_table_shared_name: bool = False) -> None:
    """`assert_equal_graph_def` with TF1's order of arguments.

    checkpoint_v2: the names of temporary files that saving makes do not count. hash_table_shared_name: neither do the
    shared names of tables.
    """
    copies = []
    for given in (expected, actual):
        copy = type(given)()
        copy.CopyFrom(given)
        for node in copy.node:
            if checkpoint_v2 and node.op == "Const" and "_temp_" in str(node.attr["value"].tensor.string_val):
                node.attr["value"].tensor.ClearField("string_val")
            if hash_table_shared_name and node.op in ("HashTable", "HashTableV2") and "shared_name" in node.attr:
                del node.attr["shared_name"]
        copies.append(copy)
    assert_equal_graph_def(*copies)


def _difference(expected: Any, actual: Any) -> str:
    """How two nodes differ, or an empty string."""
    for what in ("op", "device"):
        wanted, found = getattr(expected, what), getattr(actual, what)
        if wanted != found:
            return f"has {what} '{found}' that is not equal to expected '{wanted}'"
    inputs, others = ([name for name in node.input if not name.startswith("^")] for node in (expected, actual))
    if inputs != others:
        return f"has inputs {others} that are not equal to expected {inputs}"
    waits, other_waits = ({name for name in node.input if name.startswith("^")} for node in (expected, actual))
    if waits != other_waits:
        return f"has control inputs {sorted(other_waits)} that are not equal to expected {sorted(waits)}"
    attrs, other_attrs = ({k: v for k, v in node.attr.items() if not k.startswith("_")} for node in (expected, actual))
    for name in sorted(attrs.keys() | other_attrs.keys()):
        if attrs.get(name) != other_attrs.get(name):
            return f"has attribute '{name}' {other_attrs.get(name)} that is not equal to expected {attrs.get(name)}"
    return ""
