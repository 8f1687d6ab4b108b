"""dbt in this process, its events as they come, without what a database error quotes.

In this process, because dbt's own program takes 4 to 8 s to start and dagster-dbt
starts it twice: once to ask its version, for which dbt asks the package index.
"""

import os
import re
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any

from pipelines.building import DBT_PROJECT, dbt_environment
from pipelines.settings import Settings

Event = dict[str, Any]

# dbt would print and write what the database says, quotes from patients' rows included.
SILENT = (
    *("--log-level", "none", "--log-level-file", "none"),
    *("--no-version-check", "--no-use-colors"),
)

# PostgreSQL quotes rows in these lines, and the value at fault after a colon.
QUOTING_LINE = re.compile(r"^\s*(DETAIL|CONTEXT|HINT|QUERY|LINE \d+)\b", re.IGNORECASE)
QUOTED_VALUE = re.compile(r'(: |=)(".*"|\(.*\)|\'.*\')')


def stream_dbt(settings: Settings, *arguments: str) -> Iterator[Event]:
    """Run one dbt command and yield its events while it runs.

    Raises:
        Exception: dbt could not do the command at all.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - its import costs 3 s
    from dbt_common.events.functions import msg_to_dict  # noqa: PLC0415 - likewise

    events: SimpleQueue[Event | BaseException | None] = SimpleQueue()
    os.environ.update(dbt_environment(settings))
    folders = ("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))

    def run() -> None:
        runner = dbtRunner(callbacks=[lambda event: events.put(msg_to_dict(event))])
        done = runner.invoke([*SILENT, *arguments, *folders])
        events.put(done.exception)

    Thread(target=run, name="dbt", daemon=True).start()
    while isinstance(event := events.get(), dict):
        yield event
    if event is not None:
        raise event


def quoteless(message: str) -> str:
    """Return what dbt says, without lines and parts in which PostgreSQL quotes rows."""
    if "Compilation Error" in message:
        return message  # about the project's code; no row was read
    lines = (line for line in message.splitlines() if not QUOTING_LINE.match(line))
    return "\n".join(QUOTED_VALUE.sub(r"\1…", line) for line in lines)
