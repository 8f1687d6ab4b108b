"""The login roles: one for each application role, one for each service."""

from enum import StrEnum


class Role(StrEnum):
    """A login; no role is a member of another."""

    DOCTOR = "ehr_doctor"
    NURSE = "ehr_nurse"
    LAB_TECHNICIAN = "ehr_lab_technician"
    PATIENT = "ehr_patient"
    QUALITY = "ehr_quality"
    RESEARCHER = "ehr_researcher"
    COMPLIANCE = "ehr_compliance"
    ENGINEER = "ehr_engineer"
    REGISTRAR = "ehr_registrar"
    BILLING = "ehr_billing"
    SUPPORT = "ehr_support"
    LOADER = "ehr_loader"
    BUILDER = "ehr_builder"
    OWNER = "ehr_owner"
    SIGNIN = "ehr_signin"
    AUDITOR = "ehr_auditor"
    EXTRACTOR = "ehr_extractor"
    DAGSTER = "ehr_dagster"


SERVICES = (
    Role.LOADER,
    Role.BUILDER,
    Role.OWNER,
    Role.SIGNIN,
    Role.AUDITOR,
    Role.EXTRACTOR,
    Role.DAGSTER,
)
PEOPLE = tuple(role for role in Role if role not in SERVICES)
# Researchers with SQL of their own are members of this group; nobody signs in as it.
RESEARCH_READERS = "ehr_research_sql"


class UnknownRoleError(ValueError):
    """There is no role of that name; the message lists those that are."""


def role_named(name: str) -> Role:
    """Return the role for a name with or without ``ehr_``.

    Raises:
        UnknownRoleError: there is no such role; the message lists those that are.
    """
    wanted = name.lower().replace("-", "_")
    for role in Role:
        if wanted in {role.value, role.value.removeprefix("ehr_")}:
            return role
    known = ", ".join(role.value.removeprefix("ehr_") for role in Role)
    msg = f"no role named {name!r}; there are {known}"
    raise UnknownRoleError(msg)
