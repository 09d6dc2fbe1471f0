"""The public names of `hornbeam.v1.spectral`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.signal import dct as dct
from hornbeam.signal import fft as fft
from hornbeam.signal import fft2d as fft2d
from hornbeam.signal import fft3d as fft3d
from hornbeam.signal import idct as idct
from hornbeam.signal import ifft as ifft
from hornbeam.signal import ifft2d as ifft2d
from hornbeam.signal import ifft3d as ifft3d
from hornbeam.signal import irfft as irfft
from hornbeam.signal import irfft2d as irfft2d
from hornbeam.signal import irfft3d as irfft3d
from hornbeam.signal import rfft as rfft
from hornbeam.signal import rfft2d as rfft2d
from hornbeam.signal import rfft3d as rfft3d
