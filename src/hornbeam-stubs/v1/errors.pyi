"""The public names of `hornbeam.v1.errors`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.graph.errors import AbortedError as AbortedError
from hornbeam.graph.errors import AlreadyExistsError as AlreadyExistsError
from hornbeam.graph.errors import CancelledError as CancelledError
from hornbeam.graph.errors import DataLossError as DataLossError
from hornbeam.graph.errors import DeadlineExceededError as DeadlineExceededError
from hornbeam.graph.errors import FailedPreconditionError as FailedPreconditionError
from hornbeam.graph.errors import InaccessibleTensorError as InaccessibleTensorError
from hornbeam.graph.errors import InternalError as InternalError
from hornbeam.graph.errors import InvalidArgumentError as InvalidArgumentError
from hornbeam.graph.errors import NotFoundError as NotFoundError
from hornbeam.graph.errors import OpError as OpError
from hornbeam.graph.errors import OperatorNotAllowedInGraphError as OperatorNotAllowedInGraphError
from hornbeam.graph.errors import OutOfRangeError as OutOfRangeError
from hornbeam.graph.errors import PermissionDeniedError as PermissionDeniedError
from hornbeam.graph.errors import ResourceExhaustedError as ResourceExhaustedError
from hornbeam.graph.errors import UnauthenticatedError as UnauthenticatedError
from hornbeam.graph.errors import UnavailableError as UnavailableError
from hornbeam.graph.errors import UnimplementedError as UnimplementedError
from hornbeam.graph.errors import UnknownError as UnknownError
from hornbeam.graph.errors import error_code_from_exception_type as error_code_from_exception_type
from hornbeam.graph.errors import exception_type_from_error_code as exception_type_from_error_code

ABORTED: int
ALREADY_EXISTS: int
CANCELLED: int
DATA_LOSS: int
DEADLINE_EXCEEDED: int
FAILED_PRECONDITION: int
INTERNAL: int
INVALID_ARGUMENT: int
NOT_FOUND: int
OK: int
OUT_OF_RANGE: int
PERMISSION_DENIED: int
RESOURCE_EXHAUSTED: int
UNAUTHENTICATED: int
UNAVAILABLE: int
UNIMPLEMENTED: int
UNKNOWN: int
