"""TensorArrays as TensorFlow 1 writes them: a handle, and a flow that orders reads and writes.

Here the flow is the array itself, so the handle is only looked at for how the array was made.
"""

from __future__ import annotations
