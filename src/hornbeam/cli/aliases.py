"""Inside one process, `import tensorflow` (and what is below it) gives Hornbeam.

`install(generation)` puts a finder in front of all others, so that an installed TensorFlow or Keras is
neither needed nor touched. A module has one instance: `tensorflow.nn` *is* `hornbeam.v1.nn`, entered in
`sys.modules` under a second name, never run a second time.

    tensorflow[.x]               hornbeam.v1[.x] or hornbeam[.x], by the generation
    tensorflow.compat.v1[.x]     hornbeam.v1[.x]
    tensorflow.compat.v2[.x]     hornbeam[.x]
    tensorflow.examples[.x]      hornbeam.v1.examples[.x], as is `contrib`
    tensorflow.keras[.x], keras  hornbeam.keras[.x]; modules of Keras 2 look their names up there
    tensorflow.python[.x]        a module whose names are looked up in the public namespaces
    tensorflow.core[.x]_pb2      the same messages, `hornbeam.graph.messages`
"""

import importlib
import logging
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from hornbeam.cli.keras_modules import OLD_PLACES, today
from hornbeam.cli.private_modules import PUBLIC_PLACES

_NAMESPACES = {1: "hornbeam.v1", 2: "hornbeam"}
_MESSAGE_PACKAGES = (
    "core", "core.example", "core.framework", "core.lib", "core.lib.core", "core.protobuf", "core.util")
_NO_KERAS = "Hornbeam has no keras yet"


def install(generation: int) -> None:
    """From now on, in this process, `tensorflow` is Hornbeam's namespace of `generation` (1 or 2).

    In a program of the second, `tensorflow.compat.v1` runs calls at once too, until it is told otherwise.
    """
    sys.meta_path.insert(0, _Finder(generation))
    # Programs set levels and handlers of the logger that TensorFlow writes to.
    logging.Logger.manager.loggerDict["tensorflow"] = logging.getLogger("hornbeam")
    mode = importlib.import_module("hornbeam.graph.mode")
    mode.set_default_graph_for_keras()
    if generation == 2:
        mode.set_v1_builds(False)


def follow_keras_2(beside_tensorflow: bool) -> None:
    """From now on, in this process, what Keras 2 and Keras 3 spell alike does as Keras 2 did.

    beside_tensorflow: the program imports `keras`, whose conventions were not all those of `tensorflow.keras`.
    """
    importlib.import_module("hornbeam.keras.conventions").follow_keras_2(beside_tensorflow)


class _Finder(MetaPathFinder):
    """Answers for `tensorflow`, `keras` and what is below them, and for a Keras that Hornbeam has not."""

    def __init__(self, generation: int) -> None:
        self.namespace = _NAMESPACES[generation]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top, _, below = fullname.partition(".")
        if top == "tensorflow":
            module = self._tensorflow(below)
        elif top == "keras":
            module = _keras(below)
        elif fullname in ("hornbeam.keras", "hornbeam.v1.keras"):
            # `from tensorflow import keras` looks here last. What really stands here is found as always.
            if PathFinder.find_spec(fullname, path) is not None:
                return None
            if fullname == "hornbeam.keras":
                raise ModuleNotFoundError(_NO_KERAS, name="keras")
            module = _keras("")
        elif fullname.startswith("hornbeam.keras.") and fullname.partition(".keras.")[2] in OLD_PLACES:
            # `from keras.utils import np_utils` looks here.
            if PathFinder.find_spec(fullname, path) is not None:
                return None
            module = _keras(fullname.partition(".keras.")[2])
        else:
            return None
        if module is None:
            # Returning None would let the other finders look, and they might find another TensorFlow.
            raise ModuleNotFoundError(
                f"No module named {fullname!r}: Hornbeam stands in for TensorFlow here and has none",
                name=fullname,
            )
        return ModuleSpec(fullname, _Alias(module), is_package=True)

    def _tensorflow(self, below: str) -> ModuleType | None:
        if not below:
            return self._with_compat()
        first, _, rest = below.partition(".")
        if first == "compat":
            generation, _, rest = rest.partition(".")
            if generation in ("v1", "v2"):
                if rest.partition(".")[0] == "keras":
                    return _keras(rest.partition(".")[2])
                return _module(_NAMESPACES[int(generation[1])], rest)
            return self._with_compat().compat if not generation else None
        if first == "keras":
            return _keras(rest)
        if first == "python":
            inner, _, keras = rest.partition(".")
            return _keras(keras) if inner == "keras" else self._private(below)
        if first == "models":  # where recurrent networks stood before 0.7
            return self._private(below)
        if first == "core":
            return _messages(below)
        if below.startswith("contrib.keras"):
            return _keras(rest.partition(".")[2])
        if first in ("examples", "contrib"):
            private = self._private(below) if ".python" in below else None
            return private or _module("hornbeam.v1", below)
        return _module(self.namespace, below)

    def _with_compat(self) -> ModuleType:
        """The namespace; from now on both have both in their `compat`."""
        namespaces = {f"v{n}": importlib.import_module(name) for n, name in _NAMESPACES.items()}
        for namespace in namespaces.values():
            if not hasattr(namespace, "compat"):
                namespace.__dict__["compat"] = _Borrowed("tensorflow.compat")
            for name, other in namespaces.items():
                if not hasattr(namespace.compat, name):
                    setattr(namespace.compat, name, other)
        # Programs compare it with TensorFlow's versions before they start.
        namespaces["v2"].__dict__["__version__"] = namespaces["v2"].version.VERSION
        return importlib.import_module(self.namespace)

    def _private(self, below: str) -> ModuleType | None:
        if below in PUBLIC_PLACES:
            namespaces = dict.fromkeys((self.namespace, "hornbeam.v1"))
            places = [(name, place) for place in PUBLIC_PLACES[below] for name in namespaces]
            return _Private(f"tensorflow.{below}", places)
        if any(module.startswith(below + ".") for module in PUBLIC_PLACES):
            return _Borrowed(f"tensorflow.{below}")
        return None


class _Alias(Loader):
    """Makes a module known under another name."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        # The import system takes what it finds here, in place of the empty module it made.
        sys.modules[module.__name__] = self.module
        if not hasattr(self.module, "__path__"):  # else nothing could be imported from below it
            self.module.__path__ = []


class _Borrowed(ModuleType):
    """A module without names of its own: they are those of the public namespaces `places`."""

    def __init__(self, name: str, places: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(name)
        self.__path__ = []
        self.__dict__["_places"] = places

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            for namespace, below in self.__dict__["_places"]:
                module = _module(namespace, below)
                if module is not None and hasattr(module, name):
                    return getattr(module, name)
        raise AttributeError(f"Hornbeam has no {name!r} for {self.__name__}", name=name, obj=self)


class _Private(_Borrowed):
    """One of TensorFlow's private modules: besides its names, it has the other modules that it imports."""

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            for below in PUBLIC_PLACES:
                if below.startswith("python.") and below.endswith(f".{name}"):
                    return importlib.import_module(f"tensorflow.{below}")
            raise


def _messages(below: str) -> ModuleType | None:
    """The generated protobuf module, or a package on the way to it."""
    if not below.endswith("_pb2"):
        return _Borrowed(f"tensorflow.{below}") if below in _MESSAGE_PACKAGES else None
    name = f"hornbeam.graph.messages.{below.rpartition('.')[2]}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


def _keras(below: str) -> ModuleType | None:
    try:
        importlib.import_module("hornbeam.keras")
    except ModuleNotFoundError as error:
        if error.name not in ("hornbeam.keras", "keras"):
            raise
        raise ModuleNotFoundError(_NO_KERAS, name="keras") from None
    below = today(below)
    if below in OLD_PLACES:
        return _OldKeras(below, [("hornbeam.keras", place) for place in OLD_PLACES[below]])
    if below.rpartition(".")[0] in OLD_PLACES:
        return None
    return _module("hornbeam.keras", below)


class _OldKeras(_Borrowed):
    """A module that Keras had before: the first name that is taken from it says where names are today."""

    def __init__(self, below: str, places: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"keras.{below}", places)
        self.__dict__["_told"] = False

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if not self.__dict__["_told"]:
            self.__dict__["_told"] = True
            warn_of_old_spelling = importlib.import_module("hornbeam.keras.old_names").warn_of_old_spelling
            place = next(f"keras.{below}".rstrip(".") for namespace, below in self.__dict__["_places"]
                         if hasattr(_module(namespace, below), name))
            warn_of_old_spelling(f"`{self.__name__}` is now `{place}`.")
        return found


def _module(name: str, below: str) -> ModuleType | None:
    """The module `below` the module `name`, as an attribute or as a module of its own; None if there is
    none."""
    module = importlib.import_module(name)
    for part in below.split(".") if below else ():
        found = getattr(module, part, None)
        if not isinstance(found, ModuleType):
            full = f"{module.__name__}.{part}"
            try:
                found = importlib.import_module(full)
            except ModuleNotFoundError as error:
                if error.name != full:
                    raise
                return None
        module = found
    return module
