"""`tensorflow.python.training.evaluation`: what `tf.contrib.training` says under public names."""

from __future__ import annotations

from hornbeam.v1.contrib.training.evaluations import StopAfterNEvalsHook as _StopAfterNEvalsHook
from hornbeam.v1.contrib.training.evaluations import evaluate_once as _evaluate_once
from hornbeam.v1.contrib.training.evaluations import get_or_create_eval_step as _get_or_create_eval_step

__all__ = ["_StopAfterNEvalsHook", "_evaluate_once", "_get_or_create_eval_step"]
