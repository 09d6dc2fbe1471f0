"""Sessions that look after themselves: they initialize, restore, call hooks around each run, and stop.

`run_hooks.py`: what a hook is. `hooks.py`, `saving_hooks.py`: those that come with the library. `scaffold.py`: the
operations a session needs. `monitored.py`: the sessions. `supervisor.py`: their predecessor.
"""
