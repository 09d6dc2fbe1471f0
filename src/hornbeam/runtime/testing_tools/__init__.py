"""What `tf.test` offers: `case.py` the test case, `arrays.py` its comparisons, `gradient_check.py` differences."""
