"""Revisions whose statements fill a folder: a file a subject, in order of names."""

from pathlib import Path

from sqlalchemy import Connection


def apply_folder(connection: Connection, folder: Path) -> None:
    """Run every file of a revision; functions may name what a later one makes."""
    connection.exec_driver_sql("set local check_function_bodies = off")
    for file in sorted(folder.glob("*.sql")):
        connection.exec_driver_sql(file.read_text().replace("%", "%%"))
