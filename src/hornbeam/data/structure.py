"""Elements of datasets as structures: tuples and dictionaries of leaves. A list is one tensor, not a structure.

A leaf is described by a spec (`TensorSpec`, `SparseTensorSpec`, `RaggedTensorSpec`, `DatasetSpec`, `OptionalSpec`,
`NoneTensorSpec`). While a dataset runs, an element is a flat list with one value for each leaf: an array, a
`SparseTensorValue` or `RaggedValue` of arrays, a dataset or an `Optional` ready to run, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, final

from hornbeam.graph import dtypes, nest
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorSpec, SparseTensorValue
from hornbeam.graph.tensor_spec import TensorSpec, TypeSpec
from hornbeam.ops.ragged_tensor import RaggedTensorSpec, RaggedValue


def is_nested(value: Any) -> bool:
    """Whether a value is a tuple or a dictionary."""
    return isinstance(value, (tuple, Mapping)) and not isinstance(value, (SparseTensorValue, RaggedValue))


def flatten(structure: Any) -> list[Any]:
    """The leaves, dictionaries in the order of their sorted keys."""
    if not is_nested(structure):
        return [structure]
    return [leaf for child in _children(structure) for leaf in flatten(child)]


def _children(structure: Any) -> Iterable[Any]:
    if isinstance(structure, Mapping):
        return [structure[key] for key in nest._sorted_keys(structure)]
    return structure


def pack(structure: Any, leaves: Iterable[Any]) -> Any:
    """Leaves in the shape of a structure."""
    return _packed(structure, iter(leaves))


def _packed(structure: Any, leaves: Any) -> Any:
    if not is_nested(structure):
        return next(leaves)
    if isinstance(structure, Mapping):
        found = {key: _packed(structure[key], leaves) for key in nest._sorted_keys(structure)}
        return nest.like_mapping(structure, found)
    items = [_packed(child, leaves) for child in structure]
    return type(structure)(*items) if hasattr(structure, "_fields") else tuple(items)


def map_leaves(function: Callable[..., Any], structure: Any, *others: Any) -> Any:
    """`function` of the corresponding leaves of structures of one shape, in that shape."""
    return pack(structure, [function(*leaves) for leaves in zip(flatten(structure), *map(flatten, others),
                                                                strict=True)])


def assert_same(first: Any, second: Any) -> None:
    """Nothing where two structures have one shape. Raises ValueError or TypeError otherwise."""
    nest.assert_same_structure(_as_nest(first), _as_nest(second))


def _as_nest(structure: Any) -> Any:
    """A structure in which every leaf is something that is no list."""
    return map_leaves(lambda leaf: 0, structure)


@final
@public("NoneTensorSpec")
class NoneTensorSpec(TypeSpec):
    """The spec of None."""

    __slots__ = ()

    @property
    def value_type(self) -> Any:
        """The class of None."""
        return type(None)

    @classmethod
    def from_value(cls, value: Any) -> NoneTensorSpec:
        """The spec of None."""
        return cls()

    def most_specific_compatible_shape(self, other: NoneTensorSpec) -> NoneTensorSpec:
        """This spec. Raises ValueError for one of another kind."""
        if type(other) is not type(self):
            raise ValueError(f"No `TypeSpec` is compatible with both {self} and {other}")
        return self

    def _serialize(self) -> tuple[Any, ...]:
        return ()

    @property
    def _component_specs(self) -> Any:
        return ()

    def _to_components(self, value: Any) -> Any:
        return ()

    def _from_components(self, components: Any) -> Any:
        return None

    @property
    def dtype(self) -> Any:
        """None: there is no dtype."""
        return None

    @property
    def shape(self) -> Any:
        """None: there is no shape."""
        return None


# What TF1 says of elements ----------------------------------------------------------------------------


def classes_of(spec: Any) -> Any:
    """The class of each leaf, as `output_classes` has them."""
    return map_leaves(lambda s: s.value_type, spec)


def types_of(spec: Any) -> Any:
    """The dtype of each leaf, as `output_types` has them; a nested dataset shows the dtypes of its elements."""
    return map_leaves(lambda s: s._legacy_types() if hasattr(s, "_legacy_types") else s.dtype, spec)


def shapes_of(spec: Any) -> Any:
    """The shape of each leaf, as `output_shapes` has them."""
    return map_leaves(lambda s: s._legacy_shapes() if hasattr(s, "_legacy_shapes") else s.shape, spec)


def spec_from_legacy(types: Any, shapes: Any = None, classes: Any = None) -> Any:
    """The spec that dtypes, shapes and classes describe. Raises ValueError where they differ in structure."""
    flat_types = flatten(types)
    if shapes is None:
        flat_shapes: list[Any] = [TensorShape(None)] * len(flat_types)
    else:
        flat_shapes = [TensorShape(s) for s in flatten_shapes(types, shapes)]
    flat_classes = flatten(classes) if classes is not None else [None] * len(flat_types)
    leaves = []
    for dtype, shape, kind in zip(flat_types, flat_shapes, flat_classes, strict=True):
        if isinstance(kind, TypeSpec):
            leaves.append(kind)
        elif isinstance(kind, type) and issubclass(kind, SparseTensor):
            leaves.append(SparseTensorSpec(shape, dtype))
        else:
            leaves.append(TensorSpec(shape, dtypes.as_dtype(dtype)))
    return pack(types, leaves)


def flatten_shapes(structure: Any, shapes: Any) -> list[Any]:
    """Shapes along a structure: where that has a leaf, whatever stands there is one shape, tuples included."""
    if not is_nested(structure):
        return [shapes]
    if isinstance(structure, Mapping):
        if not isinstance(shapes, Mapping) or set(shapes) != set(structure):
            raise ValueError(f"The two structures don't have the same nested structure: {structure} and {shapes}")
        return [s for key in nest._sorted_keys(structure) for s in flatten_shapes(structure[key], shapes[key])]
    if not isinstance(shapes, (tuple, list)) or len(shapes) != len(structure):
        raise ValueError(f"The two structures don't have the same nested structure: {structure} and {shapes}")
    return [s for child, shape in zip(structure, shapes, strict=True) for s in flatten_shapes(child, shape)]


# Shapes of specs ------------------------------------------------------------------------------------


def with_shape(spec: Any, shape: Any) -> Any:
    """A spec of the same dtype with another shape."""
    if isinstance(spec, SparseTensorSpec):
        return SparseTensorSpec(shape, spec.dtype)
    if isinstance(spec, TensorSpec):
        return TensorSpec(shape, spec.dtype)
    return spec


def batched(spec: Any, size: int | None) -> Any:
    """The spec of `size` such values stacked. Raises TypeError for leaves that cannot be."""
    if isinstance(spec, (TensorSpec, SparseTensorSpec)):
        dims = spec.shape._dims
        return with_shape(spec, None if dims is None else (size, *dims))
    if hasattr(spec, "_batch"):
        return spec._batch(size)
    return spec


def unbatched(spec: Any) -> Any:
    """The spec of one row. Raises ValueError for scalars."""
    if isinstance(spec, (TensorSpec, SparseTensorSpec)):
        dims = spec.shape._dims
        if dims is not None and not dims:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        return with_shape(spec, None if dims is None else dims[1:])
    if hasattr(spec, "_unbatch"):
        return spec._unbatch()
    return spec


def is_dense(spec: Any) -> bool:
    """Whether every leaf is a tensor, so that elements can be kept as columns."""
    return all(isinstance(s, TensorSpec) for s in flatten(spec))


def common(specs: Iterable[Any], what: str = "input elements") -> Any:
    """The narrowest structure of specs that all given ones fit. Raises TypeError where there is none."""
    first, *others = specs
    flat = [flatten(first), *map(flatten, others)]
    found = []
    for column in zip(*flat, strict=True):
        leaves = list(column)
        made = leaves[0].most_specific_common_supertype(leaves[1:]) if len(leaves) > 1 else leaves[0]
        if made is None:
            raise TypeError(f"No common supertype of {what}: {', '.join(map(repr, leaves))}")
        found.append(made)
    return pack(first, found)


def fits(spec: TensorSpec, shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape is one that the spec allows."""
    dims = spec.shape._dims
    return dims is None or (len(dims) == len(shape) and all(d is None or d == s for d, s in zip(dims, shape,
                                                                                              strict=True)))


def part_specs(spec: Any) -> list[tuple[Any, Any]]:
    """Dimensions and dtype of each tensor that an element consists of."""
    found: list[tuple[Any, Any]] = []
    for leaf in flatten(spec):
        if isinstance(leaf, TensorSpec):
            found.append((leaf.shape._dims, leaf.dtype))
        elif isinstance(leaf, (SparseTensorSpec, RaggedTensorSpec)):
            found += [(part.shape._dims, part.dtype) for part in leaf._component_specs]
        elif not isinstance(leaf, NoneTensorSpec):
            found.append(((), dtypes.variant))
    return found
