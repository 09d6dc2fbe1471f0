"""`Dimension` as TensorFlow's compat.v1 answers: expression, and what it prints or raises."""

import copy
import operator
import pickle

import numpy as np
import pytest

from hornbeam.graph.shapes import Dimension, TensorShape, TensorShapeV1, as_dimension

NOT_A_DIMENSION = "Dimension value must be integer or None or have an __index__ method, got value"
NO_DIVISION = "unsupported operand type(s) for /:"

# Each line was put to TensorFlow 2.21; D is Dimension, S is TensorShape.
TENSORFLOW_SAYS = {
    "D(3)": "Dimension(3)",
    "str(D(3))": "'3'",
    "D(None)": "Dimension(None)",
    "str(D(None))": "'?'",
    "D(3).value": "3",
    "D(None).value": "None",
    "D(D(2))": "Dimension(2)",
    "D(np.int64(3))": "Dimension(3)",
    "D(np.array(3))": "Dimension(3)",
    "D('3')": f"TypeError: {NOT_A_DIMENSION} ''3'' with type '<class 'str'>'",
    "D(1.5)": f"TypeError: {NOT_A_DIMENSION} '1.5' with type '<class 'float'>'",
    "D(2.0)": f"TypeError: {NOT_A_DIMENSION} '2.0' with type '<class 'float'>'",
    "D([1])": f"TypeError: {NOT_A_DIMENSION} '[1]' with type '<class 'list'>'",
    "D(np.float32(2))": f"TypeError: {NOT_A_DIMENSION} 'np.float32(2.0)' with type '<class 'numpy.float32'>'",
    "D(-1)": "ValueError: Dimension -1 must be >= 0",
    # comparisons
    "D(3) == 3": "True",
    "D(3) == D(None)": "None",
    "D(None) == D(None)": "None",
    "D(None) == None": "None",
    "D(3) == None": "None",
    "D(3) != None": "None",
    "D(3) != D(4)": "True",
    "D(3) != D(None)": "None",
    "D(3) == 3.0": "False",
    "D(3) == 'a'": "False",
    "D(3) != 'a'": "True",
    "D(3) == -1": "False",
    "D(3) != -1": "True",
    "D(3) == True": "False",
    "D(3) == S([3])": "True",
    "D(3) < 4": "True",
    "D(3) < D(None)": "None",
    "D(None) < 3": "None",
    "D(3) >= 3": "True",
    "D(3) > 3": "False",
    "D(3) <= 3": "True",
    "D(3) > None": "None",
    "D(3) <= None": "None",
    "D(3) in [3]": "True",
    "D(3) in [4]": "False",
    # as an integer
    "int(D(3))": "3",
    "float(D(3))": "3.0",
    "bool(D(0))": "False",
    "bool(D(None))": "False",
    "bool(D(2))": "True",
    "[1, 2, 3][D(1)]": "2",
    "range(D(3))": "range(0, 3)",
    "'%d' % D(3)": "'3'",
    "'%s' % D(3)": "'3'",
    "'{}'.format(D(3))": "'3'",
    "isinstance(D(3), int)": "False",
    "max(D(3), 2)": "Dimension(3)",
    "sum([D(1), D(2)])": "Dimension(3)",
    # arithmetic
    "D(3) + 2": "Dimension(5)",
    "2 + D(3)": "Dimension(5)",
    "D(3) + None": "Dimension(None)",
    "None + D(3)": "Dimension(None)",
    "D(None) + 1": "Dimension(None)",
    "D(3) - 1": "Dimension(2)",
    "5 - D(3)": "Dimension(2)",
    "D(3) - None": "Dimension(None)",
    "None - D(3)": "Dimension(None)",
    "D(3) - D(5)": "ValueError: Dimension -2 must be >= 0",
    "D(3) * 2": "Dimension(6)",
    "2 * D(3)": "Dimension(6)",
    "D(3) * None": "Dimension(None)",
    "D(None) * 2": "Dimension(None)",
    "D(7) // 2": "Dimension(3)",
    "7 // D(2)": "Dimension(3)",
    "D(None) // 2": "Dimension(None)",
    "D(3) // None": "Dimension(None)",
    "D(7) % 4": "Dimension(3)",
    "7 % D(4)": "Dimension(3)",
    "D(3) % None": "Dimension(None)",
    "D(3) // 0": "ZeroDivisionError: integer division or modulo by zero",
    "D(3) * 1.5": "TypeError: unsupported operand type(s) for *: 'Dimension' and 'float'",
    "D(3) + 1.5": "TypeError: unsupported operand type(s) for +: 'Dimension' and 'float'",
    "D(3) + 'a'": "TypeError: unsupported operand type(s) for +: 'Dimension' and 'str'",
    "D(3) + [1]": "TypeError: unsupported operand type(s) for +: 'Dimension' and 'list'",
    "D(3) * -1": "TypeError: unsupported operand type(s) for *: 'Dimension' and 'int'",
    "D(3) ** 2": "TypeError: unsupported operand type(s) for ** or pow(): 'Dimension' and 'int'",
    "-D(3)": "TypeError: bad operand type for unary -: 'Dimension'",
    "D(7) / 2": f"TypeError: {NO_DIVISION} 'Dimension' and 'int', please use // instead",
    "7 / D(2)": f"TypeError: {NO_DIVISION} 'int' and 'Dimension', please use // instead",
    "6.0 / D(3)": f"TypeError: {NO_DIVISION} 'float' and 'Dimension', please use // instead",
    "D(3) / D(2)": f"TypeError: {NO_DIVISION} 'Dimension' and 'Dimension', please use // instead",
    "[1] * D(2)": "[1, 1]",
    "D(2) * [1]": "[1, 1]",
    "'a' * D(2)": "'aa'",
    # with NumPy
    "np.array([D(3), 2])": "array([Dimension(3), 2], dtype=object)",
    "np.array([-1, D(3)], dtype=np.int32)": "array([-1,  3], dtype=int32)",
    "np.prod([D(3), D(2)])": "Dimension(6)",
    "np.prod([D(3), D(2)], dtype=int)": "np.int64(6)",
    "np.zeros([D(2), 3]).shape": "(2, 3)",
    "np.zeros(D(2)).shape": "(2,)",
    "np.int32(2) * D(3)": "Dimension(6)",
    "np.array([1, 2]) * D(3)": "array([Dimension(3), Dimension(6)], dtype=object)",
    "D(3) * np.array([1, 2])": "array([Dimension(3), Dimension(6)], dtype=object)",
    # two dimensions
    "D(3).merge_with(4)": "ValueError: Dimensions 3 and 4 are not compatible",
    "D(3).merge_with(D(4))": "ValueError: Dimensions 3 and 4 are not compatible",
    "D(3).merge_with(None)": "Dimension(3)",
    "D(None).merge_with(3)": "Dimension(3)",
    "D(None).merge_with(None)": "Dimension(None)",
    "D(3).is_compatible_with(4)": "False",
    "D(3).is_compatible_with(3)": "True",
    "D(3).is_compatible_with(None)": "True",
    "D(None).is_compatible_with(3)": "True",
    "D(3).is_compatible_with('a')": f"TypeError: {NOT_A_DIMENSION} ''a'' with type '<class 'str'>'",
    "D(3).assert_is_compatible_with(4)": "ValueError: Dimensions 3 and 4 are not compatible",
    "D(3).assert_is_compatible_with(D(None))": "None",
}


def outcome(expression, **names):
    try:
        return repr(eval(expression, {"np": np, **names}))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("expression", TENSORFLOW_SAYS)
def test_dimension_answers_as_tensorflow(expression):
    assert outcome(expression, D=Dimension, S=TensorShape) == TENSORFLOW_SAYS[expression]
    assert outcome(expression, D=Dimension, S=TensorShapeV1) == TENSORFLOW_SAYS[expression]


def test_an_unknown_dimension_is_no_integer():
    for convert in (int, operator.index, range, float):
        with pytest.raises(TypeError, match="unknown dimension has no integer value"):
            convert(Dimension(None))


def test_operands_are_named_in_the_order_they_were_written():
    # TensorFlow turns them round.
    assert outcome("2.5 * D(3)", D=Dimension) == (
        "TypeError: unsupported operand type(s) for *: 'float' and 'Dimension'"
    )


def test_order_against_a_negative_number_is_arithmetic():
    assert Dimension(3) > -1
    assert (Dimension(3) < -1) is False
    assert (Dimension(None) > -1) is None


@pytest.mark.parametrize("other", ["a", 1.5, [1]], ids=repr)
def test_no_order_against_what_is_no_dimension(other):
    for size in (3, None):
        with pytest.raises(TypeError, match="'<' not supported between"):
            _ = Dimension(size) < other


def test_a_known_dimension_hashes_as_its_size():
    assert {3: "a"}[Dimension(3)] == "a"
    assert hash(Dimension(None)) == hash(Dimension(None))


def test_truth_values_become_sizes():
    assert repr(Dimension(True)) == "Dimension(1)"


@pytest.mark.parametrize("size", [3, None])
def test_copies(size):
    for made in (pickle.loads(pickle.dumps(Dimension(size))), copy.deepcopy(Dimension(size))):
        assert type(made) is Dimension
        assert made.value == size


def test_as_dimension_keeps_a_dimension():
    d = Dimension(3)
    assert as_dimension(d) is d
    assert as_dimension(4).value == 4
