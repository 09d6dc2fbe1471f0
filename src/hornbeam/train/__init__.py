"""TF1's optimizers, learning rates, checkpoints and summaries, on the public API."""
