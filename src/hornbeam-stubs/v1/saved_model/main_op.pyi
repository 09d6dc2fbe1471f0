"""The public names of `hornbeam.v1.saved_model.main_op`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.train.saved_model.loader import main_op as main_op
from hornbeam.v1.saved_model import main_op_with_restore as main_op_with_restore
