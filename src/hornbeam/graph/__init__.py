"""Tensors, operations, graphs, and what declaring an op gives.

Read `tensor.py` and `graph.py` first, then `op.py` (the declaration) and `call.py` (the one point where a call
becomes a node of a graph or runs at once).
"""
