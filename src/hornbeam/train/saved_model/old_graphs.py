"""SavedModels of TensorFlow 1 as objects: each signature a traced function, the variables shared by all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

from hornbeam.graph import mode
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.graph import GraphV1
from hornbeam.graph.op import registry
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.runtime.collections import GraphKeys
from hornbeam.runtime.function import function as traced
from hornbeam.runtime.graph_import.builder import Builder, Place
from hornbeam.runtime.graph_import.nodes import Ref, parsed
from hornbeam.runtime.session import Session
from hornbeam.runtime.variable import Variable
from hornbeam.train.graph_util import extract_sub_graph
from hornbeam.train.saved_model import constants
from hornbeam.train.saved_model.loader import load
from hornbeam.train.saved_model.objects import Loaded, Signatures

_RESERVED = (constants.INIT_OP_SIGNATURE_KEY, constants.TRAIN_OP_SIGNATURE_KEY)


def loaded(meta_graph: Any, folder: str, tags: Any) -> Any:
    """The object of a graph: `signatures`, `variables`, `graph`, `prune`."""
    graph = GraphV1()
    variables: dict[str, Variable] = {}
    with Session(graph=graph) as sess:
        load(sess, tags if tags is not None else list(meta_graph.meta_info_def.tags), folder)
        trainable = {v.name for v in graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)}
        held = list(dict.fromkeys((*graph.get_collection(GraphKeys.GLOBAL_VARIABLES),
                                   *graph.get_collection(GraphKeys.LOCAL_VARIABLES))))
        known = [v for v, done in zip(held, sess.run([_initialized(graph, v) for v in held]), strict=True) if done]
        values = sess.run([v.value() for v in known])
    with mode.opened(None):
        for variable, value in zip(known, values, strict=True):
            name = variable.name.split(":")[0]
            variables[name] = Variable(value, trainable=variable.name in trainable, name=name)
    root = Loaded()
    root.graph = graph
    root._held = list(variables.values())
    root._graph_def = meta_graph.graph_def
    signatures = {}
    for key, signature in meta_graph.signature_def.items():
        if key not in _RESERVED and all(i.name for i in (*signature.inputs.values(), *signature.outputs.values())):
            signatures[key] = GraphFunctionOf(
                meta_graph.graph_def, variables, graph, {k: i.name for k, i in signature.inputs.items()},
                {k: o.name for k, o in signature.outputs.items()})
    root.signatures = Signatures(signatures)
    root.prune = lambda feeds, fetches: _pruned(meta_graph.graph_def, variables, graph, feeds, fetches)
    return root


def _initialized(graph: Any, variable: Variable) -> Any:
    with graph.as_default():
        return registry["IsVariableInitialized"](variable._ref())


def _named(item: Any) -> str:
    name = item if isinstance(item, str) else item.name
    return name if ":" in name else f"{name}:0"


def _pruned(graph_def: Any, variables: Mapping[str, Variable], graph: Any, feeds: Any, fetches: Any) -> Any:
    """A function from the tensors `feeds` of the graph to the tensors `fetches`, one or a list or dictionary."""
    given = [feeds] if isinstance(feeds, str) or not isinstance(feeds, Sequence) else list(feeds)
    inputs = {f"arg_{i}": _named(f) for i, f in enumerate(given)}
    many = {k: _named(f) for k, f in fetches.items()} if isinstance(fetches, Mapping) else \
        {f"output_{i}": _named(f) for i, f in enumerate(fetches if isinstance(fetches, (list, tuple)) else [fetches])}
    made = GraphFunctionOf(graph_def, variables, graph, inputs, many)

    def call(*tensors: Any) -> Any:
        found = made(**dict(zip(inputs, tensors, strict=True)))
        if isinstance(fetches, Mapping):
            return found
        results = [found[k] for k in many]
        return results if isinstance(fetches, (list, tuple)) else results[0]

    return call


@final
class GraphFunctionOf:
    """A function from some tensors of a graph, by key, to others."""

    def __init__(self, graph_def: Any, variables: Mapping[str, Variable], graph: Any, inputs: Mapping[str, str],
                 outputs: Mapping[str, str]) -> None:
        self._inputs, self._outputs = dict(sorted(inputs.items())), dict(sorted(outputs.items()))
        self._nodes = extract_sub_graph(graph_def, [name.split(":")[0] for name in outputs.values()])
        self._library = {f.signature.name: f for f in graph_def.library.function}
        self._held = variables
        specs = {}
        for key, name in self._inputs.items():
            tensor = graph.get_tensor_by_name(name)
            specs[key] = TensorSpec(tensor._dims, tensor.dtype.base_dtype, key)
        self.structured_input_signature = ((), specs)
        self.structured_outputs = {
            key: TensorSpec(t._dims, t.dtype.base_dtype, key)
            for key, t in ((k, graph.get_tensor_by_name(n)) for k, n in self._outputs.items())}
        self._traced: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The outputs by key, for tensors by key (or, of one input, that alone). Raises TypeError for others."""
        names = list(self._inputs)
        given = dict(zip(names, args, strict=False))
        if len(args) > len(names) or set(kwargs) - set(names) or set(given) & set(kwargs) or \
                len(given) + len(kwargs) != len(names):
            raise TypeError(f"signature takes the tensors {', '.join(names)}; got {len(args)} by position and "
                            f"{', '.join(kwargs) or 'none'} by name")
        given.update(kwargs)
        if self._traced is None:
            specs = self.structured_input_signature[1]
            self._traced = traced(self._build).get_concrete_function(*(specs[n] for n in names))
        wanted = self.structured_input_signature[1]
        found = self._traced(*[convert_to_tensor(given[n], wanted[n].dtype) for n in names])
        return dict(zip(self._outputs, found, strict=True))

    def _build(self, *tensors: Any) -> list[Any]:
        place = Place(mode.default_graph())
        builder = Builder("graph/", self._library, dict(zip(self._inputs.values(), tensors, strict=True)))
        nodes = []
        for node in parsed(self._nodes.node):
            variable = self._held.get(node.name) if node.op in ("VariableV2", "VarHandleOp", "Variable") else None
            if variable is None:
                nodes.append(node)
            else:
                place.name(node.name, [variable.handle])
                builder.known[node.name] = node
        builder.build(nodes, place)
        results = []
        for text in self._outputs.values():
            name, _, port = text.partition(":")
            results.append(registry["Identity"](builder.take(place, Ref(name, int(port)), nodes[-1])))
        return results
