"""Layers of this family, a file for each kind."""
