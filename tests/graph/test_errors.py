"""Errors: codes and texts as TensorFlow's, and our own that name both sides of a contradiction."""

import pickle
from types import SimpleNamespace

import pytest

from hornbeam.graph import errors
from hornbeam.graph.errors import NotDifferentiable, OpError, ShapeError, UnknownName, message

TENSORFLOW_SAYS = [
    ("CANCELLED", 1, "CancelledError"),
    ("UNKNOWN", 2, "UnknownError"),
    ("INVALID_ARGUMENT", 3, "InvalidArgumentError"),
    ("DEADLINE_EXCEEDED", 4, "DeadlineExceededError"),
    ("NOT_FOUND", 5, "NotFoundError"),
    ("ALREADY_EXISTS", 6, "AlreadyExistsError"),
    ("PERMISSION_DENIED", 7, "PermissionDeniedError"),
    ("RESOURCE_EXHAUSTED", 8, "ResourceExhaustedError"),
    ("FAILED_PRECONDITION", 9, "FailedPreconditionError"),
    ("ABORTED", 10, "AbortedError"),
    ("OUT_OF_RANGE", 11, "OutOfRangeError"),
    ("UNIMPLEMENTED", 12, "UnimplementedError"),
    ("INTERNAL", 13, "InternalError"),
    ("UNAVAILABLE", 14, "UnavailableError"),
    ("DATA_LOSS", 15, "DataLossError"),
    ("UNAUTHENTICATED", 16, "UnauthenticatedError"),
]
CLASSES = [getattr(errors, name) for _, _, name in TENSORFLOW_SAYS]

frame = SimpleNamespace(filename="train.py", lineno=31, function="<module>", line="y = tf.identity(x)")
op = SimpleNamespace(name="y", traceback=[frame])


@pytest.mark.parametrize(("constant", "code", "name"), TENSORFLOW_SAYS)
def test_codes(constant, code, name):
    cls = getattr(errors, name)
    assert getattr(errors, constant) == code
    assert errors.exception_type_from_error_code(code) is cls
    assert errors.error_code_from_exception_type(cls) == code
    error = cls(None, None, "words")
    assert isinstance(error, OpError)
    assert error.error_code == code


def test_ok_is_zero_and_no_error():
    assert errors.OK == 0
    for code in (0, 99):
        with pytest.raises(KeyError):
            errors.exception_type_from_error_code(code)


def test_every_class_of_errors_is_in_the_table():
    coded = {c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, OpError)}
    assert {c for c in coded if not c.__name__.startswith("_")} == {OpError, *CLASSES}


def test_codes_of_other_classes_are_unknown():
    assert errors.error_code_from_exception_type(OpError) == errors.UNKNOWN
    assert errors.error_code_from_exception_type(ValueError) == errors.UNKNOWN


def test_a_users_subclass_has_the_code_and_does_not_take_the_place():
    class NoCheckpoint(errors.NotFoundError):
        pass

    assert NoCheckpoint(None, None, "gone").error_code == errors.NOT_FOUND
    assert errors.error_code_from_exception_type(NoCheckpoint) == errors.NOT_FOUND
    assert errors.exception_type_from_error_code(errors.NOT_FOUND) is errors.NotFoundError


def test_parts_of_an_op_error():
    node = object()
    error = OpError(node, op, "words", 3)
    assert error.node_def is node
    assert error.op is op
    assert error.message == "words"
    assert error.error_code == 3
    assert error.experimental_payloads == {}
    assert OpError(None, None, "words").error_code == errors.UNKNOWN
    assert errors.AbortedError(None, None, "words", {b"a": b"b"}).experimental_payloads == {b"a": b"b"}


def test_text_without_an_op_is_the_message():
    error = errors.InvalidArgumentError(None, None, "Incompatible shapes: [2] vs. [3]")
    assert str(error) == "Incompatible shapes: [2] vs. [3]"
    assert repr(error) == "InvalidArgumentError('Incompatible shapes: [2] vs. [3]')"


def test_text_with_an_op_ends_with_the_users_lines():
    assert str(errors.InvalidArgumentError(None, op, "words")) == (
        "words\n\n"
        "Original stack trace for 'y':\n"
        '  File "train.py", line 31, in <module>\n'
        "    y = tf.identity(x)\n"
    )


def test_a_line_that_cannot_be_read_is_left_out():
    unread = SimpleNamespace(name="y", traceback=[SimpleNamespace(**{**vars(frame), "line": ""})])
    assert str(errors.InternalError(None, unread, "words")) == (
        "words\n\nOriginal stack trace for 'y':\n  File \"train.py\", line 31, in <module>\n"
    )


def test_an_op_nobody_knows_the_lines_of():
    assert str(errors.InternalError(None, SimpleNamespace(name="y", traceback=[]), "words")) == "words"


@pytest.mark.parametrize("cls", [OpError, *CLASSES])
def test_pickle_keeps_class_code_and_text_but_not_the_graph(cls):
    error = cls(object(), op, "words")
    error.add_note("seen at step 3")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is cls
    assert (back.message, back.error_code, str(back)) == ("words", error.error_code, str(error))
    assert "train.py" in str(back)
    assert back.op is None
    assert back.node_def is None
    assert back.args == ("words",)
    assert back.__notes__ == ["seen at step 3"]
    assert str(pickle.loads(pickle.dumps(back))) == str(error)


class WithItsOwnArguments(errors.DataLossError):
    def __init__(self, path):
        super().__init__(None, None, f"{path} is corrupt")
        self.path = path


def test_pickle_does_not_call_the_constructor_of_a_subclass():
    back = pickle.loads(pickle.dumps(WithItsOwnArguments("a.txt")))
    assert (back.path, str(back), back.error_code) == ("a.txt", "a.txt is corrupt", errors.DATA_LOSS)


def test_errors_of_symbolic_tensors_are_pythons():
    assert issubclass(errors.OperatorNotAllowedInGraphError, TypeError)
    assert issubclass(errors.InaccessibleTensorError, ValueError)
    assert not hasattr(errors, "raise_exception_on_not_ok_status")


FULL = {
    "at": "encoder/block_2/dense",
    "op": "MatMul",
    "arg": "x",
    "expected": "last dimension 3 (the rows of kernel [3, 4])",
    "got": "[2, 5]",
    "made_at": "made at model.py:18",
    "hint": "the layer was built for 3 features; slice x[..., :3].",
}


def without(*names):
    return {name: part for name, part in FULL.items() if name not in names}


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (
            FULL,
            "encoder/block_2/dense: MatMul: x must have last dimension 3 (the rows of kernel [3, 4]), "
            "got [2, 5]. Made at model.py:18. The layer was built for 3 features; slice x[..., :3].",
        ),
        (
            without("at", "hint", "made_at"),
            "MatMul: x must have last dimension 3 (the rows of kernel [3, 4]), got [2, 5].",
        ),
        (without("at", "op", "arg", "hint", "made_at", "expected"), "got [2, 5]."),
        ({"op": "MatMul", "arg": "x", "got": "[2, 5]"}, "MatMul: x, got [2, 5]."),
        ({"hint": "try again"}, "Try again."),
        ({}, ""),
    ],
)
def test_message(parts, text):
    assert message(**parts) == text


def test_shape_error_carries_its_parts():
    error = ShapeError(**FULL)
    assert isinstance(error, ValueError)
    assert str(error) == message(**FULL)
    assert {name: getattr(error, name) for name in FULL} == FULL
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is ShapeError
    assert str(back) == str(error)
    assert {name: getattr(back, name) for name in FULL} == FULL


def test_not_differentiable_says_where_and_why():
    error = NotDifferentiable("ArgMax", "integer result", "made at train.py:31")
    assert str(error) == "gradient stops at ArgMax (integer result), made at train.py:31"
    assert str(NotDifferentiable("ArgMax", "integer result")) == "gradient stops at ArgMax (integer result)"
    back = pickle.loads(pickle.dumps(error))
    assert (back.op, back.reason, back.made_at) == ("ArgMax", "integer result", "made at train.py:31")
    assert str(back) == str(error)


@pytest.mark.parametrize("error", [UnknownName("'a' is not here"), NotDifferentiable("A", "b")])
def test_look_ups_print_without_quotes_round_the_text(error):
    assert isinstance(error, LookupError)
    assert not isinstance(error, KeyError)
    assert not str(error).startswith('"')
