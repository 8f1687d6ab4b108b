"""What ``ehr status`` tells of proofs: the rebuild, and that nothing is lost."""

from typing import Any

import psycopg
from rich.console import Console

# Of the last proof that the marts are those of a full rebuild.
REBUILD = """
    select
        max(proved_at) as proved_at,
        count(*) filter (where state = 'equal') as equal,
        count(*) filter (where state = 'different') as different,
        count(*) filter (where state = 'not_applicable') as not_applicable
    from quality.rebuild_proof
    where build_id = (select max(build_id) from quality.rebuild_proof)
    having count(*) > 0
"""
# Of the last time that everything was counted, and that the record was compared.
CONSERVATION = """
    select
        run.looked_at,
        run.run_at,
        count(step.run_id) filter (where step.state = 'kept') as kept,
        count(step.run_id) filter (where step.state = 'broken') as broken
    from quality.conservation_run as run
    left join quality.conservation as step
        on run.run_id = step.run_id
    where run.run_id in (
        select max(latest.run_id)
        from quality.conservation_run as latest
        group by latest.looked_at
    )
    group by run.looked_at, run.run_at
    order by run.looked_at collate "C" desc
"""
OF = {
    "warehouse": "from bytes to marts",
    "record": "of the record, by table",
}


def proof_state(connection: psycopg.Connection) -> dict[str, Any]:
    """Return what the last proofs found; None where none was made."""
    proofs = _rows(connection, REBUILD)
    return {
        "rebuild_proof": proofs[0] if proofs else None,
        "conservation": _rows(connection, CONSERVATION),
    }


def print_proofs(console: Console, state: dict[str, Any]) -> None:
    """Print a line for each proof that was made."""
    if proof := state["rebuild_proof"]:
        console.print(
            f"proof of {proof['proved_at']:%Y-%m-%d %H:%M}: {proof['equal']} marts are "
            f"those of a full rebuild, {proof['different']} were not, "
            f"{proof['not_applicable']} had nothing to compare"
        )
    for run in state["conservation"]:
        broken = f"{run['broken']} lose or add something"
        console.print(
            f"conservation {OF[run['looked_at']]}, {run['run_at']:%Y-%m-%d %H:%M}: "
            f"{run['kept']} steps keep everything, "
            + (f"[red]{broken}[/red]" if run["broken"] else broken),
            soft_wrap=True,
        )


def _rows(connection: psycopg.Connection, query: str) -> list[dict[str, Any]]:
    found = connection.execute(query)
    names = [column.name for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found]
