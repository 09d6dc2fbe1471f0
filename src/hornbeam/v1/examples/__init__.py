"""What TensorFlow 1 kept under `tensorflow.examples`: the modules that programs import from it."""
