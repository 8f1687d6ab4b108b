"""What comes between a restore and the first sign-in.

Events that waited for the audit trail come into it, everybody who was erased is erased
again, and the trail is examined. Whatever breaks off here is done by ``ehr up``.
"""

from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from pipelines.access import audit
from pipelines.access.encryption import patient_key_of
from pipelines.database.connections import connect
from pipelines.database.provisioning import bring_up
from pipelines.database.roles import Role
from pipelines.database.unfinished_restore import erasures_marker
from pipelines.erasing.register import (
    is_any_unknown,
    listed,
    register_file,
    take_over,
)
from pipelines.settings import Settings

# Who the trail says was erased; of a newer list nobody but the trail may know.
ERASED = """
    select distinct unnest(patient_keys) from audit.event
    where action = 'erase' and result = 'ok'
"""


@dataclass(frozen=True)
class Repeated:
    """How many erasures are on the list, and how many of the patients were there."""

    on_list: int
    there: int

    @property
    def told(self) -> str:
        """Return it in words."""
        return f"erasures: {self.on_list} on the list, {self.there} carried out again"


@dataclass(frozen=True)
class Finished:
    """What the end of a restore came to."""

    erasures: str = ""
    problems: list[str] = field(default_factory=list)


def finish(settings: Settings, backup_id: str, erasures: Path | None) -> Finished:
    """Bring a restored installation up to date; ``erasures`` is a newer list of them.

    Raises:
        ErasureError: a list of erasures is damaged.
    """
    bring_up(settings)
    audit.replay(settings)
    if erasures:
        take_over(settings, erasures)
    repeated = repeat_erasures(settings)
    with connect(settings, Role.COMPLIANCE) as connection:
        breaks = audit.verify(settings, connection)
        unlisted = _unlisted(settings, connection)
    event = audit.Event("system", "", "restore", f"backup {backup_id}")
    audit.append(settings, event)
    problems = [f"audit event {each.event_id}: {each.problem}" for each in breaks]
    return Finished(repeated.told, [*problems, *unlisted])


def are_erasures_due(settings: Settings) -> bool:
    """Return whether somebody on the list of erasures may be there."""
    with connect(settings, Role.OWNER) as owner:
        return erasures_marker(settings.root).exists() or is_any_unknown(
            settings, owner
        )


def repeat_erasures(settings: Settings) -> Repeated:
    """Erase again everybody on the list; from then on people may be let in."""
    from pipelines.erasing.erasing import reapply  # noqa: PLC0415 - dbt's import costs seconds

    there = reapply(settings)
    erasures_marker(settings.root).unlink(missing_ok=True)
    return Repeated(len(listed(register_file(settings))), there)


def _unlisted(settings: Settings, compliance: psycopg.Connection) -> list[str]:
    """Return what is wrong if the trail tells of an erasure that is on no list."""
    known = {patient_key_of(each) for each in listed(register_file(settings))}
    told = {key for (key,) in compliance.execute(ERASED)}
    if missing := len(told - known):
        return [
            f"the audit trail tells of {missing} erasures that are on no list: these "
            "patients may be back; restore with the newest list by --erasures, or "
            "erase again by the keys that the trail names"
        ]
    return []
