"""What ``ehr status`` says of keys and volumes."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.access.key_ages import key_ages
from pipelines.access.keyring import KeyringError
from pipelines.access.keyring_file import read_key_file
from pipelines.settings import Settings
from pipelines.volumes import volumes


def protection(settings: Settings) -> dict[str, Any]:
    """Return the volumes that the installation lies on, and its keys with their age."""
    return {
        "volumes": [asdict(volume) for volume in volumes(settings)],
        "keys": _keys(settings),
    }


def print_protection(console: Console, state: dict[str, Any]) -> None:
    """Print both."""
    table = Table("what lies there", "encrypted volume", "because", title="Volumes")
    for volume in state["volumes"]:
        table.add_row(volume["title"], volume["encrypted"], volume["reason"])
    console.print(table)
    ages = (
        f"{key['key_id']} {key['days']} days ({key['state']})" for key in state["keys"]
    )
    console.print(f"keys: {', '.join(ages) or 'none: see ehr doctor'}")


def _keys(settings: Settings) -> list[dict[str, Any]]:
    try:
        keys = read_key_file(settings.keys_folder)
    except KeyringError:
        return []  # 'ehr doctor' says why, and what to do
    return [asdict(key) for key in key_ages(keys, datetime.now(UTC))]
