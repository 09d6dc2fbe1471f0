"""The public names of `hornbeam.audio`. Written by tools/make_api.py: run `make api`, do not edit."""

from typing import Any

def decode_wav(contents: Any, desired_channels: int = -1, desired_samples: int = -1, name: str | None = None) -> Any:
    r"""The samples of a WAV file, float32 [samples, channels] from -1 to 1, and how many there are a second, int32."""
def encode_wav(audio: Any, sample_rate: Any, name: str | None = None) -> Any:
    r"""A WAV file of samples, float32 [samples, channels] from -1 to 1, which are rounded to 16 bits."""
