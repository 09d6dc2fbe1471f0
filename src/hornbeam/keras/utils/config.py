"""Config: settings as attributes and as a dictionary."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

from hornbeam.keras.names import keras_export


@keras_export("utils.Config")
class Config:
    """Settings by name: `config.rate`, `config["rate"]`; `freeze` ends changes.

    Reading what is not there raises AttributeError that names what is near, or KeyError with brackets; changing a
    frozen one raises ValueError.

    >>> config = Config(rate=0.1); config.units = 3; config.as_dict()
    {'rate': 0.1, 'units': 3}
    """

    def __init__(self, **kwargs: Any) -> None:
        self.__dict__["_config"] = {}
        self.__dict__["_frozen"] = False
        for name, value in kwargs.items():
            self[name] = value

    def _check(self) -> None:
        if self._frozen:
            raise ValueError("Cannot mutate attribute(s) because the config is frozen.")

    def __setitem__(self, name: str, value: Any) -> None:
        self._check()
        self._config[name] = value

    __setattr__ = __setitem__

    def __getitem__(self, name: str) -> Any:
        return self._config[name]

    def __getattr__(self, name: str) -> Any:
        settings = self.__dict__.get("_config", {})
        if name in settings:
            return settings[name]
        near = difflib.get_close_matches(name, settings, n=1, cutoff=0.7)
        raise AttributeError(f"Unknown attribute: '{name}'." + (f" Did you mean '{near[0]}'?" if near else ""))

    def __delitem__(self, name: str) -> None:
        self._check()
        del self._config[name]

    __delattr__ = __delitem__

    def get(self, keyname: str, value: Any = None) -> Any:
        """A setting, or `value` where it is not there."""
        return self._config.get(keyname, value)

    def pop(self, *args: Any) -> Any:
        """Take a setting away, and return it: `pop(name)` or `pop(name, default)`."""
        self._check()
        return self._config.pop(*args)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Take settings over from dictionaries."""
        self._check()
        self._config.update(*args, **kwargs)

    def keys(self) -> Any:
        """The names."""
        return self._config.keys()

    def values(self) -> Any:
        """The values."""
        return self._config.values()

    def items(self) -> Any:
        """Pairs of name and value."""
        return self._config.items()

    def freeze(self) -> None:
        """Refuse changes from now on."""
        self.__dict__["_frozen"] = True

    def unfreeze(self) -> None:
        """Allow changes again."""
        self.__dict__["_frozen"] = False

    @property
    def frozen(self) -> bool:
        """Whether changes are refused."""
        return self._frozen

    def as_dict(self) -> dict[str, Any]:
        """The settings as a dictionary of their own."""
        return dict(self._config)

    def to_json(self) -> str:
        """The settings as JSON."""
        return json.dumps(self._config)

    def __contains__(self, name: object) -> bool:
        return name in self._config

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._config))

    def __len__(self) -> int:
        return len(self._config)

    def __repr__(self) -> str:
        return f"<Config {self._config}>"
