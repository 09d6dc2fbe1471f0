"""Checkpoints: `saver.py` for graphs, `checkpoint.py` for objects, `state_file.py` for which one is the latest."""
