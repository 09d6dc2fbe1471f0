"""Feature columns: how raw features (strings, ids, numbers) become what a model takes.

A column says which features it needs and what it makes of them; it holds no tensors, so one column serves many graphs.
`columns.py`: what a column is, and numbers. `categories.py`: ids. `dense.py`: vectors of ids. `sequences.py`:
sequences of ids and numbers.
"""
