"""Gradients: one traversal of recorded calls, backwards. Read `reverse.py` first."""
