"""Imports the modules that hold the programs of `eager_programs.py`."""

from tests.oracle import eager_effects, eager_functions, eager_graphs, eager_tapes, eager_variables

__all__ = ["eager_effects", "eager_functions", "eager_graphs", "eager_tapes", "eager_variables"]
