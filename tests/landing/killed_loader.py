"""Loads in a child process that can be killed, again and again, importing only once.

Reads lines ``source<TAB>folder`` from standard input. For each it forks a child that
loads the folder, prints the child's id, and, when the child has ended, how.
"""

import os
import sys
from pathlib import Path

import psycopg

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing import delivery
from pipelines.landing.books import Books
from pipelines.landing.loading import load
from pipelines.settings import Settings, load_settings

PLANTED_FAULT = "--books-outside-the-transaction"


def main() -> None:
    """Serve until standard input ends."""
    settings = load_settings()
    if PLANTED_FAULT in sys.argv:
        plant_fault(settings)
    for line in sys.stdin:
        source, folder = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            load(settings, Path(folder), format_name="csv", source_system=source)
            os._exit(0)
        tell(child)
        _, status = os.waitpid(child, 0)
        tell(os.waitstatus_to_exitcode(status))


def tell(number: int) -> None:
    """Print a number at once."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def plant_fault(settings: Settings) -> None:
    """Let the books of every delivery be committed apart from its rows."""

    class BooksOutside(Books):
        """Books that a rolled-back load does not take back."""

        def __init__(self, inside: psycopg.Connection, source_system: str) -> None:
            outside = connect(settings, Role.LOADER, autocommit=True)
            super().__init__(outside, source_system)
            self._books_inside = Books(inside, source_system)

        def note_touched(self, patient_keys: set[int], delivery_id: int) -> None:
            """Work with a temporary table, which needs a transaction."""
            self._books_inside.note_touched(patient_keys, delivery_id)

    delivery.Books = BooksOutside


if __name__ == "__main__":
    main()
