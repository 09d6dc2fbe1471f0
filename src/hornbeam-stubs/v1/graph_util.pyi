"""The public names of `hornbeam.v1.graph_util`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import import_graph_def as import_graph_def
from hornbeam.train.graph_util import convert_variables_to_constants as convert_variables_to_constants
from hornbeam.train.graph_util import extract_sub_graph as extract_sub_graph
from hornbeam.train.graph_util import must_run_on_cpu as must_run_on_cpu
from hornbeam.train.graph_util import remove_training_nodes as remove_training_nodes
from hornbeam.train.graph_util import tensor_shape_from_node_def_name as tensor_shape_from_node_def_name
