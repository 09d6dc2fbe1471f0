"""Attention: each position looks at others, by how well a query fits their keys."""
