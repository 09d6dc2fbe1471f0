"""Where batches come from: arrays, generators, `PyDataset`s and other iterables, behind one interface (`source.py`)."""
