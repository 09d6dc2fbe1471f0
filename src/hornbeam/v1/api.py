"""TF1's namespace itself, for what is written as its users write: on public names alone.

They are looked up when they are used, so it does not matter which module is imported first.
"""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as _namespace

tf: Any = _namespace
