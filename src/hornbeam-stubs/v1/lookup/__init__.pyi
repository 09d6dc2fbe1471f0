"""The public names of `hornbeam.v1.lookup`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.lookup import TextFileIndex as TextFileIndex
from hornbeam.v1.adapters.lookup import StaticHashTable as StaticHashTable
from hornbeam.v1.adapters.lookup import StaticVocabularyTable as StaticVocabularyTable
from hornbeam.v1.contrib.lookup import KeyValueTensorInitializer as KeyValueTensorInitializer
from hornbeam.v1.contrib.lookup import TextFileInitializer as TextFileInitializer
from hornbeam.v1.lookup import experimental as experimental
