"""``ehr``: the command line of an installation."""

import os
import sys

import typer
from rich.console import Console

from pipelines.commands import (
    audit,
    backup,
    demonstration,
    erasure,
    keys,
    lifecycle,
    limits,
    listening,
    loading,
    mapping,
    people,
    proving,
    quarantine,
    reporting,
    restore,
    risk,
    status,
    vectors,
)
from pipelines.commands.failures import told

app = typer.Typer(
    help="EHR Warehouse: load, check, build and show a hospital's records.",
    epilog="--debug, with any command, shows the whole trace of an error.",
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
app.command()(proving.prove)
app.add_typer(limits.app, name="limits")
app.command()(listening.listen)
app.command()(loading.simulate)
app.command()(demonstration.demo)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(reporting.app, name="report")
app.command()(vectors.vectors)
app.add_typer(people.app, name="user")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="key")
app.command()(erasure.erase)
app.add_typer(risk.app, name="risk")
app.add_typer(backup.app, name="backup")
app.command()(restore.restore)
app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)(lifecycle.psql)


def main() -> None:
    """Run a command; say in one line what is wrong, with a trace only on --debug."""
    # What a command writes is for its owner alone, wherever EHR_HOME lies.
    os.umask(0o077)
    is_debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        app(arguments)
    except Exception as problem:
        if is_debug:
            raise
        Console(stderr=True).print(
            f"ehr: {told(problem)}", highlight=False, markup=False, soft_wrap=True
        )
        raise SystemExit(1) from None
