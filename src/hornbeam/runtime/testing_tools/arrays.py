"""Assertions on arrays: each takes tensors, arrays, numbers, or lists of them.

`TestCase` in `case.py` says how a tensor gets its value.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from absl.testing import absltest

from hornbeam.graph import dtypes, nest
from hornbeam.graph.tensor import Tensor
from hornbeam.ops.conversion import is_tensor

SHOWN = 10
"""So many elements are named in a message."""


class ArrayAssertions(absltest.TestCase):
    """absl's test case with TensorFlow's assertions on arrays."""

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors. Defined by the test case."""
        raise TypeError(f"{type(self).__name__} does not say how a tensor gets its value")

    def _array(self, value: Any) -> np.ndarray:
        if is_tensor(value):
            value = self.evaluate(value)
        return np.asarray(value)

    # Close -----------------------------------------------------------------------------------------

    def assertAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None) -> None:
        """Fail unless |a - b| <= atol + rtol * |b| at every element; NaN equals NaN.

        `a` and `b` may be nested structures of one form: then their leaves are compared, and the message names the
        leaf. Raises ValueError where a dictionary is compared with something else or the lengths differ.
        """
        self._compare_close(a, b, rtol, atol, msg, "")

    def _compare_close(self, a: Any, b: Any, rtol: float, atol: float, msg: str | None, path: str) -> None:
        a, b = _as_plain(a), _as_plain(b)
        if isinstance(a, Mapping) != isinstance(b, Mapping):
            raise ValueError(f"Can't compare dict to non-dict, a{path} vs b{path}. {msg or ''}")
        if isinstance(a, Mapping):
            self.assertCountEqual(a.keys(), b.keys(), f"mismatched keys: a{path} has keys {a.keys()}, but b{path} "
                                                      f"has keys {b.keys()}. {msg or ''}")
            for key in a:
                self._compare_close(a[key], b[key], rtol, atol, msg, f"{path}[{key}]")
            return
        if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and not _is_regular(a, b):
            if len(a) != len(b):
                raise ValueError(f"Mismatched length: a{path} and b{path} are {a!r} and {b!r}. {msg or ''}")
            for index, (x, y) in enumerate(zip(a, b, strict=True)):
                self._compare_close(x, y, rtol, atol, msg, f"{path}[{index}]")
            return
        self._compare_close_arrays(self._array(a), self._array(b), rtol, atol, msg, path)

    def _compare_close_arrays(self, a: np.ndarray, b: np.ndarray, rtol: float, atol: float, msg: str | None,
                              path: str) -> None:
        self._same_shape(a, b, msg)
        dtype = a.dtype
        a, b = _computable(a), _computable(b)
        if np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True):
            return
        text = (f"Mismatched value: a{path} is different from b{path}. {msg or ''}\n"
                f"dtype = {dtype}, shape = {a.shape}")
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, err_msg=text, equal_nan=True)

    def assertAllCloseAccordingToType(
            self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, float_rtol: float = 1e-6,
            float_atol: float = 1e-6, half_rtol: float = 1e-3, half_atol: float = 1e-3, bfloat16_rtol: float = 1e-2,
            bfloat16_atol: float = 1e-2, msg: str | None = None) -> None:
        """`assertAllClose` with the tolerance of the coarser dtype of the two: each is at least the one given."""
        a, b = self._array(a), self._array(b)
        kinds = {a.dtype, b.dtype}
        for coarse, relative, absolute in (({np.dtype(np.float32), np.dtype(np.complex64)}, float_rtol, float_atol),
                                           ({np.dtype(np.float16)}, half_rtol, half_atol),
                                           ({np.dtype(dtypes.bfloat16.as_numpy_dtype)}, bfloat16_rtol, bfloat16_atol)):
            if kinds & coarse:
                rtol, atol = max(rtol, relative), max(atol, absolute)
        self.assertAllClose(a, b, rtol=rtol, atol=atol, msg=msg)

    def assertNotAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None) -> None:
        """Fail where `assertAllClose` does not."""
        try:
            self.assertAllClose(a, b, rtol=rtol, atol=atol, msg=msg)
        except AssertionError:
            return
        raise AssertionError(f"The two values are close at all elements. {msg or ''}")

    def assertNear(self, f1: float, f2: float, err: float, msg: str | None = None) -> None:
        """Fail unless two numbers are equal or at most `err` apart."""
        f1, f2 = (np.asarray(value).item() for value in (f1, f2))  # arrays of one element are numbers too
        close = f1 == f2 or abs(f1 - f2) <= err
        self.assertTrue(close, f"{f1:f} != {f2:f} +/- {err:f} (difference: {abs(f1 - f2)}){': ' + msg if msg else ''}")

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float, msg: str | None = None) -> None:
        """`assertNear` for each pair of two sequences of one length."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for f1, f2 in zip(farray1, farray2, strict=True):
            self.assertNear(float(f1), float(f2), err, msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: float, msg: str | None = None) -> None:
        """Fail unless the Euclidean norm of the difference is below `err`."""
        norm = float(np.linalg.norm(self._array(ndarray1) - self._array(ndarray2)))
        self.assertTrue(norm < err, msg or f"the arrays are {norm} apart, allowed is less than {err}")

    # Equal -----------------------------------------------------------------------------------------

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Fail unless shapes and all elements are equal; NaN equals NaN, text equals its bytes in UTF-8."""
        a, b = self._array(a), self._array(b)
        self._same_shape(a, b, msg)
        same = _same(a, b)
        if not np.all(same):
            where = np.nonzero(~np.atleast_1d(same))
            places = "\n".join(f"not equal at {[int(i) for i in index]}: {np.atleast_1d(a)[tuple(index)]!r} and "
                               f"{np.atleast_1d(b)[tuple(index)]!r}" for index in np.transpose(where)[:SHOWN])
            raise AssertionError(f"\nArrays are not equal{': ' + msg if msg else ''}\n{places}\nMismatched elements: "
                                 f"{len(where[0])} / {a.size}\n a: {a!r}\n b: {b!r}")

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Fail where `assertAllEqual` does not."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        raise AssertionError(f"The two values are equal at all elements. {msg or ''}")

    def assertShapeEqual(self, input_a: Any, input_b: Any, msg: str | None = None) -> None:
        """Fail unless two arrays or tensors have one shape; of tensors the static shape counts.

        Raises TypeError for anything else.
        """
        shapes = []
        for name, value in (("input_a", input_a), ("input_b", input_b)):
            if not isinstance(value, (np.ndarray, np.generic, Tensor)):
                raise TypeError(f"{name} must be a Numpy ndarray, Numpy scalar, or a Tensor. Instead received "
                                f"{type(value)}")
            shapes.append(value.get_shape().as_list() if isinstance(value, Tensor) else list(value.shape))
        self.assertAllEqual(*shapes, msg=msg)

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """Fail unless an array or a tensor has this dtype."""
        found = dtypes.as_dtype(target.dtype if isinstance(target, Tensor) else self._array(target).dtype).base_dtype
        self.assertEqual(found, dtypes.as_dtype(expected_dtype).base_dtype)

    def assertSameStructure(self, a: Any, b: Any, aname: str = "a", bname: str = "b", msg: str | None = None) -> None:
        """Fail unless two nested structures have one form, and equal leaves."""
        try:
            nest.assert_same_structure(a, b)
        except (TypeError, ValueError) as error:
            self.fail(self._formatMessage(msg, f"{aname} and {bname} differ: {error}"))
        self.assertEqual(nest.flatten(a), nest.flatten(b), msg)

    def _same_shape(self, a: np.ndarray, b: np.ndarray, msg: str | None) -> None:
        self.assertEqual(a.shape, b.shape, f"Shape mismatch: expected {a.shape}, got {b.shape}. {msg or ''}")

    # Order and range -------------------------------------------------------------------------------

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """Fail unless every element is greater than the number."""
        self.assertGreater(np.min(self._array(a)), comparison_target)

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        """Fail unless every element is greater than the number or equal to it."""
        self.assertGreaterEqual(np.min(self._array(a)), comparison_target)

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """Fail unless every element is less than the number."""
        self.assertLess(np.max(self._array(a)), comparison_target)

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        """Fail unless every element is less than the number or equal to it."""
        self.assertLessEqual(np.max(self._array(a)), comparison_target)

    def assertAllInRange(self, target: Any, lower_bound: Any, upper_bound: Any, open_lower_bound: bool = False,
                         open_upper_bound: bool = False) -> None:
        """Fail unless every element lies between the bounds, which belong to the range unless said to be open.

        Fails for NaN, and for what is not ordered.
        """
        array = self._array(target)
        if array.dtype.kind not in "iufV" or array.dtype.names:
            raise AssertionError(f"The value of {target} does not have an ordered numeric type, instead it has type: "
                                 f"{array.dtype}")
        array = _computable(array)
        unordered = np.isnan(array)
        if unordered.any():
            raise AssertionError(f"{unordered.sum()} of the {array.size} element(s) are NaN. Subscript(s) and value(s) "
                                 f"of the NaN element(s):\n{_places(array, unordered)}")
        outside = ((array <= lower_bound) if open_lower_bound else (array < lower_bound)) | \
            ((array >= upper_bound) if open_upper_bound else (array > upper_bound))
        if outside.any():
            span = f"{'(' if open_lower_bound else '['}{lower_bound}, {upper_bound}{')' if open_upper_bound else ']'}"
            raise AssertionError(f"{outside.sum()} of the {array.size} element(s) are outside the range {span}. "
                                 f"Subscript(s) and value(s) of the offending elements:\n{_places(array, outside)}")

    def assertAllInSet(self, target: Any, expected_set: Iterable[Any]) -> None:
        """Fail unless every element is one of the set."""
        wanted = set(expected_set)
        others = [value for value in np.unique(self._array(target)).tolist() if value not in wanted]
        if others:
            raise AssertionError(f"{len(others)} unique element(s) are not in the set {wanted}: {others}")

    # Messages of protocol buffers ------------------------------------------------------------------

    def assertProtoEquals(self, expected_message_maybe_ascii: Any, validate_message: Any, msg: str | None = None,
                          relative_tolerance: float | None = None) -> None:
        """Fail unless two protocol buffers are equal; the first may be given as text.

        relative_tolerance: how far numbers may be apart (by default they must be equal).
        Raises TypeError where the first is neither text nor a message of the second's type.
        """
        from google.protobuf import text_format

        expected = expected_message_maybe_ascii
        if isinstance(expected, str):
            expected = text_format.Merge(expected, type(validate_message)())
        if type(expected) is not type(validate_message):
            raise TypeError(f"Cannot compare {type(expected).__name__} with {type(validate_message).__name__}")
        before, after = str(expected).splitlines(), str(validate_message).splitlines()
        if expected == validate_message or (relative_tolerance and _lines_near(before, after, relative_tolerance)):
            return
        lines = difflib.unified_diff(before, after, "expected", "actual", lineterm="")
        raise AssertionError("\n".join([msg or "The messages differ:", *lines]))


def _as_plain(value: Any) -> Any:
    """A named tuple as a dictionary, as its fields are compared by name."""
    as_dict = getattr(value, "_asdict", None)
    return as_dict() if isinstance(value, tuple) and as_dict is not None else value


def _is_regular(*values: Any) -> bool:
    """Whether nested lists are arrays of numbers or strings, without tensors among them."""
    for value in values:
        if any(is_tensor(leaf) or isinstance(leaf, (np.ndarray, Mapping)) for leaf in _leaves(value)):
            return False
        try:
            np.asarray(value)
        except ValueError:  # rows of different lengths
            return False
    return True


def _leaves(value: Any) -> list[Any]:
    return [leaf for item in value for leaf in _leaves(item)] if isinstance(value, (list, tuple)) else [value]


def _computable(array: np.ndarray) -> np.ndarray:
    """bfloat16 and its like as float32, which NumPy computes with; everything else as it is."""
    return array.astype(np.float32) if array.dtype.kind == "V" and not array.dtype.names else array


def _same(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Where two arrays of one shape are equal."""
    if a.dtype.kind in "SUO" or b.dtype.kind in "SUO":
        a, b = _encoded(a), _encoded(b)
        return np.asarray(a == b, dtype=bool)
    a, b = _computable(a), _computable(b)
    same = np.asarray(a == b)
    if a.dtype.kind in "fc" and b.dtype.kind in "fc":
        same = same | (np.isnan(a) & np.isnan(b))
    return same


def _encoded(array: np.ndarray) -> np.ndarray:
    """An object array in which text is bytes."""
    encode = [item.encode() if isinstance(item, str) else item for item in array.ravel().tolist()]
    flat = np.empty(array.size, dtype=object)
    flat[:] = encode
    return flat.reshape(array.shape)


def _places(array: np.ndarray, chosen: np.ndarray) -> str:
    indices = np.argwhere(chosen)[:SHOWN]
    rows = [f"  {[int(i) for i in index]} : {array[tuple(index)]}" for index in indices]
    return "\n".join([*rows, "  ..."] if chosen.sum() > SHOWN else rows)


def _lines_near(before: list[str], after: list[str], tolerance: float) -> bool:
    """Whether two texts of messages are equal but for numbers that are close."""
    if len(before) != len(after):
        return False
    for old, new in zip(before, after, strict=True):
        if old == new:
            continue
        (name, _, x), (other, _, y) = old.partition(": "), new.partition(": ")
        try:
            if name != other or not np.isclose(float(x), float(y), rtol=tolerance, atol=0):
                return False
        except ValueError:
            return False
    return True
