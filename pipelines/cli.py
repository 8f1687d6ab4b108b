"""``ehr``: the command line of an installation."""

import sys

import typer
from rich.console import Console

from pipelines.commands import (
    demonstration,
    lifecycle,
    loading,
    mapping,
    quarantine,
    status,
)

app = typer.Typer(
    help="EHR Warehouse: load, check, build and show a hospital's records.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(lifecycle.up)
app.command()(lifecycle.down)
app.command()(status.status)
app.command()(status.doctor)
app.command()(loading.load)
app.command("map")(mapping.map_tables)
app.command()(loading.run)
app.command()(loading.simulate)
app.command()(demonstration.demo)
app.command()(quarantine.quarantine)
app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)(lifecycle.psql)


def main() -> None:
    """Run a command; say what is wrong in one line, with a trace only on ``--debug``."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        app(arguments)
    except Exception as problem:
        if debug:
            raise
        Console(stderr=True).print(f"[red]ehr:[/red] {problem}", highlight=False)
        raise SystemExit(1) from None
