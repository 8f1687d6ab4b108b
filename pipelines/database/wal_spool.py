"""Where the server puts finished pieces of its log, for a backup to fetch them.

The server's own user writes there, and knows no key; ``pipelines.backup.wal`` seals the
pieces and takes them away. A piece is there whole and on disk, or not at all.
"""

import os
import shlex
import shutil
from pathlib import Path

from pipelines.database.service_user import Place

# With the half minute between two fetches, no more than a minute of work is lost.
ARCHIVE_SECONDS = 25
FOLDER, SCRIPT_NAME = "wal", "archive_wal.sh"
# A second copy of the same piece is well (the server asks again after a crash); another
# piece of the same name is not: two servers would be mixed up in one log.
SCRIPT = """#!/bin/sh
# archive_wal.sh PATH NAME SPOOL: keep a piece of the log, whole and on disk.
set -eu
if [ -e "$3/$2" ]; then
    exec cmp -s "$1" "$3/$2"
fi
cp "$1" "$3/$2.part"
sync "$3/$2.part"
ln "$3/$2.part" "$3/$2"
rm "$3/$2.part"
sync "$3"
"""


def spool(where: Place) -> Path:
    """Return the folder of pieces that wait to be fetched."""
    return where.folder / FOLDER


def prepare(where: Place) -> None:
    """Make the folder and the program that the server runs for each piece."""
    folder, script = spool(where), where.folder / SCRIPT_NAME
    folder.mkdir(mode=0o700, exist_ok=True)
    partial = script.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o700)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(SCRIPT)
    for path in (folder, partial):
        if where.user:
            shutil.chown(path, where.user, where.user)
    partial.replace(script)


def archive_settings(where: Place, *, is_archiving: bool) -> dict[str, str]:
    """Return how the server archives; without a folder of backups it keeps nothing."""
    if not is_archiving:
        return {"archive_command": "true", "archive_timeout": "0"}
    # A sign of percent would be the server's own.
    script, folder = (
        shlex.quote(str(path)).replace("%", "%%")
        for path in (where.folder / SCRIPT_NAME, spool(where))
    )
    command = f'sh {script} "%p" "%f" {folder}'
    return {
        "archive_command": command.replace("'", "''"),
        "archive_timeout": str(ARCHIVE_SECONDS),
    }
