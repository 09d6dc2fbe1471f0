"""The public names of `hornbeam.v1.contrib.feature_column`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.feature_column import sequence_numeric_column as sequence_numeric_column
from hornbeam.v1.adapters.feature_columns import sequence_input_layer as sequence_input_layer
