"""The audit store taken away for a while: the trail alone, or the spool as well."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.access import audit
from pipelines.access.spool import Spool
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings


@contextmanager
def trail_away(settings: Settings) -> Iterator[None]:
    """Take the trail away; afterwards it is back, and what waited is in it."""
    with connect(settings, Role.OWNER) as connection:
        connection.execute("revoke usage on schema audit from ehr_auditor")
    try:
        yield
    finally:
        with connect(settings, Role.OWNER) as connection:
            connection.execute("grant usage on schema audit to ehr_auditor")
        audit.forget_failures()
        audit.replay(settings)


@contextmanager
def audit_away(settings: Settings) -> Iterator[None]:
    """Take the trail and the spool away."""
    folder = Spool(settings).folder
    kept = folder.with_suffix(".kept")
    if folder.exists():
        folder.rename(kept)
    folder.parent.mkdir(exist_ok=True, mode=0o700)
    folder.touch()
    with trail_away(settings):
        try:
            yield
        finally:
            folder.unlink()
            if kept.exists():
                kept.rename(folder)
