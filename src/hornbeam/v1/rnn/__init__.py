"""Recurrent networks of TensorFlow 1: cells, their wrappers, and what runs them along a sequence.

`cell.py`: what a cell is. `dynamic.py`: one scan along the sequence. `static.py`: a copy of the cell for each step.
"""
