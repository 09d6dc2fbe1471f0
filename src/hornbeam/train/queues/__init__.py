"""Input by queues: threads that fill them (`coordinator.py`, `queue_runner.py`), producers of elements, batches."""
