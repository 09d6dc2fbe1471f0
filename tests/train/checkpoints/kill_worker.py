"""Saves checkpoints until it is killed: `kill_worker.py`, then a line `HOW FOLDER` for each life.

Each life is a process of its own, forked from this one; its number and then each checkpoint that `save` has returned
are written to the standard output.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings

import numpy as np

from hornbeam import v1 as tf

VARIABLES, SIZE = 4, 300_000


def live(how: str, folder: str) -> None:
    """Save one checkpoint after the other; every value in one is the number of the save."""
    with tf.Graph().as_default():
        variables = [tf.Variable(tf.zeros([SIZE]), name=f"v{i}") for i in range(VARIABLES)]
        saver = tf.train.Saver(max_to_keep=2)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            state = tf.train.get_checkpoint_state(folder)
            number = 0
            if state is not None:
                saver.restore(session, state.model_checkpoint_path)
                saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
                number = int(session.run(variables[0])[0])
            while True:
                number += 1
                for variable in variables:
                    variable.load(np.full(SIZE, number, np.float32), session)
                saver.save(session, f"{folder}/m", global_step=number if how == "numbered" else None,
                           write_meta_graph=number % 3 == 0)
                os.write(1, f"{number}\n".encode())


def main() -> None:
    """Read lines, fork."""
    warnings.simplefilter("ignore", RuntimeWarning)  # JAX warns of forks; none of its threads runs yet
    importlib.import_module("jax.numpy")
    for line in sys.stdin:
        how, folder = line.split(maxsplit=1)
        child = os.fork()
        if not child:
            live(how, folder.strip())
        os.write(1, f"pid {child}\n".encode())
        os.waitpid(child, 0)
        os.write(1, b"dead\n")


if __name__ == "__main__":
    main()
