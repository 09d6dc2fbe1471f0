"""The public names of `hornbeam.config.threading`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.process_options import get_inter_op_parallelism_threads as get_inter_op_parallelism_threads
from hornbeam.runtime.process_options import get_intra_op_parallelism_threads as get_intra_op_parallelism_threads
from hornbeam.runtime.process_options import set_inter_op_parallelism_threads as set_inter_op_parallelism_threads
from hornbeam.runtime.process_options import set_intra_op_parallelism_threads as set_intra_op_parallelism_threads
