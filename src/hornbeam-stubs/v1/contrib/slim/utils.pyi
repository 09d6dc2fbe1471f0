"""The public names of `hornbeam.v1.contrib.slim.utils`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.framework import smart_cond as smart_cond
from hornbeam.v1.contrib.layers.utils import append_tensor_alias as append_tensor_alias
from hornbeam.v1.contrib.layers.utils import append_tensor_aliases as append_tensor_aliases
from hornbeam.v1.contrib.layers.utils import channel_dimension as channel_dimension
from hornbeam.v1.contrib.layers.utils import collect_named_outputs as collect_named_outputs
from hornbeam.v1.contrib.layers.utils import constant_value as constant_value
from hornbeam.v1.contrib.layers.utils import convert_collection_to_dict as convert_collection_to_dict
from hornbeam.v1.contrib.layers.utils import first_dimension as first_dimension
from hornbeam.v1.contrib.layers.utils import gather_tensors_aliases as gather_tensors_aliases
from hornbeam.v1.contrib.layers.utils import get_tensor_aliases as get_tensor_aliases
from hornbeam.v1.contrib.layers.utils import last_dimension as last_dimension
from hornbeam.v1.contrib.layers.utils import n_positive_integers as n_positive_integers
from hornbeam.v1.contrib.layers.utils import static_cond as static_cond
from hornbeam.v1.contrib.layers.utils import two_element_tuple as two_element_tuple
