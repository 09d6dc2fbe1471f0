"""The public names of `hornbeam.train`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.graph.messages.cluster_pb2 import ClusterDef as ClusterDef
from hornbeam.graph.messages.cluster_pb2 import JobDef as JobDef
from hornbeam.graph.messages.example_pb2 import Example as Example
from hornbeam.graph.messages.example_pb2 import SequenceExample as SequenceExample
from hornbeam.graph.messages.feature_pb2 import BytesList as BytesList
from hornbeam.graph.messages.feature_pb2 import Feature as Feature
from hornbeam.graph.messages.feature_pb2 import FeatureList as FeatureList
from hornbeam.graph.messages.feature_pb2 import FeatureLists as FeatureLists
from hornbeam.graph.messages.feature_pb2 import Features as Features
from hornbeam.graph.messages.feature_pb2 import FloatList as FloatList
from hornbeam.graph.messages.feature_pb2 import Int64List as Int64List
from hornbeam.graph.messages.tensorflow_server_pb2 import ServerDef as ServerDef
from hornbeam.runtime.clusters import ClusterSpec as ClusterSpec
from hornbeam.train import experimental as experimental
from hornbeam.train.checkpoints.checkpoint import Checkpoint as Checkpoint
from hornbeam.train.checkpoints.checkpoint import CheckpointOptions as CheckpointOptions
from hornbeam.train.checkpoints.manager import CheckpointManager as CheckpointManager
from hornbeam.train.checkpoints.reading import checkpoints_iterator as checkpoints_iterator
from hornbeam.train.checkpoints.reading import list_variables as list_variables
from hornbeam.train.checkpoints.reading import load_checkpoint as load_checkpoint
from hornbeam.train.checkpoints.reading import load_variable as load_variable
from hornbeam.train.checkpoints.state_file import get_checkpoint_state as get_checkpoint_state
from hornbeam.train.checkpoints.state_file import latest_checkpoint as latest_checkpoint
from hornbeam.train.checkpoints.views import CheckpointView as CheckpointView
from hornbeam.train.checkpoints.views import TrackableView as TrackableView
from hornbeam.train.queues.coordinator import Coordinator as Coordinator
