"""The public names of `hornbeam.keras.datasets.imdb`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.datasets.imdb import get_word_index as get_word_index
from hornbeam.keras.datasets.imdb import load_data as load_data
