"""Writes `tests/api/keras2.tsv.xz`: the public names of Keras 2.3.1 with their arguments.

    python3.7 tools/keras2_api.py        where keras==2.3.1 and tensorflow==1.15.5 are installed

A line: the name, its kind, its arguments with defaults. A module's names are those that it defines; packages' are all.
"""

import importlib
import inspect
import lzma
import os
import pkgutil
import types
import warnings

import keras  # type: ignore[import-not-found]

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "api", "keras2.tsv.xz")
PACKAGES = frozenset("""
    keras.layers keras.utils keras.backend keras.models keras.callbacks keras.engine keras.engine.topology
    keras.objectives keras.preprocessing.image keras.preprocessing.sequence keras.preprocessing.text keras.legacy.layers
""".split())
INSIDE = ("keras.applications", "keras.backend.", "keras.engine.training_", "keras.legacy.interfaces",
          "keras.utils.test_utils")


def arguments(target):
    """`x, axis=-1`, or `?` where Python cannot tell."""
    try:
        parameters = list(inspect.signature(target.__init__ if inspect.isclass(target) else target).parameters.values())
    except (TypeError, ValueError):
        return "?"
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    texts = []
    for parameter in parameters[inspect.isclass(target):]:
        text = stars.get(parameter.kind, "") + parameter.name
        if parameter.default is not parameter.empty:
            default = repr(parameter.default)
            text += "=" + ("<>" if default.startswith(("<", "array")) else default)
        texts.append(text)
    return ", ".join(texts)


def belongs(module, name, home):
    """Whether a name is of this module, rather than something that it imports."""
    if module.startswith("keras.datasets"):
        return name in ("load_data", "get_word_index")
    if home == "keras.utils.generic_utils" and not module.startswith("keras.utils"):
        return False
    return home == module or module in PACKAGES


def rows():
    """All lines, sorted."""
    modules = ["keras"] + [m.name for m in pkgutil.walk_packages(keras.__path__, "keras.")
                           if not m.name.startswith(INSIDE)]
    for module in sorted(modules):
        try:
            names = vars(importlib.import_module(module))
        except ImportError:  # another backend's
            continue
        for name, target in sorted(names.items()):
            home = getattr(target, "__module__", None) or ""
            if (not name.startswith("_") and not isinstance(target, types.ModuleType) and home.startswith("keras")
                    and (inspect.isclass(target) or inspect.isroutine(target)) and belongs(module, name, home)):
                kind = "class" if inspect.isclass(target) else "function"
                yield f"{module}.{name}\t{kind}\t{arguments(target)}\n".replace("\\t", "\\\\t")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with open(TABLE, "wb") as file:
        file.write(lzma.compress("".join(rows()).encode()))
