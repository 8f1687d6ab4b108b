"""``ehr restore``: an installation brought back from a backup."""

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from pipelines.access import audit
from pipelines.backup.key_files import read_opener
from pipelines.backup.repository import BackupError
from pipelines.backup.restored_server import Target
from pipelines.commands.backup import asked_passphrase
from pipelines.database import embedded
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings, load_settings

console = Console()
LATEST, OF_BACKUP = "latest", "backup"
ERASURE = "pipelines.access.erasure"


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder of backups, or one backup.")],
    *,
    key: Annotated[
        Path, typer.Option(help="A holder's key, or a saved keys/backup.json.")
    ],
    at: Annotated[
        str,
        typer.Option(
            help="'latest', 'backup' (its own moment, every table compared), or a time."
        ),
    ] = LATEST,
) -> None:
    """Restore into an empty EHR_HOME; all is verified before anything is written.

    The key opens the backup, and in it are all other keys. Erasures that were decided
    are carried out again.

    Example: ehr restore /backups --key /media/stick/holder.json --at "2026-03-01 14:05"
    """
    from pipelines.backup import restoring  # noqa: PLC0415 - with what it needs 0.3 s

    settings = load_settings()
    opener = read_opener(key, asked_passphrase(key))
    target = target_of(at, settings)
    source = restoring.find_source(folder, opener, target)
    with console.status("restoring") as status:
        done = restoring.restore(settings, source, opener, target, status.update)
        status.update("bringing it up to date")
        problems = done.problems + _finish(settings, done.manifest.backup_id)
    for problem in problems:
        console.print(problem, markup=False, soft_wrap=True)
    compared = f", {done.tables} tables compared" if done.tables else ""
    console.print(
        f"restored from {done.manifest.backup_id}{compared}, {len(problems)} problems; "
        "'ehr up' starts the rest",
        soft_wrap=True,
    )
    if problems:
        raise typer.Exit(1)


def target_of(at: str, settings: Settings) -> Target:
    """Return the moment that is meant; a time without zone is the site's.

    Raises:
        BackupError: it is none.
    """
    if at in {LATEST, OF_BACKUP}:
        return Target(is_backups_own=at == OF_BACKUP)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        msg = f"--at {at!r} is no time: say 2026-03-01 14:05, 'latest' or 'backup'"
        raise BackupError(msg) from None
    return Target(
        at=moment.replace(tzinfo=moment.tzinfo or ZoneInfo(settings.time_zone))
    )


def _finish(settings: Settings, backup_id: str) -> list[str]:
    """Bring the schemas up to date, carry erasures out again, examine the audit."""
    from pipelines.database.provisioning import bring_up  # noqa: PLC0415 - 0.3 s

    if not settings.database_url:
        embedded.stop(settings)  # it was started for the restore, archiving nothing
    bring_up(settings)
    if find_spec(ERASURE):
        import_module(ERASURE).reapply(settings)
    with connect(settings, Role.COMPLIANCE) as connection:
        breaks = audit.verify(settings, connection)
    event = audit.Event("system", "", "restore", f"backup {backup_id}")
    audit.append(settings, event)
    return [f"audit event {each.event_id}: {each.problem}" for each in breaks]
