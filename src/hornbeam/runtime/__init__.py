"""From fetches to answers. Read `session.py`, then `plan.py`, `evaluation.py` and `executor.py`."""
