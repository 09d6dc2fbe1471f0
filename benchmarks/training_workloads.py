"""What `training.py` measures, one figure a process: `python training_workloads.py SIDE TASK` prints JSON.

With `EPOCHS` 0 the process ends after the first step. `STEPS` replaces the task's number of steps in an epoch.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import resource
import sys
import time
from importlib import metadata
from pathlib import Path

from training_tasks import TASKS


def module_of(side: str) -> str:
    """The file with a side's networks."""
    if side.endswith("session"):
        return "training_session"
    if side.startswith("torch"):
        return "training_torch"
    return "training_jax" if side == "jax" else "training_keras"


def measure(side: str, name: str) -> dict[str, float]:
    """Import, first step, losses, time of a step, peak memory."""
    task = TASKS[name]
    epochs = int(os.environ.get("EPOCHS", 3))
    steps = int(os.environ.get("STEPS", 0)) or task.steps
    x, y = task.data(max(1 + task.checked, steps) if epochs else 1)
    weights = task.weights()
    began = time.perf_counter()
    module = importlib.import_module(module_of(side))
    loaded = module.load(side)
    imported = time.perf_counter()
    learner = module.learner(loaded, name, task, weights)
    found = {"first loss": learner.losses(x[:1], y[:1])}
    found |= {"import": imported - began, "first step": time.perf_counter() - imported}
    if epochs:
        found["loss"] = learner.losses(x[1:1 + task.checked], y[1:1 + task.checked])
        found |= learner.times(x[:steps], y[:steps], epochs)
    return {**found, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


ROOTS = {"hornbeam": "hornbeam", "hornbeam-session": "hornbeam", "torch": "torch", "torch-compile": "torch",
         "jax": "jax optax", "keras-jax": "keras jax", "keras-torch": "keras torch",
         "keras-tensorflow": "keras tensorflow-cpu", "tensorflow-session": "tensorflow-cpu"}


def install_size(side: str) -> dict[str, float]:
    """MB of the packages that a side needs, and of all that these need."""
    found: dict[str, int] = {}
    waiting = ROOTS[side].split()
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # of another platform, or an extra
            continue
        files = [Path(str(f.locate())) for f in package.files or ()]
        found[name] = sum(file.stat().st_size for file in files if file.is_file())
        for line in package.requires or ():
            if "extra ==" not in line:
                waiting += re.findall(r"^[\w.-]+", line)
    if "hornbeam" in found:  # an editable installation has its files elsewhere
        import hornbeam

        source = Path(hornbeam.__file__).parent
        found["hornbeam"] = sum(f.stat().st_size for f in source.rglob("*") if f.is_file() and f.suffix != ".pyc")
    return {"size": sum(found.values()) / 1e6}


def main() -> None:
    side, name = sys.argv[1:]
    print(json.dumps(install_size(side) if name == "install_size" else measure(side, name)))


if __name__ == "__main__":
    main()
