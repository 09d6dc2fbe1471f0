"""The public names of `hornbeam.v1.contrib.learn.datasets.mnist`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.learn.data_sets import load_mnist as load_mnist
from hornbeam.v1.examples.tutorials.mnist.input_data import DataSet as DataSet
from hornbeam.v1.examples.tutorials.mnist.input_data import dense_to_one_hot as dense_to_one_hot
from hornbeam.v1.examples.tutorials.mnist.input_data import extract_images as extract_images
from hornbeam.v1.examples.tutorials.mnist.input_data import extract_labels as extract_labels
from hornbeam.v1.examples.tutorials.mnist.input_data import read_data_sets as read_data_sets
