"""`keras.initializers`."""

from hornbeam.keras.old_names import with_old_names

__getattr__ = with_old_names(__name__, {"normal": "initializers.RandomNormal", "uniform": "initializers.RandomUniform",
                                        "one": "initializers.Ones", "zero": "initializers.Zeros"})
