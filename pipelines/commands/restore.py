"""``ehr restore``: an installation brought back from a backup."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from pipelines.backup.key_files import read_opener
from pipelines.backup.repository import BackupError
from pipelines.backup.restored_server import Target
from pipelines.backup.wal import newest_moment
from pipelines.commands.backup import asked_passphrase
from pipelines.database import embedded
from pipelines.erasing.register import listed
from pipelines.settings import Settings, load_settings

if TYPE_CHECKING:
    from pipelines.backup.after_restore import Finished

console = Console()
LATEST, OF_BACKUP = "latest", "backup"
AFTER_THE_BACKUPS = (
    "an erasure ordered after that is on no list here: give the newest copy of "
    "keys/erasures.jsonl by --erasures, or erase again"
)


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
    erasures: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="A newer copy of keys/erasures.jsonl, kept elsewhere.",
        ),
    ] = None,
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
    until = newest_moment(source.repository, source.manifest)
    if erasures:
        listed(erasures)  # a damaged one is told before anything is written
    with console.status("restoring") as status:
        done = restoring.restore(settings, source, opener, target, status.update)
        status.update("bringing it up to date")
        finished = _finish(settings, done.manifest.backup_id, erasures)
        problems = done.problems + finished.problems
    for problem in problems:
        console.print(problem, markup=False, soft_wrap=True)
    console.print(
        f"{finished.erasures}; the backups end at {until:%Y-%m-%d %H:%M:%S %Z}: "
        f"{AFTER_THE_BACKUPS}",
        markup=False,
        soft_wrap=True,
    )
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


def _finish(settings: Settings, backup_id: str, erasures: Path | None) -> "Finished":
    """Bring the schemas up to date, repeat erasures, examine the audit."""
    from pipelines.backup.after_restore import finish  # noqa: PLC0415 - 0.3 s

    if not settings.database_url:
        embedded.stop(settings)  # it was started for the restore, archiving nothing
    return finish(settings, backup_id, erasures)
