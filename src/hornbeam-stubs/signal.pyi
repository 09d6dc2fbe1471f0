"""The public names of `hornbeam.signal`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.signal import dct as dct
from hornbeam.ops.signal import frame as frame
from hornbeam.ops.signal import hamming_window as hamming_window
from hornbeam.ops.signal import hann_window as hann_window
from hornbeam.ops.signal import idct as idct
from hornbeam.ops.signal import inverse_mdct as inverse_mdct
from hornbeam.ops.signal import inverse_stft as inverse_stft
from hornbeam.ops.signal import inverse_stft_window_fn as inverse_stft_window_fn
from hornbeam.ops.signal import kaiser_bessel_derived_window as kaiser_bessel_derived_window
from hornbeam.ops.signal import kaiser_window as kaiser_window
from hornbeam.ops.signal import linear_to_mel_weight_matrix as linear_to_mel_weight_matrix
from hornbeam.ops.signal import mdct as mdct
from hornbeam.ops.signal import mfccs_from_log_mel_spectrograms as mfccs_from_log_mel_spectrograms
from hornbeam.ops.signal import overlap_and_add as overlap_and_add
from hornbeam.ops.signal import stft as stft
from hornbeam.ops.signal import vorbis_window as vorbis_window
from hornbeam.ops.spectral import fftshift as fftshift
from hornbeam.ops.spectral import ifftshift as ifftshift
from hornbeam.ops.spectral import irfft as irfft
from hornbeam.ops.spectral import irfft2d as irfft2d
from hornbeam.ops.spectral import irfft3d as irfft3d
from hornbeam.ops.spectral import rfft as rfft
from hornbeam.ops.spectral import rfft2d as rfft2d
from hornbeam.ops.spectral import rfft3d as rfft3d
from hornbeam.ops.spectral_nd import fftnd as fftnd
from hornbeam.ops.spectral_nd import ifftnd as ifftnd
from hornbeam.ops.spectral_nd import irfftnd as irfftnd
from hornbeam.ops.spectral_nd import rfftnd as rfftnd
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
