"""The public names of `hornbeam.v1.test`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.testing import get_temp_dir as get_temp_dir
from hornbeam.runtime.testing_tools.case import TestCaseV1 as _TestCase
from hornbeam.runtime.testing_tools.gradient_check import compute_gradient as compute_gradient
from hornbeam.runtime.testing_tools.gradient_check import compute_gradient_error as compute_gradient_error
from hornbeam.runtime.testing_tools.graph_def import assert_equal_graph_def_v1 as _assert_equal_graph_def
from hornbeam.test import Benchmark as Benchmark
from hornbeam.test import gpu_device_name as gpu_device_name
from hornbeam.test import is_built_with_cuda as is_built_with_cuda
from hornbeam.test import is_built_with_gpu_support as is_built_with_gpu_support
from hornbeam.test import is_built_with_rocm as is_built_with_rocm
from hornbeam.test import is_built_with_xla as is_built_with_xla
from hornbeam.test import is_gpu_available as is_gpu_available
from hornbeam.test import main as main
import unittest.mock as _mock

TestCase = _TestCase
assert_equal_graph_def = _assert_equal_graph_def
mock = _mock
