"""The public names of `hornbeam.test`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.runtime.testing import gpu_device_name as gpu_device_name
from hornbeam.runtime.testing import is_built_with_cuda as is_built_with_cuda
from hornbeam.runtime.testing import is_built_with_gpu_support as is_built_with_gpu_support
from hornbeam.runtime.testing import is_built_with_rocm as is_built_with_rocm
from hornbeam.runtime.testing import is_built_with_xla as is_built_with_xla
from hornbeam.runtime.testing import is_gpu_available as is_gpu_available
from hornbeam.runtime.testing import main as main
from hornbeam.runtime.testing_tools.benchmark import Benchmark as Benchmark
from hornbeam.runtime.testing_tools.case import TestCase as TestCase
from hornbeam.runtime.testing_tools.eager_gradient_check import compute_gradient as compute_gradient
from hornbeam.runtime.testing_tools.graph_def import assert_equal_graph_def as assert_equal_graph_def
