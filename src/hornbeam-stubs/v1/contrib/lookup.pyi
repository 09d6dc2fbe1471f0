"""The public names of `hornbeam.v1.contrib.lookup`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.lookup import TextFileIndex as TextFileIndex
from hornbeam.runtime.lookup import HasherSpec as HasherSpec
from hornbeam.runtime.lookup import HasherSpec as _HasherSpec
from hornbeam.runtime.lookup import InitializableTable as _InitializableLookupTableBase
from hornbeam.runtime.lookup import LookupInterface as LookupInterface
from hornbeam.runtime.lookup import TableInitializerBase as TableInitializerBase
from hornbeam.runtime.lookup import strong_hash_spec as _StrongHashSpec
from hornbeam.v1.adapters.lookup import DenseHashTable as _MutableDenseHashTable
from hornbeam.v1.adapters.lookup import HashTable as HashTable
from hornbeam.v1.adapters.lookup import IdTableWithHashBuckets as IdTableWithHashBuckets
from hornbeam.v1.adapters.lookup import KeyValueTensorInitializer as KeyValueTensorInitializer
from hornbeam.v1.adapters.lookup import MutableHashTable as MutableHashTable
from hornbeam.v1.adapters.lookup import TextFileIdTableInitializer as TextFileIdTableInitializer
from hornbeam.v1.adapters.lookup import TextFileInitializer as TextFileInitializer
from hornbeam.v1.adapters.lookup import TextFileStringTableInitializer as TextFileStringTableInitializer
from hornbeam.v1.adapters.lookup import index_table_from_file as index_table_from_file
from hornbeam.v1.adapters.lookup import index_table_from_tensor as index_table_from_tensor
from hornbeam.v1.adapters.lookup import index_to_string as index_to_string
from hornbeam.v1.adapters.lookup import index_to_string_table_from_file as index_to_string_table_from_file
from hornbeam.v1.adapters.lookup import index_to_string_table_from_tensor as index_to_string_table_from_tensor
from hornbeam.v1.adapters.lookup import string_to_index as string_to_index
from hornbeam.v1.adapters.lookup import string_to_index_table_from_file as string_to_index_table_from_file

FastHashSpec: _HasherSpec
InitializableLookupTableBase = _InitializableLookupTableBase
MutableDenseHashTable = _MutableDenseHashTable
StrongHashSpec = _StrongHashSpec
string_to_index_table_from_tensor = index_table_from_tensor
