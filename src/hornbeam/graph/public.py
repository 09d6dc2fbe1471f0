"""The public names of what the leaf modules of `graph/` define: they know nothing of names themselves."""

from __future__ import annotations

from hornbeam.graph import convert, dtypes, errors, tensor
from hornbeam.graph.names import register
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import Dimension, TensorShape, TensorShapeV1

for _dtype in list(vars(dtypes).values()):
    if isinstance(_dtype, dtypes.DType) and not _dtype._is_ref_dtype:
        register(_dtype, (_dtype.name, f"dtypes.{_dtype.name}"))
        register(_dtype._as_ref, v1=(f"{_dtype.name}_ref",))
for _short, _long in (("half", dtypes.float16), ("double", dtypes.float64)):
    register(_long, (_short, f"dtypes.{_short}"))
register(dtypes.DType, ("DType", "dtypes.DType"))
register(dtypes.as_dtype, ("as_dtype", "dtypes.as_dtype"))

for _name, _error in vars(errors).items():
    if isinstance(_error, type) and issubclass(_error, errors.OpError):
        if not _name.startswith("_"):
            register(_error, (f"errors.{_name}",))
    elif _name.isupper() and isinstance(_error, int):
        register(_error, (f"errors.{_name}",))
register(errors.OpError, v1=("OpError",))
register(errors.OperatorNotAllowedInGraphError, ("errors.OperatorNotAllowedInGraphError",))
register(errors.InaccessibleTensorError, ("errors.InaccessibleTensorError",))
register(errors.exception_type_from_error_code, v1=("errors.exception_type_from_error_code",))
register(errors.error_code_from_exception_type, v1=("errors.error_code_from_exception_type",))

register(tensor.Tensor, ("Tensor",))
register(Operation, ("Operation",))
register(TensorShape, v2=("TensorShape",))
register(TensorShapeV1, v1=("TensorShape",))
register(Dimension, v1=("Dimension",))
register(None, ("newaxis",))
register(convert.register_tensor_conversion_function, ("register_tensor_conversion_function",))
