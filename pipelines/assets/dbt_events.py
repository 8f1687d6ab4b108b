"""dbt in this process, its events as they come, without what a database error quotes.

In this process, because dbt's own program takes 4 to 8 s to start and dagster-dbt
starts it twice: once to ask its version, for which dbt asks the package index.
"""

from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any

from pipelines.dbt_program import FOLDERS, SILENT, dbt_variables
from pipelines.lighter_dbt import lighten_dbt
from pipelines.parsed_project import parsed_project
from pipelines.settings import Settings

Event = dict[str, Any]


def stream_dbt(settings: Settings, *arguments: str) -> Iterator[Event]:
    """Run one dbt command and yield its events while it runs.

    Raises:
        Exception: dbt could not do the command at all.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - its import costs 3 s
    from dbt_common.events.functions import msg_to_dict  # noqa: PLC0415 - likewise

    events: SimpleQueue[Event | BaseException | None] = SimpleQueue()

    def run() -> None:
        runner = dbtRunner(
            parsed_project(),
            callbacks=[lambda event: events.put(msg_to_dict(event))],
        )
        events.put(runner.invoke([*SILENT, *arguments, *FOLDERS]).exception)

    lighten_dbt()
    with dbt_variables(settings):
        Thread(target=run, name="dbt", daemon=True).start()
        while isinstance(event := events.get(), dict):
            yield event
    if event is not None:
        raise event
