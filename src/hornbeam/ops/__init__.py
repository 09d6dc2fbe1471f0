"""The ops, one file a family: each declared once, with its gradient beside it. Read `math.py` first."""
