"""`ProfileOptionBuilder`: what a profile counts and shows."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from hornbeam.graph.names import public

Options = dict[str, Any]
TRAINABLE = "_trainable_variables"
"""The kind that variables in the collection of trainable ones have besides their operations' own."""


def _options(account: str, select: Sequence[str], order_by: str, **least: int) -> Options:
    return {"max_depth": 10000, "min_bytes": 0, "min_micros": 0, "min_params": 0, "min_float_ops": 0,
            "min_occurrence": 0, "order_by": order_by, "account_type_regexes": [account], "start_name_regexes": [".*"],
            "trim_name_regexes": [], "show_name_regexes": [".*"], "hide_name_regexes": [],
            "account_displayed_op_only": True, "select": list(select), "step": -1, "output": "stdout", **least}


@public(v1=("profiler.ProfileOptionBuilder",))
class ProfileOptionBuilder:
    """Options of `profiler.profile`, changed one by one: `build()` gives them as a dictionary.

    options: where to begin; by default the parameters of trainable variables.

    >>> import hornbeam.v1 as tf
    >>> builder = tf.profiler.ProfileOptionBuilder
    >>> builder(builder.float_operation()).with_empty_output().build()["output"]
    'none'
    """

    def __init__(self, options: Options | None = None) -> None:
        self._options = copy.deepcopy(options) if options is not None else self.trainable_variables_parameter()

    @staticmethod
    def trainable_variables_parameter() -> Options:
        """Options to count the parameters of trainable variables."""
        return _options(TRAINABLE, ["params"], "name")

    @staticmethod
    def float_operation() -> Options:
        """Options to count floating-point operations."""
        return _options(".*", ["float_ops"], "float_ops", min_float_ops=1)

    @staticmethod
    def time_and_memory(min_micros: int = 1, min_bytes: int = 1, min_accelerator_micros: int = 0,
                        min_cpu_micros: int = 0, min_peak_bytes: int = 0, min_residual_bytes: int = 0,
                        min_output_bytes: int = 0) -> Options:
        """Options to show how long operations of a traced run took and what they allocated, where it is as much."""
        return _options(".*", ["micros", "bytes"], "micros", min_micros=min_micros, min_bytes=min_bytes,
                        min_accelerator_micros=min_accelerator_micros, min_cpu_micros=min_cpu_micros,
                        min_peak_bytes=min_peak_bytes, min_residual_bytes=min_residual_bytes,
                        min_output_bytes=min_output_bytes)

    def build(self) -> Options:
        """The options so far."""
        return copy.deepcopy(self._options)

    def _with(self, **changed: Any) -> ProfileOptionBuilder:
        self._options.update(changed)
        return self

    def with_max_depth(self, max_depth: int) -> ProfileOptionBuilder:
        """Show so many levels of names."""
        return self._with(max_depth=max_depth)

    def with_min_memory(self, min_bytes: int = 0, min_peak_bytes: int = 0, min_residual_bytes: int = 0,
                        min_output_bytes: int = 0) -> ProfileOptionBuilder:
        """Show what allocated as much."""
        return self._with(min_bytes=min_bytes, min_peak_bytes=min_peak_bytes, min_residual_bytes=min_residual_bytes,
                          min_output_bytes=min_output_bytes)

    def with_min_execution_time(self, min_micros: int = 0, min_accelerator_micros: int = 0,
                                min_cpu_micros: int = 0) -> ProfileOptionBuilder:
        """Show what took as long."""
        return self._with(min_micros=min_micros, min_accelerator_micros=min_accelerator_micros,
                          min_cpu_micros=min_cpu_micros)

    def with_min_parameters(self, min_params: int) -> ProfileOptionBuilder:
        """Show what has as many parameters."""
        return self._with(min_params=min_params)

    def with_min_occurrence(self, min_occurrence: int) -> ProfileOptionBuilder:
        """Show what occurs as often."""
        return self._with(min_occurrence=min_occurrence)

    def with_min_float_operations(self, min_float_ops: int) -> ProfileOptionBuilder:
        """Show what takes as many floating-point operations."""
        return self._with(min_float_ops=min_float_ops)

    def with_accounted_types(self, account_type_regexes: Sequence[str]) -> ProfileOptionBuilder:
        """Count operations whose type one of these regular expressions matches, or `_trainable_variables`."""
        return self._with(account_type_regexes=list(account_type_regexes))

    def with_node_names(self, start_name_regexes: Sequence[str] | None = None,
                        show_name_regexes: Sequence[str] | None = None,
                        hide_name_regexes: Sequence[str] | None = None,
                        trim_name_regexes: Sequence[str] | None = None) -> ProfileOptionBuilder:
        """Which names to begin at, to show, to hide, and to leave out with all below them: regular expressions."""
        given = {"start_name_regexes": start_name_regexes, "show_name_regexes": show_name_regexes,
                 "hide_name_regexes": hide_name_regexes, "trim_name_regexes": trim_name_regexes}
        return self._with(**{name: list(value) for name, value in given.items() if value is not None})

    def account_displayed_op_only(self, is_true: bool) -> ProfileOptionBuilder:
        """Whether totals are of what is shown alone."""
        return self._with(account_displayed_op_only=is_true)

    def with_empty_output(self) -> ProfileOptionBuilder:
        """Print nothing."""
        return self._with(output="none")

    def with_stdout_output(self) -> ProfileOptionBuilder:
        """Print the report."""
        return self._with(output="stdout")

    def with_file_output(self, outfile: str) -> ProfileOptionBuilder:
        """Write the report to a file."""
        return self._with(output=f"file:outfile={outfile}")

    def with_timeline_output(self, timeline_file: str) -> ProfileOptionBuilder:
        """Write the timeline of a traced run to a file, named `timeline_file` and the step, for the trace viewer."""
        return self._with(output=f"timeline:outfile={timeline_file}")

    def with_step(self, step: int) -> ProfileOptionBuilder:
        """The step that is shown; kept."""
        return self._with(step=step)

    def order_by(self, attribute: str) -> ProfileOptionBuilder:
        """Order by `name`, or by one of what `select` takes, the largest first."""
        return self._with(order_by=attribute)

    def select(self, attributes: Sequence[str]) -> ProfileOptionBuilder:
        """Show these of `params`, `float_ops`, `micros`, `cpu_micros`, `accelerator_micros`, `bytes`, `occurrence`."""
        return self._with(select=list(attributes))
