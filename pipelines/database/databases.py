"""The three databases: who owns each, who may enter it, who may make scratch tables.

A login enters the databases that it needs and no other.
"""

from dataclasses import dataclass

from pipelines.database.roles import PEOPLE, Role

RECORD = "record"
WAREHOUSE = "warehouse"
DAGSTER = "dagster"


@dataclass(frozen=True)
class Database:
    """One database of an installation."""

    name: str
    owner: Role
    guests: tuple[Role, ...] = ()
    # Whoever may make temporary tables can shadow what a careless function reads.
    makers: tuple[Role, ...] = ()

    @property
    def logins(self) -> tuple[Role, ...]:
        """Return every login that may enter."""
        return (self.owner, *self.guests)


DATABASES = (
    Database(
        RECORD,
        Role.OWNER,
        guests=(
            Role.DOCTOR,
            Role.NURSE,
            Role.LAB_TECHNICIAN,
            Role.PATIENT,
            Role.REGISTRAR,
            Role.BILLING,
            Role.EXTRACTOR,
        ),
    ),
    Database(
        WAREHOUSE,
        Role.OWNER,
        guests=(*PEOPLE, Role.LOADER, Role.BUILDER, Role.SIGNIN, Role.AUDITOR),
        makers=(Role.LOADER, Role.BUILDER),
    ),
    Database(DAGSTER, Role.DAGSTER),
)
