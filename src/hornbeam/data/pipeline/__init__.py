"""What datasets are made of: immutable descriptions (`Node`), and the iterators they make (`Elements`).

`node.py` says what both can do; `functions.py` holds the traced functions of users. The other files are families:
sources, files, maps, batches, the order of elements, and what keeps them.
"""
