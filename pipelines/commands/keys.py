"""``ehr key``: the age of the keys, and new ones in their place."""

import getpass
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table

from pipelines.access.audit import Event, append
from pipelines.access.keyring_file import read_key_file
from pipelines.database.roles import Role
from pipelines.settings import load_settings

console = Console()
PROGRESS = (
    TextColumn("{task.description}"),
    BarColumn(),
    TextColumn("{task.percentage:>3.0f} %"),
)
app = typer.Typer(help="Keys: how old they are, and new ones.", no_args_is_help=True)


@app.command()
def status() -> None:
    """Show every key's age, what it is for, and whether it is being replaced.

    Example: ehr key status
    """
    from pipelines.access.key_ages import key_ages  # noqa: PLC0415 - with its command

    settings = load_settings()
    table = Table("key", "for", "made", "age", "state", title="Keys")
    for key in key_ages(read_key_file(settings.keys_folder), datetime.now(UTC)):
        table.add_row(
            key.key_id, key.purpose, f"{key.made_at:%Y-%m-%d}", f"{key.days} days",
            key.state,
        )  # fmt: skip
    console.print(table)
    console.print(f"they lie in {settings.keys_folder}")


@app.command()
def rotate() -> None:
    """Seal every value by new keys, then remove the old ones; others go on working.

    Killed or stopped, it is run again and goes on where it was.

    Example: ehr key rotate
    """
    from pipelines.rotation.rotating import rotate as rotate_keys  # noqa: PLC0415

    settings = load_settings()
    intended = Event(
        user_id=f"operator:{getpass.getuser()}",
        role=Role.OWNER,
        action="rotate",
        subject="keys",
        result="intended",
    )
    intent_id = append(settings, intended)
    with Progress(*PROGRESS, console=console) as progress:
        rotated = rotate_keys(settings, _shown_in(progress))
    append(settings, replace(intended, result="ok", intent_id=intent_id))
    console.print(
        f"{rotated.rows:,} rows and {rotated.entries:,} archive entries are sealed by "
        f"new keys; {' and '.join(sorted(rotated.removed_keys))} are gone"
    )


def _shown_in(progress: Progress) -> Callable[[str, int, int], None]:
    """Return what shows how far each table is."""
    tasks: dict[str, TaskID] = {}

    def report(title: str, done: int, total: int) -> None:
        if title not in tasks:
            tasks[title] = progress.add_task(title, total=total)
        progress.update(tasks[title], completed=done, total=total)

    return report
