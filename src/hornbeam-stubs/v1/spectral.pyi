"""The public names of `hornbeam.v1.spectral`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.signal import dct as dct
from hornbeam.ops.signal import idct as idct
from hornbeam.ops.spectral import irfft as irfft
from hornbeam.ops.spectral import irfft2d as irfft2d
from hornbeam.ops.spectral import irfft3d as irfft3d
from hornbeam.ops.spectral import rfft as rfft
from hornbeam.ops.spectral import rfft2d as rfft2d
from hornbeam.ops.spectral import rfft3d as rfft3d
from typing import Any

def fft(input: Any, name: str | None = None) -> Any:
    r"""The discrete Fourier transform over the last dimension: Σ x[t] · exp(-2πi · k · t / n)."""
def fft2d(input: Any, name: str | None = None) -> Any:
    r"""The discrete Fourier transform over the last two dimensions."""
def fft3d(input: Any, name: str | None = None) -> Any:
    r"""The discrete Fourier transform over the last three dimensions."""
def ifft(input: Any, name: str | None = None) -> Any:
    r"""The inverse discrete Fourier transform over the last dimension."""
def ifft2d(input: Any, name: str | None = None) -> Any:
    r"""The inverse discrete Fourier transform over the last two dimensions."""
def ifft3d(input: Any, name: str | None = None) -> Any:
    r"""The inverse discrete Fourier transform over the last three dimensions."""
