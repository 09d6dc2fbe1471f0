"""What exports models while they are trained and evaluated in turns."""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf


@public(v1=("estimator.Exporter",))
class Exporter(ABC):
    """Exports an estimator after evaluations."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Its name, that of the folder it writes below `export`."""

    @abstractmethod
    def export(self, estimator: Any, export_path: str, checkpoint_path: str, eval_result: Any,
               is_the_final_export: bool) -> Any:
        """Export, or not. Returns the path, None where nothing was exported."""


class _SavedModels(Exporter):
    """Writes SavedModels."""

    def __init__(self, name: str, serving_input_receiver_fn: Any, assets_extra: Any, as_text: bool) -> None:
        self._name, self._function = name, serving_input_receiver_fn
        self._assets_extra, self._as_text = assets_extra, as_text

    @property
    def name(self) -> str:
        return self._name

    def _write(self, estimator: Any, export_path: str, checkpoint_path: str) -> Any:
        return estimator.export_saved_model(export_path, self._function, assets_extra=self._assets_extra,
                                            as_text=self._as_text, checkpoint_path=checkpoint_path)


@public(v1=("estimator.FinalExporter",))
class FinalExporter(_SavedModels):
    """Exports once, at the end."""

    def __init__(self, name: str, serving_input_receiver_fn: Callable[[], Any],
                 assets_extra: dict[str, str] | None = None, as_text: bool = False) -> None:
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)

    def export(self, estimator: Any, export_path: str, checkpoint_path: str, eval_result: Any,
               is_the_final_export: bool) -> Any:
        if not is_the_final_export:
            return None
        tf.logging.info("Performing the final export in the end of training.")
        return self._write(estimator, export_path, checkpoint_path)


def _exports(path: str) -> list[str]:
    """The folders of exports below a path, oldest first."""
    if not os.path.isdir(path):
        return []
    return [os.path.join(path, n) for n in sorted((n for n in os.listdir(path) if n.isdigit()), key=int)]


def _keep(path: str, count: int | None) -> None:
    """Delete all exports but the last `count`."""
    for folder in [] if count is None else _exports(path)[:-count]:
        shutil.rmtree(folder)


def _check_count(exports_to_keep: int | None) -> None:
    if exports_to_keep is not None and exports_to_keep <= 0:
        raise ValueError("`exports_to_keep`, if provided, must be a positive number. Got "
                         f"{exports_to_keep}")


@public(v1=("estimator.LatestExporter",))
class LatestExporter(_SavedModels):
    """Exports after each evaluation; the last `exports_to_keep` stay, all where it is None."""

    def __init__(self, name: str, serving_input_receiver_fn: Callable[[], Any],
                 assets_extra: dict[str, str] | None = None, as_text: bool = False,
                 exports_to_keep: int | None = 5) -> None:
        _check_count(exports_to_keep)
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)
        self._exports_to_keep = exports_to_keep

    def export(self, estimator: Any, export_path: str, checkpoint_path: str, eval_result: Any,
               is_the_final_export: bool) -> Any:
        found = self._write(estimator, export_path, checkpoint_path)
        _keep(export_path, self._exports_to_keep)
        return found


def _loss_smaller(best_eval_result: dict[str, Any], current_eval_result: dict[str, Any]) -> bool:
    """Whether the loss is smaller than the best before. Raises ValueError where there is none."""
    for what, result in (("best_eval_result", best_eval_result), ("current_eval_result", current_eval_result)):
        if not result or "loss" not in result:
            raise ValueError(f"{what} cannot be empty or no loss is found in it.")
    return best_eval_result["loss"] > current_eval_result["loss"]


@public(v1=("estimator.BestExporter",))
class BestExporter(_SavedModels):
    """Exports where `compare_fn(best_eval_result, current_eval_result)` says that the model is the best so far.

    event_file_pattern: the event files of evaluations below the model's folder, from which the best before a restart is
    known; None for none. exports_to_keep: how many stay, all where it is None.
    """

    def __init__(self, name: str = "best_exporter", serving_input_receiver_fn: Callable[[], Any] | None = None,
                 event_file_pattern: str | None = "eval/*.tfevents.*",
                 compare_fn: Callable[..., bool] = _loss_smaller, assets_extra: dict[str, str] | None = None,
                 as_text: bool = False, exports_to_keep: int | None = 5) -> None:
        _check_count(exports_to_keep)
        if compare_fn is None:
            raise ValueError("`compare_fn` must not be None.")
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)
        self._pattern, self._compare, self._exports_to_keep = event_file_pattern, compare_fn, exports_to_keep
        self._best: Any = None
        self._begun = False

    def export(self, estimator: Any, export_path: str, checkpoint_path: str, eval_result: Any,
               is_the_final_export: bool) -> Any:
        if not self._begun:
            self._begun = True
            if self._pattern:
                self._best = self._before(os.path.join(estimator.model_dir, self._pattern), eval_result)
        if self._best is not None and not self._compare(best_eval_result=self._best, current_eval_result=eval_result):
            return None
        tf.logging.info("Performing best model export.")
        self._best = eval_result
        found = self._write(estimator, export_path, checkpoint_path)
        _keep(export_path, self._exports_to_keep)
        return found

    def _before(self, pattern: str, current: Any) -> Any:
        """The best of what evaluations wrote before this one."""
        best, last = None, int(current[tf.GraphKeys.GLOBAL_STEP]) if current else None
        for path in tf.gfile.Glob(pattern):
            for event in tf.train.summary_iterator(path):
                found = {v.tag: v.simple_value for v in event.summary.value if v.HasField("simple_value")}
                if found and event.step != last and (best is None or self._compare(
                        best_eval_result=best, current_eval_result=found)):
                    best = found
        return best
