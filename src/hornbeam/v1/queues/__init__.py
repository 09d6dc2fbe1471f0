"""Input pipelines of queues: `train.string_input_producer`, `train.batch`, `train.shuffle_batch` and their kin."""
