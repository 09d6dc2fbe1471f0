"""The public names of `hornbeam.keras.random`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.random.draws import beta as beta
from hornbeam.keras.random.draws import binomial as binomial
from hornbeam.keras.random.draws import categorical as categorical
from hornbeam.keras.random.draws import dropout as dropout
from hornbeam.keras.random.draws import gamma as gamma
from hornbeam.keras.random.draws import normal as normal
from hornbeam.keras.random.draws import randint as randint
from hornbeam.keras.random.draws import shuffle as shuffle
from hornbeam.keras.random.draws import truncated_normal as truncated_normal
from hornbeam.keras.random.draws import uniform as uniform
from hornbeam.keras.random.seed_generator import SeedGenerator as SeedGenerator
