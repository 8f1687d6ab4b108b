"""The mark of a restore that has not ended: nothing may be started there."""

from pathlib import Path

NAME = "restore-is-not-finished"


class UnfinishedRestoreError(Exception):
    """A restore was interrupted; the message says what to do."""


def marker(root: Path) -> Path:
    """Return the file that lies in a home while it is being restored."""
    return root / NAME


def refuse_unfinished(root: Path) -> None:
    """Refuse to bring up what is only half restored.

    Raises:
        UnfinishedRestoreError: a restore was interrupted.
    """
    if marker(root).exists():
        msg = f"a restore into {root} was interrupted: remove the folder, restore again"
        raise UnfinishedRestoreError(msg)
