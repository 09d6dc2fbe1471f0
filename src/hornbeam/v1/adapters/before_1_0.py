"""Names from before TensorFlow 1.0 that old programs still use, for today's functions."""

from __future__ import annotations

from hornbeam.graph import names

RENAMED = {
    "mul": "multiply", "sub": "subtract", "neg": "negative", "inv": "reciprocal", "complex_abs": "abs",
    "list_diff": "setdiff1d", "batch_cholesky": "cholesky", "batch_matrix_inverse": "matrix_inverse",
    "batch_matrix_determinant": "matrix_determinant", "batch_matrix_diag": "matrix_diag",
    "batch_matrix_diag_part": "matrix_diag_part", "batch_matrix_solve": "matrix_solve",
    "batch_matrix_band_part": "matrix_band_part", "batch_fft": "fft", "batch_ifft": "ifft",
}

for _old, _now in RENAMED.items():
    _held = names.names_v1[_now]
    names.register(_held.target, v1=(_old,), old_arguments=_held.old_arguments)
