"""The dbt project as dbt has parsed it, kept for every installation of this checkout.

dbt parses 300 files in 8 to 14 s of a processor. It keeps what it parsed in the folder
that it writes to, and takes it again only for a server of the same name; an embedded
server's name is the path of its socket, so each new installation would parse once more.
Nothing in the project asks for the server, and the database has the same name in every
one, so what is kept serves all: ``python -m pipelines.parsed_project`` makes it, as
``make setup`` does. Without it dbt parses.
"""

import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.dbt_program import DBT_PROJECT, FOLDERS, project_digest
from pipelines.settings import PROJECT

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

KEPT = DBT_PROJECT / "target" / "parsed"
MANIFEST, NODES = "manifest.json", "partial_parse.msgpack"
QUIETLY = ("--quiet", "--no-version-check", "--log-level-file", "none")


class ParseError(Exception):
    """The dbt project cannot be parsed; the message says why."""


def parsed_project() -> "Manifest | None":
    """Return the project for dbt to run, a new copy each time as dbt changes it.

    None if it was not kept as it is now.
    """
    file = kept_folder() / NODES
    if not file.exists():
        return None
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415 - costs 3 s
    from dbt.parser.manifest import (  # noqa: PLC0415
        extended_mashumuro_decoder,
    )

    return Manifest.from_msgpack(_read(file), decoder=extended_mashumuro_decoder)


def kept_manifest() -> Path | None:
    """Return the manifest of the project as it is now; None if it was not kept."""
    file = kept_folder() / MANIFEST
    return file if file.exists() else None


def kept_folder() -> Path:
    """Return where the project as it is now is kept: other files, another folder."""
    place = hashlib.sha256(f"{PROJECT}\n{project_digest()}".encode())
    return KEPT / place.hexdigest()[:32]


def keep_parsed() -> Path:
    """Parse the project and keep it, if it is not kept as it is now; return where.

    Raises:
        ParseError: dbt cannot parse the project.
    """
    folder = kept_folder()
    if folder.exists():
        return folder
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT.parent) as written:
        parse_into(Path(written))
        whole = Path(written) / "whole"
        whole.mkdir()
        for name in (MANIFEST, NODES):
            (Path(written) / name).rename(whole / name)
        shutil.rmtree(KEPT, ignore_errors=True)  # the project as it was before
        KEPT.mkdir(exist_ok=True)
        whole.rename(folder)
    return folder


def parse_into(target: Path) -> None:
    """Let dbt parse the project and write what it found into a folder.

    Raises:
        ParseError: dbt cannot parse the project.
    """
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - its import costs 3 s

    written = ("--target-path", str(target), "--log-path", str(target))
    done = dbtRunner().invoke([*QUIETLY, "parse", *FOLDERS, *written])
    if not done.success:
        msg = f"the dbt project cannot be parsed: {done.exception}"
        raise ParseError(msg)


@cache
def _read(file: Path) -> bytes:
    """Return a file that never changes; 6 MB, read again for every build otherwise."""
    return file.read_bytes()


if __name__ == "__main__":
    keep_parsed()
