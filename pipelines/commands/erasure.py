"""``ehr erase``: a patient leaves, lawfully, and does not come back."""

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.settings import load_settings

console = Console()
WORD = "erase"


def erase(
    patient: Annotated[str, typer.Argument(help="Patient key, or SOURCE:ID.")],
    reason: Annotated[str, typer.Option(help="Why; without a name.")],
    ordered_by: Annotated[str, typer.Option(help="Who ordered it.")],
) -> None:
    """Remove a patient from archive, record, warehouse and marts, for ever.

    Example: ehr erase 46116860184273 --reason "request 12" --ordered-by d.officer
    """
    from pipelines.access.key_check import keyring_of  # noqa: PLC0415 - with its command
    from pipelines.backup.erasure_list import told_of_list  # noqa: PLC0415
    from pipelines.database.connections import connect  # noqa: PLC0415
    from pipelines.database.roles import Role  # noqa: PLC0415
    from pipelines.erasing.erasing import erase as erase_patient  # noqa: PLC0415
    from pipelines.erasing.patient import find_patient, linked_patients  # noqa: PLC0415
    from pipelines.erasing.register import Order  # noqa: PLC0415

    settings = load_settings()
    if not (reason.strip() and ordered_by.strip()):
        message = "say why, and who ordered it"
        raise typer.BadParameter(message)
    with connect(settings, Role.OWNER) as owner:
        found = find_patient(owner, keyring_of(settings, owner), patient)
        linked = linked_patients(owner, found)
    console.print(f"patient {found.key} of {found.source_system}")
    if linked:
        console.print(
            f"[yellow]{linked} other patients are linked as the same person[/yellow]: "
            "erase each by its own key"
        )
    _confirm(found.key)
    order = Order(reason.strip(), ordered_by.strip(), f"operator:{getpass.getuser()}")
    removed = erase_patient(settings, str(found.key), order)
    table = Table("removed from", "how much", title="Erased")
    for name, count in sorted(removed.items()):
        table.add_row(name, f"{count:,}")
    console.print(table)
    console.print("backups still hold the patient until they expire: see docs/keys.md")
    if alone := told_of_list(settings):
        console.print(f"[red]{alone}[/red]", soft_wrap=True)


def _confirm(patient_key: int) -> None:
    """Ask twice; what was erased cannot be had back."""
    if typer.prompt("Type the patient key again") != str(patient_key):
        message = "that is another key: nothing was erased"
        raise typer.BadParameter(message)
    if typer.prompt(f"Type '{WORD}' to erase for ever") != WORD:
        message = "nothing was erased"
        raise typer.BadParameter(message)
