"""The public names of `hornbeam.v1.resource_loader`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.resource_loader import get_data_files_path as get_data_files_path
from hornbeam.runtime.resource_loader import get_path_to_datafile as get_path_to_datafile
from hornbeam.runtime.resource_loader import get_root_dir_with_all_resources as get_root_dir_with_all_resources
from hornbeam.runtime.resource_loader import load_resource as load_resource
from hornbeam.runtime.resource_loader import readahead_file_path as readahead_file_path
