"""The MNIST tutorial: `input_data`."""
