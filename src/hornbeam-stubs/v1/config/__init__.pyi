"""The public names of `hornbeam.v1.config`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.config import LogicalDevice as LogicalDevice
from hornbeam.config import LogicalDeviceConfiguration as LogicalDeviceConfiguration
from hornbeam.config import PhysicalDevice as PhysicalDevice
from hornbeam.config import experimental_functions_run_eagerly as _functions_run_eagerly
from hornbeam.config import experimental_functions_run_eagerly as experimental_functions_run_eagerly
from hornbeam.config import experimental_run_functions_eagerly as _run_functions_eagerly
from hornbeam.config import experimental_run_functions_eagerly as experimental_run_functions_eagerly
from hornbeam.config import get_logical_device_configuration as get_logical_device_configuration
from hornbeam.config import get_soft_device_placement as get_soft_device_placement
from hornbeam.config import get_visible_devices as get_visible_devices
from hornbeam.config import list_logical_devices as list_logical_devices
from hornbeam.config import list_physical_devices as list_physical_devices
from hornbeam.config import set_logical_device_configuration as set_logical_device_configuration
from hornbeam.config import set_soft_device_placement as set_soft_device_placement
from hornbeam.config import set_visible_devices as set_visible_devices
from hornbeam.v1.config import experimental as experimental
from hornbeam.v1.config import optimizer as optimizer
from hornbeam.v1.config import threading as threading

functions_run_eagerly = _functions_run_eagerly
run_functions_eagerly = _run_functions_eagerly
