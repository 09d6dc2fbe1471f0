"""The public names of `hornbeam.v1.contrib.signal`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.signal import frame as frame
from hornbeam.signal import hamming_window as hamming_window
from hornbeam.signal import hann_window as hann_window
from hornbeam.signal import inverse_stft as inverse_stft
from hornbeam.signal import inverse_stft_window_fn as inverse_stft_window_fn
from hornbeam.signal import linear_to_mel_weight_matrix as linear_to_mel_weight_matrix
from hornbeam.signal import mfccs_from_log_mel_spectrograms as mfccs_from_log_mel_spectrograms
from hornbeam.signal import overlap_and_add as overlap_and_add
from hornbeam.signal import stft as stft
