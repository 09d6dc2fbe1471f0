"""Implementations of ops for one platform: on the CPU through oneDNN, in the threads of XLA (`native/` is their C++).

`library.py` loads what was compiled, `selection.py` says whether it is used; the other files say, beside the name of
the op each implements, for which dtypes and shapes its kernel is taken. What computes is the same function: gradients,
shapes, batching and the interpreter know only the op's own.
"""
