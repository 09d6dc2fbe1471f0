"""`hornbeam run`: a program written for TensorFlow, with Hornbeam in TensorFlow's place."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from hornbeam.cli import aliases
from hornbeam.cli.generation import generation_of
from hornbeam.cli.keras_generation import is_beside_tensorflow, is_for_keras_2
from hornbeam.cli.program import NoProgram, program_in_file, program_in_module


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    options_metavar="[--tf 1|2] [-m]",
)
@click.option("--tf", "generation", type=click.Choice(["1", "2"]), help="TensorFlow's generation; else found out.")
@click.option("-m", "as_module", is_flag=True, help="FILE is the name of a module, as with `python -m`.")
@click.argument("file")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGS]...")
def run(generation: str | None, as_module: bool, file: str, arguments: tuple[str, ...]) -> Callable[[], None] | None:
    """Run a program written for TensorFlow.

    In this process `import tensorflow` gives Hornbeam; an installed TensorFlow is neither needed nor
    touched. Which generation the program was written for is found from the names it uses.
    """
    try:
        program = (program_in_module if as_module else program_in_file)(file, arguments)
    except NoProgram as reason:
        click.echo(f"hornbeam run: {reason}", err=True)
        sys.exit(1 if as_module else 2)  # as `python` does
    found = int(generation) if generation else generation_of(program.source, Path(program.folder))
    aliases.install(found)
    if is_for_keras_2(program.source) or (found == 1 and _mentions_keras(program.source)):
        aliases.follow_keras_2(is_beside_tensorflow(program.source))
    return program.run


def _mentions_keras(source: str | bytes) -> bool:
    return "keras" in source if isinstance(source, str) else b"keras" in source
