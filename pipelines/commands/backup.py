"""``ehr backup``: backups made, listed, verified; holders of their keys; the drill."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.backup import key_files
from pipelines.backup.drill import backups_of, run_drill
from pipelines.backup.key_files import load_backup_keys, read_opener
from pipelines.backup.making import Wanted, make_backup
from pipelines.backup.manifest import Manifest
from pipelines.backup.repository import Repository
from pipelines.backup.verifying import verify_all
from pipelines.settings import Settings, load_settings

app = typer.Typer(invoke_without_command=True)
holder_app = typer.Typer(
    help="Who can open the backups when this machine is lost.\n\n"
    "Example: ehr backup holder new /media/stick/holder.pem",
    no_args_is_help=True,
)
app.add_typer(holder_app, name="holder")
console = Console()

Folder = Annotated[
    Path | None, typer.Option("--to", help="Folder of backups: EHR_BACKUP_FOLDER.")
]
Where = Annotated[
    Path | None, typer.Option("--in", help="Folder of backups: EHR_BACKUP_FOLDER.")
]


@app.callback()
def backup(
    context: typer.Context,
    *,
    incremental: Annotated[
        bool,
        typer.Option("--incremental", help="Copy what changed since the last backup."),
    ] = False,
    to: Folder = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Keep so many full backups; else all.")
    ] = None,
    alone: Annotated[
        bool,
        typer.Option("--alone", help="Without a second holder: not for production."),
    ] = False,
) -> None:
    """Back everything up that is not derived: encrypted, verified, sealed to holders.

    With the embedded server it is a copy of the server's files, and the log archived
    since then leads to any later moment. With an external server (EHR_DATABASE_URL)
    it is a dump of what is not derived: a moment between two backups is the business
    of that server's own tools.

    Example: ehr backup --incremental --to /backups --keep 4
    """
    if context.invoked_subcommand:
        return
    settings = load_settings()
    wanted = Wanted(
        _repository(settings, to).folder,
        is_incremental=incremental,
        is_alone=alone,
        chains_kept=keep,
    )
    with console.status("backing up") as status:
        made = make_backup(settings, wanted, status.update)
    console.print(
        f"{made.kind.value} backup {made.backup_id}: "
        f"{len(made.fingerprints)} tables, {len(made.files)} files, "
        f"{_megabytes(made.byte_count)}, verified",
        soft_wrap=True,
    )


@app.command("list")
def list_backups(folder: Where = None) -> None:
    """List the finished backups.

    Example: ehr backup list --in /backups
    """
    settings = load_settings()
    repository = _repository(settings, folder)
    opener = load_backup_keys(settings.keys_folder).opener()
    table = Table("backup", "kind", "holds until", "tables", "size", title="Backups")
    for listed in repository.all(opener):
        table.add_row(listed.backup_id, *_described(listed.manifest, listed.problem))
    console.print(table)


@app.command()
def verify(
    folder: Where = None,
    key: Annotated[
        Path | None, typer.Option(help="A holder's key, where there is no other.")
    ] = None,
) -> None:
    """Read every byte of every backup again; say what was changed, lost or put in.

    Example: ehr backup verify --in /backups
    """
    settings = load_settings()
    repository = _repository(settings, folder)
    opener = (
        read_opener(key, asked_passphrase(key))
        if key
        else load_backup_keys(settings.keys_folder).opener()
    )
    count = 0
    for what, problems in verify_all(repository, opener):
        count += len(problems)
        console.print(f"{what}: {'not well' if problems else 'whole'}", soft_wrap=True)
        for problem in problems:
            console.print(f"  {problem}", soft_wrap=True, markup=False)
    if count:
        raise typer.Exit(1)


@app.command()
def drill() -> None:
    """Restore the newest backup beside, compare every table by two paths, remove it.

    Example: ehr backup drill
    """
    with console.status("restore drill") as status:
        done = run_drill(load_settings(), status.update)
    for problem in done.problems:
        console.print(problem, markup=False, soft_wrap=True)
    console.print(
        f"restored {done.manifest.backup_id} in {done.recovery_time_seconds:.0f} s: "
        f"{done.tables} tables compared, {len(done.problems)} problems",
        soft_wrap=True,
    )
    if done.problems:
        raise typer.Exit(1)


@holder_app.command("new")
def new_holder(
    file: Annotated[Path, typer.Argument(help="Where the private key goes.")],
) -> None:
    """Make a key that opens the backups; only its public half stays here.

    Take the file away from this machine, and keep the passphrase elsewhere still.

    Example: ehr backup holder new /media/stick/holder.json
    """
    passphrase = typer.prompt(
        "Passphrase", hide_input=True, confirmation_prompt=True, err=True
    )
    name = key_files.new_holder(load_settings().keys_folder, file, passphrase)
    console.print(f"holder {name}: every backup from now on is sealed to {file}, too")


@holder_app.command("list")
def list_holders() -> None:
    """List who can open the backups from now on, this installation aside.

    Example: ehr backup holder list
    """
    keys = load_backup_keys(load_settings().keys_folder)
    for name in keys.holders:
        console.print(name)
    if not keys.holders:
        console.print("no holder: run 'ehr backup holder new FILE'")


@holder_app.command("remove")
def remove_holder(
    name: Annotated[str, typer.Argument(help="As 'ehr backup holder list' shows it.")],
) -> None:
    """Seal no further backup to a holder; those made already stay open to the key.

    Example: ehr backup holder remove 0123456789abcdef
    """
    key_files.remove_holder(load_settings().keys_folder, name)
    console.print(f"holder {name} opens no backup made from now on")


def asked_passphrase(key: Path) -> str:
    """Return the passphrase of a holder's key, asked of who runs the command."""
    if not key_files.needs_passphrase(key):
        return ""
    return typer.prompt(f"Passphrase of {key.name}", hide_input=True, err=True)


def _repository(settings: Settings, folder: Path | None) -> Repository:
    if folder is None:
        return backups_of(settings)
    return Repository(folder.expanduser().resolve())


def _described(manifest: Manifest | None, problem: str) -> list[str]:
    if manifest is None:
        return ["cannot be read", problem, "", ""]
    return [
        manifest.kind.value,
        f"{manifest.holds_until:%Y-%m-%d %H:%M:%S %Z}",
        str(len(manifest.fingerprints)),
        _megabytes(manifest.byte_count),
    ]


def _megabytes(byte_count: int) -> str:
    return f"{byte_count / 1e6:,.1f} MB"
