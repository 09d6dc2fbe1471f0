"""The protobuf messages of TensorFlow's files: graphs, checkpoints, SavedModels, events, examples.

One `.proto` file for each of TensorFlow's, with the same fields, numbers and types, so that what either writes the
other reads; the Python beside them (`graph_pb2.py`, …) is written by `tools/make_messages.py`. The package of the
messages is `hornbeam`, so that TensorFlow and TensorBoard may be loaded in the same process. Import a message from its
module where it is needed: `from hornbeam.graph.messages.graph_pb2 import GraphDef` takes some milliseconds.
"""
