"""The layers that everything else is made of."""
