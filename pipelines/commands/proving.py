"""``ehr prove``: is anything lost, and are the marts what a full rebuild gives?"""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.settings import Settings, load_settings

console = Console()


class Proof(StrEnum):
    """What can be proved by itself; all of it without a choice."""

    CONSERVATION = "conservation"
    RECORD = "record"
    REBUILD = "rebuild"


def prove(
    only: Annotated[
        list[Proof] | None, typer.Option(help="Prove this alone; can be repeated.")
    ] = None,
) -> None:
    """Count every step from bytes to marts, compare with the record and a rebuild.

    Fails if anything is lost, added, or not what it should be. For the rebuild builds
    wait, and the rebuilt marts stay. Conservation comes first: a rebuild would mend
    what it looks for.

    Example: ehr prove --only conservation
    """
    proofs = {
        Proof.CONSERVATION: _conservation,
        Proof.RECORD: _record,
        Proof.REBUILD: _rebuild,
    }
    settings = load_settings()
    held = [proofs[each](settings) for each in Proof if each in (only or Proof)]
    if not all(held):
        raise typer.Exit(1)


def _conservation(settings: Settings) -> bool:
    """Print every step that has something to count; return whether all keep it."""
    from pipelines.conserving.conservation import (  # noqa: PLC0415 - polars costs 1 s
        conserve,
        told,
    )
    from pipelines.conserving.steps import StepState  # noqa: PLC0415

    with console.status("counting what became of bytes, records, rows and facts"):
        found = conserve(settings)
    table = Table("source", "feed", "step", "found", "in", "accounted", "missing",
                  "too much")  # fmt: skip
    for each in found:
        if each.state is not StepState.NOT_APPLICABLE:
            counts = (each.before, each.after, each.missing, each.extra)
            table.add_row(
                each.source_system,
                each.subject or "files",
                each.step.code,
                each.state.value,
                *(f"{count:,}" for count in counts),
            )
    console.print(table)
    console.print(f"conservation: {told(found)}", soft_wrap=True)
    return all(each.state is not StepState.BROKEN for each in found)


def _record(settings: Settings) -> bool:
    """Print every day that differs; return whether none does."""
    from pipelines.conserving.reconciliation import (  # noqa: PLC0415 - as above
        reconcile,
        told_days,
    )
    from pipelines.conserving.record_days import DayState  # noqa: PLC0415

    with console.status("comparing the record with the warehouse"):
        days = reconcile(settings)
    console.print(f"record: {told_days(days)}", soft_wrap=True)
    if waiting := sum(each.waiting for each in days):
        console.print(f"being processed: {waiting:,} versions saved since the extract")
    return all(each.state is not DayState.DIFFERENT for each in days)


def _rebuild(settings: Settings) -> bool:
    """Print what came out for every mart; return whether none differs."""
    from pipelines.proving.proof import (  # noqa: PLC0415 - dbt costs 4 s
        ProofState,
        prove_rebuild,
    )

    with console.status("building, rebuilding and comparing the marts"):
        proofs = prove_rebuild(settings)
    table = Table("mart", "found", "patients", "rows", "patients that differ")
    for each in proofs:
        table.add_row(
            each.mart,
            each.state.value.replace("_", " "),
            f"{each.patients_count:,}",
            f"{each.rows_count:,}",
            f"{each.different_count:,}",
        )
    console.print(table)
    return all(each.state is not ProofState.DIFFERENT for each in proofs)
