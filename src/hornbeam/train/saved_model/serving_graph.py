"""The graph of a SavedModel of objects, as servers and the loaders of TensorFlow 1 see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes, nest
from hornbeam.graph.graph_def import make_tensor_proto, write_shape
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.runtime.concrete_function import ConcreteFunction
from hornbeam.train.saved_model import constants
from hornbeam.train.saved_model.function_writer import Written


@final
class ServingGraph:
    """Adds nodes to the graph of a `MetaGraphDef`. Objects are named by their numbers."""

    def __init__(self, meta_graph: Any) -> None:
        self.meta_graph = meta_graph
        self.nodes: dict[int, str] = {}
        self.taken: set[str] = set()
        self._init_op: Any = None

    def _add(self, name: str, op: str, inputs: Sequence[str] = (), **types: Any) -> Any:
        number, unique = 0, name
        while unique.lower() in self.taken:
            number += 1
            unique = f"{name}_{number}"
        self.taken.add(unique.lower())
        node = self.meta_graph.graph_def.node.add(name=unique, op=op, input=inputs)
        for key, dtype in types.items():
            if isinstance(dtype, (list, tuple)):
                node.attr[key].list.SetInParent()
                node.attr[key].list.type.extend(dtype)
            else:
                node.attr[key].type = dtype
        return node

    def _const(self, name: str, value: np.ndarray, dtype: dtypes.DType) -> str:
        node = self._add(name, "Const", dtype=dtype.as_datatype_enum)
        node.attr["value"].tensor.CopyFrom(make_tensor_proto(value, dtype))
        return node.name

    # What functions are bound to ----------------------------------------------------------------------

    def variable(self, number: int, held: Any) -> None:
        """The handle of a variable, which its `SavedVariable` describes."""
        node = self._add(held.name or "Variable", "VarHandleOp", dtype=held.dtype)
        node.attr["shape"].shape.CopyFrom(held.shape)
        node.attr["shared_name"].s = node.name.encode()
        node.attr["container"].s = b""
        self.nodes[number] = node.name

    def constant(self, number: int, value: np.ndarray, dtype: dtypes.DType) -> str:
        """A constant; gives its node's name."""
        self.nodes[number] = self._const("Const", value, dtype)
        return self.nodes[number]

    def asset(self, filename: str, index: int) -> int:
        """Note an asset file; gives its number."""
        name = self._const(f"asset_path_initializer_{index}", np.array(b"", object), dtypes.string)
        used = {held.filename for held in self.meta_graph.asset_file_def}
        stem, number = filename, 0
        while filename in used:
            number += 1
            filename = f"{stem}_{number}"
        self.meta_graph.asset_file_def.add(filename=filename).tensor_info.name = f"{name}:0"
        return index

    # Signatures ---------------------------------------------------------------------------------------

    def signature(self, key: str, written: Written, concrete: ConcreteFunction, bound: Sequence[int]) -> None:
        """A call of a function with placeholders, and the `SignatureDef` that says what it takes and gives."""
        held = self.meta_graph.signature_def[key]
        held.method_name = constants.PREDICT_METHOD_NAME
        specs = concrete.structured_input_signature[1]
        inputs, types = [], []
        for name in sorted(specs):
            spec = specs[name]
            node = self._add(f"{key}_{name}", "Placeholder", dtype=spec.dtype.as_datatype_enum)
            write_shape(node.attr["shape"].shape, spec.shape._dims)
            inputs.append(node.name)
            types.append(spec.dtype.as_datatype_enum)
            self._describe(held.inputs[name], f"{node.name}:0", spec)
        arguments = written.function.signature.input_arg
        call = self._add("StatefulPartitionedCall", "StatefulPartitionedCall",
                         [*inputs, *(self.nodes[n] for n in bound)],
                         Tin=[a.type for a in arguments], Tout=[a.type for a in written.function.signature.output_arg])
        call.attr["f"].func.name = written.name
        outputs = concrete.structured_outputs
        flat = [s for s in nest.flatten(outputs, True) if isinstance(s, TensorSpec)]
        for i, (name, spec) in enumerate(zip(sorted(outputs), flat, strict=True)):
            self._describe(held.outputs[name], f"{call.name}:{i}", spec)

    @staticmethod
    def _describe(info: Any, name: str, spec: TensorSpec) -> None:
        info.name = name
        info.dtype = spec.dtype.as_datatype_enum
        write_shape(info.tensor_shape, spec.shape._dims)

    # Saving and restoring -----------------------------------------------------------------------------

    def restore(self, keys: Mapping[int, str], objects: Sequence[Any]) -> None:
        """The nodes that save variables under their keys, and restore them."""
        string = dtypes.string.as_datatype_enum
        file = self._add("saver_filename", "Placeholder", dtype=string)
        write_shape(file.attr["shape"].shape, ())
        numbers = sorted(keys, key=lambda n: keys[n])
        kinds = [objects[n].dtype.base_dtype.as_datatype_enum for n in numbers]
        init = self._add("NoOp", "NoOp")
        info = self.meta_graph.signature_def[constants.INIT_OP_SIGNATURE_KEY].outputs[constants.INIT_OP_SIGNATURE_KEY]
        info.name, info.tensor_shape.unknown_rank = init.name, True
        if not numbers:
            return
        names = self._const("save/tensor_names", np.array([keys[n].encode() for n in numbers], object), dtypes.string)
        slices = self._const("save/shape_and_slices", np.array([b""] * len(numbers), object), dtypes.string)
        reads = [self._add(f"save/Read_{i}", "ReadVariableOp", [self.nodes[n]], dtype=kind).name
                 for i, (n, kind) in enumerate(zip(numbers, kinds, strict=True))]
        saved = self._add("save/SaveV2", "SaveV2", [file.name, names, slices, *reads], dtypes=kinds)
        gives = self._add("save/control_dependency", "Identity", [file.name, f"^{saved.name}"], T=string)
        found = self._add("save/RestoreV2", "RestoreV2", [file.name, names, slices], dtypes=kinds)
        assigned = [self._add(f"save/Assign_{i}", "AssignVariableOp",
                              [self.nodes[n], f"{found.name}:{i}" if i else found.name], dtype=kind).name
                    for i, (n, kind) in enumerate(zip(numbers, kinds, strict=True))]
        after = self._add("save/restore_all", "NoOp", [f"^{a}" for a in assigned])
        saver = self.meta_graph.saver_def
        saver.filename_tensor_name, saver.save_tensor_name = f"{file.name}:0", f"{gives.name}:0"
        saver.restore_op_name, saver.version = after.name, 2
