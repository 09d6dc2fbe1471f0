"""The public names of `hornbeam.keras.dtype_policies`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras import DTypePolicy as DTypePolicy
from hornbeam.keras import FloatDTypePolicy as FloatDTypePolicy
from hornbeam.keras.dtype_policies.policy import deserialize as deserialize
from hornbeam.keras.dtype_policies.policy import get as get
from hornbeam.keras.dtype_policies.policy import serialize as serialize
from hornbeam.keras.dtype_policies.policy_map import DTypePolicyMap as DTypePolicyMap
