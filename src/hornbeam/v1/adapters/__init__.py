"""What TensorFlow 1 spells otherwise: thin functions with TF1's arguments that call today's.

They stand in a folder of their own, as a module `hornbeam.v1.math` would hide the namespace of that name.
"""
