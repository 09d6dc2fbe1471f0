"""The public names of `hornbeam.v1.contrib.learn.datasets.base`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.learn.data_sets import Dataset as Dataset
from hornbeam.v1.contrib.learn.data_sets import Datasets as Datasets
from hornbeam.v1.contrib.learn.data_sets import load_csv_with_header as load_csv_with_header
from hornbeam.v1.contrib.learn.data_sets import load_csv_without_header as load_csv_without_header
from hornbeam.v1.contrib.learn.data_sets import shrink_csv as shrink_csv
from hornbeam.v1.examples.tutorials.mnist.input_data import maybe_download as maybe_download
