"""The marks of a restore that has not ended: nothing may be started there.

The first lies in a home until its databases are there; the second until everybody who
was erased since the backup has been erased again: before that nobody may sign in.
"""

from pathlib import Path

NAME = "restore-is-not-finished"
ERASURES_NAME = "erasures-are-not-repeated"


class UnfinishedRestoreError(Exception):
    """A restore was interrupted; the message says what to do."""


def marker(root: Path) -> Path:
    """Return the file that lies in a home while it is being restored."""
    return root / NAME


def erasures_marker(root: Path) -> Path:
    """Return the file that lies in a restored home until erasures are repeated."""
    return root / ERASURES_NAME


def refuse_unfinished(root: Path) -> None:
    """Refuse to bring up what is only half restored.

    Raises:
        UnfinishedRestoreError: a restore was interrupted.
    """
    if marker(root).exists():
        msg = f"a restore into {root} was interrupted: remove the folder, restore again"
        raise UnfinishedRestoreError(msg)


def refuse_unrepeated(root: Path) -> None:
    """Refuse to let anybody in where erased patients may be back.

    Raises:
        UnfinishedRestoreError: erasures have not been repeated after a restore.
    """
    if erasures_marker(root).exists():
        msg = "erasures have not been repeated since the restore: run 'ehr up'"
        raise UnfinishedRestoreError(msg)
