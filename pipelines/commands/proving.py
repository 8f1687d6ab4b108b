"""``ehr prove``: are the marts what a full rebuild gives?"""

import typer
from rich.console import Console
from rich.table import Table

from pipelines.settings import load_settings

console = Console()


def prove() -> None:
    """Compare every mart with a full rebuild; fail if one differs.

    Builds wait meanwhile. The rebuilt marts stay.

    Example: ehr prove
    """
    from pipelines.proving.proof import (  # noqa: PLC0415 - dbt costs 4 s
        ProofState,
        prove_rebuild,
    )

    settings = load_settings()
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
    if any(each.state is ProofState.DIFFERENT for each in proofs):
        raise typer.Exit(1)
