"""What the quarantine says, and whether its counts reconcile with each other."""

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.landing.state import faults

STATES = """
    select status, cast(sum(records) as bigint)
    from quarantine.row where source_system = %s group by status
"""
UNBALANCED = """
    select count(*) from quarantine.balance
    where refused_count <> waiting_count + released_count + discarded_count
"""
# What decisions say, against the rows that name them.
UNTOLD = """
    select count(*)
    from quarantine.decision as decision
    left join lateral (
        select
            count(*) filter (where refused.status = 'released') as released,
            count(*) filter (where refused.status = 'discarded') as discarded
        from quarantine.row as refused
        where refused.decision_id = decision.decision_id
    ) as done on true
    where (decision.released_count, decision.discarded_count)
        <> (done.released, done.discarded)
"""
# Under which file a row landed, against the books of that file.
MISPLACED = """
    select count(*)
    from raw.delivery_file as file
    inner join raw.delivery as delivery using (delivery_id)
    left join lateral (
        select count(*) as released
        from quarantine.row as refused
        where refused.released_file_id = file.file_id
    ) as landed on true
    where file.replayed_file_id is not null and file.records <> landed.released
"""


def states(settings: Settings, source: str) -> dict[str, int]:
    """Return how many records of a source are in each state."""
    with connect(settings, Role.LOADER) as connection:
        return dict(connection.execute(STATES, (source,)).fetchall())


def unreconciled(settings: Settings) -> list[str]:
    """Return every way in which quarantine, decisions, books and rows disagree."""
    return faults(settings) + unbalanced(settings)


def unbalanced(settings: Settings) -> list[str]:
    """Return every way in which quarantine, decisions and their books disagree."""
    wrong = []
    with connect(settings, Role.OWNER) as connection:
        for name, statement in (
            ("rows without one state", UNBALANCED),
            ("decisions that say otherwise than their rows", UNTOLD),
            ("replayed files with other rows than landed", MISPLACED),
        ):
            (count,) = connection.execute(statement).fetchone()
            wrong += [f"{count} {name}"] if count else []
    return wrong
