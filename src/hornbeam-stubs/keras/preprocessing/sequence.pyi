"""The public names of `hornbeam.keras.preprocessing.sequence`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.utils.sequence_utils import pad_sequences as pad_sequences
