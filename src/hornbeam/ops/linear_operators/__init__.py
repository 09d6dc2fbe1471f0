"""`tf.linalg.LinearOperator` and its kinds: matrices known by their structure, of which products, solutions and
determinants are computed without writing them out.

Read first `operator.py` (what every operator offers), then `diagonal.py` (a kind). `combining.py` holds the rules for
what two operators give together.
"""
