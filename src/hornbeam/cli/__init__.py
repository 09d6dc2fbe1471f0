"""The `hornbeam` command.  `main` is the entry, `run` runs a program written for TensorFlow."""
