"""The public names of `hornbeam.lookup`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.lookup import experimental as experimental
from hornbeam.runtime.lookup import KeyValueTensorInitializer as KeyValueTensorInitializer
from hornbeam.runtime.lookup import StaticHashTable as StaticHashTable
from hornbeam.runtime.lookup import StaticVocabularyTable as StaticVocabularyTable
from hornbeam.runtime.lookup import TextFileIndex as TextFileIndex
from hornbeam.runtime.lookup import TextFileInitializer as TextFileInitializer
