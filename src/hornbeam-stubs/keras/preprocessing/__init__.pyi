"""The public names of `hornbeam.keras.preprocessing`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.preprocessing import image as image
from hornbeam.keras.preprocessing import sequence as sequence
from hornbeam.keras.utils.directories import image_dataset_from_directory as image_dataset_from_directory
from hornbeam.keras.utils.directories import text_dataset_from_directory as text_dataset_from_directory
from hornbeam.keras.utils.timeseries import timeseries_dataset_from_array as timeseries_dataset_from_array
