"""Every error a user of Hornbeam can meet.

Three families:

* `OpError` and its subclasses, one per status code: what an operation reports
  when it runs.  They carry the operation, its node and the code.
* `ShapeError`, `UnknownName`, `NotDifferentiable`: what is found before
  anything runs.  They are ordinary `ValueError`s and `LookupError`s.
* `OperatorNotAllowedInGraphError`, `InaccessibleTensorError`: a symbolic tensor
  used where only a value will do.
"""

from __future__ import annotations

from typing import Any

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """An operation failed while it ran.

    node_def: the node's definition, or None.  op: the `Operation`, or None where
    the failure did not come from a graph.  message: what happened, in words.
    error_code: one of the constants of this module.  One further argument, a
    mapping of bytes to bytes, becomes `experimental_payloads`.

    >>> error = NotFoundError(None, None, "no file 'a.txt'")
    >>> error.error_code, str(error)
    (5, "no file 'a.txt'")
    """

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int = UNKNOWN, *args: Any) -> None:
        # Exception.args is set here and not left to BaseException.__new__, so that
        # `repr` and logging show the message and not the node.
        super().__init__(message)
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code
        self._payloads = args[0] if args else {}
        self._text: str | None = None

    @property
    def message(self) -> str:
        """What happened, in words."""
        return self._message

    @property
    def op(self) -> Any:
        """The operation that failed, or None where it is not known."""
        return self._op

    @property
    def node_def(self) -> Any:
        """The `NodeDef` of the operation that failed, or None where it is not known or cannot be made."""
        if self._node_def is None and self._op is not None:
            try:
                return self._op.node_def
            except (ImportError, ValueError):
                return None
        return self._node_def

    @property
    def error_code(self) -> int:
        """The status code: one of `OK` to `UNAUTHENTICATED`."""
        return self._error_code

    @property
    def experimental_payloads(self) -> dict[Any, Any]:
        """What else the operation had to say, as a mapping of bytes to bytes."""
        return self._payloads

    def __str__(self) -> str:
        if self._text is not None:
            return self._text
        place = _where_made(self._op)
        if not place:
            return str(self._message)
        return f"{self._message}\n\nOriginal stack trace for {self._op.name!r}:\n{place}\n"

    def __reduce__(self) -> tuple[Any, ...]:
        # A graph does not travel to another process: the error goes without it and keeps its text.
        state = {**self.__dict__, "_op": None, "_node_def": None, "_text": str(self)}
        return _without_init, (type(self), self._message), state


def _without_init(cls: type[OpError], message: str) -> OpError:
    return cls.__new__(cls, message)


def _where_made(op: Any) -> str:
    """The user's lines that made `op`, outermost first, as the interpreter prints them; '' if unknown."""
    lines = []
    for frame in getattr(op, "traceback", None) or ():
        lines.append(f'  File "{frame.filename}", line {frame.lineno}, in {frame.function}')
        if frame.line:
            lines.append(f"    {frame.line}")
    return "\n".join(lines)


_CLASS_OF_CODE: dict[int, type[OpError]] = {}


class _CodedError(OpError):
    """An `OpError` whose class says its code."""

    code = UNKNOWN

    def __init__(self, node_def: Any, op: Any, message: str, *args: Any) -> None:
        super().__init__(node_def, op, message, self.code, *args)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # A user's subclass of, say, NotFoundError inherits the code and is not the
        # class of that code.
        if "code" in vars(cls):
            _CLASS_OF_CODE[cls.code] = cls


class CancelledError(_CodedError):
    """The operation was cancelled, for instance because its session closed."""

    code = CANCELLED


class UnknownError(_CodedError):
    """The operation failed and nothing more is known."""

    code = UNKNOWN


class InvalidArgumentError(_CodedError):
    """An argument has a value the operation cannot take: a shape, an index, a label."""

    code = INVALID_ARGUMENT


class DeadlineExceededError(_CodedError):
    """The operation did not finish in the time it was given."""

    code = DEADLINE_EXCEEDED


class NotFoundError(_CodedError):
    """A file, a key of a checkpoint or another thing asked for does not exist."""

    code = NOT_FOUND


class AlreadyExistsError(_CodedError):
    """The thing to be made exists already."""

    code = ALREADY_EXISTS


class PermissionDeniedError(_CodedError):
    """The caller may not do this."""

    code = PERMISSION_DENIED


class ResourceExhaustedError(_CodedError):
    """Memory, disk or a quota is used up."""

    code = RESOURCE_EXHAUSTED


class FailedPreconditionError(_CodedError):
    """The system is not in the state the operation needs: an uninitialised variable."""

    code = FAILED_PRECONDITION


class AbortedError(_CodedError):
    """The operation was given up, usually because of another one at the same time."""

    code = ABORTED


class OutOfRangeError(_CodedError):
    """The operation went past the end: of a dataset, a file, a queue."""

    code = OUT_OF_RANGE


class UnimplementedError(_CodedError):
    """The operation does not exist for this type or device."""

    code = UNIMPLEMENTED


class InternalError(_CodedError):
    """The system contradicts itself: a defect of Hornbeam or of what lies below."""

    code = INTERNAL


class UnavailableError(_CodedError):
    """A service cannot be reached now; trying again may help."""

    code = UNAVAILABLE


class DataLossError(_CodedError):
    """Data is lost or corrupt: a checkpoint or a record whose checksum is wrong."""

    code = DATA_LOSS


class UnauthenticatedError(_CodedError):
    """The caller has not said who it is."""

    code = UNAUTHENTICATED


def exception_type_from_error_code(error_code: int) -> type[OpError]:
    """The class of errors with this code.  KeyError for a number that is no code."""
    return _CLASS_OF_CODE[error_code]


def error_code_from_exception_type(cls: type[BaseException]) -> int:
    """The code of a class of errors; `UNKNOWN` for a class that has none.

    >>> error_code_from_exception_type(OutOfRangeError)
    11
    """
    return getattr(cls, "code", UNKNOWN) if issubclass(cls, OpError) else UNKNOWN


class OperatorNotAllowedInGraphError(TypeError):
    """A symbolic tensor was used as a Python value: in `if`, `while`, `for`, `in`."""


class InaccessibleTensorError(ValueError):
    """A tensor was used outside the function or branch it was made in."""


class LeakedTensorError(TypeError, InaccessibleTensorError):
    """A tensor of a function that has ended was used: TensorFlow calls that a TypeError, or the class above."""


def message(
    *,
    at: str | None = None,
    op: str | None = None,
    arg: str | None = None,
    expected: str | None = None,
    got: str | None = None,
    hint: str | None = None,
    made_at: str | None = None,
) -> str:
    """One sentence or three from the parts of an error; a part that is None is left out.

    at: where in the model (a layer's path).  op, arg: which operation and which of
    its arguments.  expected, got: the two sides of the contradiction.  made_at: which
    line of the user made it, as `Operation.made_at` says it.  hint: what to do.

    >>> message(at="encoder/dense", op="MatMul", arg="x", expected="last dimension 3",
    ...         got="[2, 5]", made_at="made at model.py:18", hint="slice x[..., :3]")
    'encoder/dense: MatMul: x must have last dimension 3, got [2, 5]. Made at model.py:18. Slice x[..., :3].'
    """
    claim = " must have ".join(part for part in (arg, expected) if part)
    if got:
        claim = f"{claim}, got {got}" if claim else f"got {got}"
    sentences = [": ".join(part for part in (at, op, claim) if part)]
    sentences += [part[0].upper() + part[1:] for part in (made_at, hint) if part]
    return " ".join(s.rstrip(".") + "." for s in sentences if s)


class ShapeError(ValueError):
    """Shapes contradict each other, found before anything runs.

    Says where in the model (`at`), which operation (`op`) and argument (`arg`),
    what was `expected`, what it `got`, and what to do (`hint`).
    """

    def __init__(
        self,
        *,
        expected: str,
        got: str,
        at: str | None = None,
        op: str | None = None,
        arg: str | None = None,
        hint: str | None = None,
        made_at: str | None = None,
    ) -> None:
        self.at, self.op, self.arg = at, op, arg
        self.expected, self.got, self.hint, self.made_at = expected, got, hint, made_at
        super().__init__(message(**self._parts()))

    def _parts(self) -> dict[str, Any]:
        names = ("at", "op", "arg", "expected", "got", "hint", "made_at")
        return {name: getattr(self, name) for name in names}

    def __reduce__(self) -> tuple[Any, ...]:
        return _shape_error, (self._parts(),)


def _shape_error(parts: dict[str, Any]) -> ShapeError:
    return ShapeError(**parts)


class UnknownName(LookupError):
    """A name was looked up that nothing is registered under."""


class NotDifferentiable(LookupError):
    """A gradient was asked of an operation that says it has none.

    op: the type of the operation.  reason: why it has none, in the words of its
    declaration.  made_at: which line of the user made it, as `Operation.made_at` says it.

    >>> print(NotDifferentiable("ArgMax", "integer result", "made at train.py:31"))
    gradient stops at ArgMax (integer result), made at train.py:31
    """

    def __init__(self, op: str, reason: str, made_at: str | None = None) -> None:
        self.op, self.reason, self.made_at = op, reason, made_at
        made = f", {made_at}" if made_at else ""
        super().__init__(f"gradient stops at {op} ({reason}){made}")

    def __reduce__(self) -> tuple[Any, ...]:
        return NotDifferentiable, (self.op, self.reason, self.made_at)
