"""Checkpoints on disk: the files that TensorFlow calls a TensorBundle. `reader.py` and `writer.py` come first."""
