"""What programs import from TensorFlow's private modules and no public name gives.

`cli.private_modules` says which module of TensorFlow's finds its names in which of these files.
"""
