"""Recurrent layers: `rnn.py` repeats a cell over time, `cells.py` holds the cells."""
