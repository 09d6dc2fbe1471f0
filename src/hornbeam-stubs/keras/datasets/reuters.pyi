"""The public names of `hornbeam.keras.datasets.reuters`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.datasets.reuters import get_label_names as get_label_names
from hornbeam.keras.datasets.reuters import get_word_index as get_word_index
from hornbeam.keras.datasets.reuters import load_data as load_data
