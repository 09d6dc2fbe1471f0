"""The `hornbeam` command: the group of its subcommands, each imported only when it is used."""

import sys
from importlib import import_module

import click

_COMMANDS = {
    "demo": "Train a network on MNIST, here in the terminal.",
    "doctor": "Say what this machine has and what of it works.",
    "run": "Run a program written for TensorFlow.",
}


class _Commands(click.Group):
    """Subcommand `x` is the object `x` in the module `hornbeam.cli.x`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        return getattr(import_module(f"hornbeam.cli.{cmd_name}"), cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands)
@click.version_option(package_name="hornbeam")
def commands() -> None:
    """Hornbeam: TensorFlow's graphs, sessions and eager code in one small codebase."""


def main() -> None:
    """The `hornbeam` command.

    A subcommand may return a function: it is called when the command line is done with, so that a program
    that it runs has nothing of this around it (click would turn its `KeyboardInterrupt` into a message of
    its own).
    """
    try:
        rest = commands.main(prog_name="hornbeam", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    if callable(rest):
        rest()
    elif isinstance(rest, int):
        sys.exit(rest)


if __name__ == "__main__":
    main()
