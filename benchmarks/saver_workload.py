"""One side of `saver.py`: `saver_workload.py SIDE WORKLOAD` saves variables of 500 MB again and again.

Prints the times of saving and restoring in ms, and how far the process's memory rose while it saved, in MB. Runs under
Hornbeam, TensorFlow 2.21 and TensorFlow 1.15 (Python 3.7).
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import time

VARIABLES, SIZE = 10, 12_500_000  # 10 × 50 MB of float32


def memory(what):
    """A figure of this process's memory in MB: VmRSS, or VmHWM, the highest since `reset`."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(what)) / 1000


def reset():
    """Count the highest memory from now on."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def main():
    side, workload = sys.argv[1:3]
    if side == "hornbeam":
        import hornbeam.v1 as tf
    else:
        import tensorflow as tf

        if tf.__version__ >= "2":
            tf = tf.compat.v1
            tf.disable_v2_behavior()
    for i in range(VARIABLES):
        tf.get_variable(f"v{i}", initializer=tf.random_uniform([SIZE]))
    saver = tf.train.Saver(max_to_keep=2)
    folder = tempfile.mkdtemp(dir=os.environ.get("BENCH_FOLDER"))
    saving, restoring, rose = [], [], []
    try:
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for i in range(6):
                reset()
                before = memory("VmRSS")
                started = time.perf_counter()
                path = saver.save(session, folder + "/m", global_step=i if workload == "numbered" else None,
                                  write_meta_graph=False)
                saving.append(1e3 * (time.perf_counter() - started))
                rose.append(memory("VmHWM") - before)
            for _ in range(3):
                started = time.perf_counter()
                saver.restore(session, path)
                restoring.append(1e3 * (time.perf_counter() - started))
    finally:
        shutil.rmtree(folder)
    print(json.dumps({"save": statistics.median(saving[1:]), "restore": statistics.median(restoring),
                      "rose": max(rose)}))


if __name__ == "__main__":
    main()
