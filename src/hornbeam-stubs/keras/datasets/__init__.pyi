"""The public names of `hornbeam.keras.datasets`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.datasets import boston_housing as boston_housing
from hornbeam.keras.datasets import california_housing as california_housing
from hornbeam.keras.datasets import cifar10 as cifar10
from hornbeam.keras.datasets import cifar100 as cifar100
from hornbeam.keras.datasets import fashion_mnist as fashion_mnist
from hornbeam.keras.datasets import imdb as imdb
from hornbeam.keras.datasets import mnist as mnist
from hornbeam.keras.datasets import reuters as reuters
