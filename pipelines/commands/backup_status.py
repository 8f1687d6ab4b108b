"""What ``ehr status`` says of backups: the last one, the log, the last drill."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from pipelines.settings import Settings

# A backup is made every day, and a drill every week.
LATE = timedelta(hours=36)
LATE_DRILL = timedelta(days=9)
LATE_LOG_SECONDS = 120
HOURS_OF_DAYS = 48  # from here on told in days


def backup_state(settings: Settings, connection: psycopg.Connection) -> dict[str, Any]:
    """Return the last backup, how long the log has been waiting, and the last drill."""
    from pipelines.backup.drill import last_drill  # noqa: PLC0415 - 0.2 s
    from pipelines.backup.wal import seconds_waiting  # noqa: PLC0415

    state: dict[str, Any] = {
        "folder": str(settings.backup_folder) if settings.backup_folder else None,
        "last_drill": last_drill(connection),
    }
    if settings.backup_folder:
        state |= _last_backup(settings)
    if not settings.database_url:
        state["log_waiting_seconds"] = seconds_waiting(settings)
    return state


def told(state: dict[str, Any], now: datetime | None = None) -> Iterator[str]:
    """Yield what people are told, in red what somebody must do."""
    now = now or datetime.now(UTC)
    if not state["folder"]:
        yield "[red]backups: none are made;[/red] set EHR_BACKUP_FOLDER"
    elif state["problem"]:
        yield f"[red]backups: {state['problem']}[/red]"
    else:
        age = now - state["last_backup"]
        line = f"last backup {_ago(age)}, in {state['folder']}"
        yield f"[red]{line}[/red]" if age > LATE else line
    if state["folder"] and state.get("log_waiting_seconds", 0) > LATE_LOG_SECONDS:
        seconds = state["log_waiting_seconds"]
        yield f"[red]the server's log has waited {seconds:,.0f} s for its backup[/red]"
    if state["folder"]:
        yield _told_of_drill(state["last_drill"], now)


def _told_of_drill(drill: dict[str, Any] | None, now: datetime) -> str:
    if drill is None:
        return "[red]no restore drill yet:[/red] run 'ehr backup drill'"
    age = now - drill["ended_at"]
    if drill["problem_count"]:
        return (
            f"[red]last drill {_ago(age)}: {drill['problem_count']} problems, first "
            f"{drill['first_problem']}[/red]"
        )
    line = (
        f"last drill {_ago(age)}: {drill['tables_compared']} tables equal, restored in "
        f"{drill['recovery_time_seconds']:.0f} s"
    )
    return f"[red]{line}[/red]" if age > LATE_DRILL else line


def _last_backup(settings: Settings) -> dict[str, Any]:
    from pipelines.backup.drill import backups_of  # noqa: PLC0415
    from pipelines.backup.holders import BackupKeyError  # noqa: PLC0415
    from pipelines.backup.key_files import load_backup_keys  # noqa: PLC0415

    try:
        opener = load_backup_keys(settings.keys_folder).opener()
    except BackupKeyError as problem:
        return {"last_backup": None, "problem": str(problem)}
    listed = backups_of(settings).all(opener)
    if not listed:
        return {"last_backup": None, "problem": "none yet: run 'ehr backup'"}
    newest = listed[-1]
    moment = newest.manifest.holds_until if newest.manifest else None
    return {"last_backup": moment, "problem": newest.problem}


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 1:
        return f"{hours * 60:.0f} minutes ago"
    return (
        f"{hours:.0f} hours ago"
        if hours < HOURS_OF_DAYS
        else f"{hours / 24:.0f} days ago"
    )
