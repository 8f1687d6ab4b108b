"""Synthea's patients, organizations and providers.

Left out: what a simulation has added up (expenses, coverage, revenue, utilization,
encounters). They grow with every export and are facts of billing, not of the person.
"""

import polars as pl

from pipelines.sources.adapter import LINE, Mapped, Table


def map_patients(records: pl.DataFrame) -> Mapped:
    """Return patients; in 2017 the whole address is one text and stays one."""
    given_names = pl.concat_str("first", "middle", separator=" ", ignore_nulls=True)
    patients = records.select(
        LINE,
        source_patient_id="id",
        national_id="ssn",
        drivers_license="drivers",
        passport_number="passport",
        name_prefix="prefix",
        given_name=given_names.replace({"": None}),
        family_name="last",
        name_suffix="suffix",
        maiden_name="maiden",
        birth_place="birthplace",
        address_line="address",
        city="city",
        county="county",
        postal_code="zip",
        latitude="lat",
        longitude="lon",
        sex_code="gender",
        marital_status_code="marital",
        race_code="race",
        ethnicity_code="ethnicity",
        state="state",
        birth_date="birthdate",
        deceased_at="deathdate",
    )
    return Mapped({"patients": patients})


def map_organizations(records: pl.DataFrame) -> Mapped:
    """Return organizations."""
    organizations = records.select(
        LINE,
        record_id="id",
        organization_name="name",
        address_line="address",
        city="city",
        state="state",
        postal_code="zip",
        phone="phone",
    )
    return Mapped({"organizations": organizations})


def map_providers(records: pl.DataFrame) -> Mapped:
    """Return practitioners; their address is that of their organization."""
    practitioners = records.select(
        LINE,
        record_id="id",
        practitioner_name="name",
        sex_code="gender",
        specialty_name="speciality",
        organization_id="organization",
    )
    return Mapped({"practitioners": practitioners})


TABLES = (
    Table(
        name="patients",
        required=("id", "birthdate", "ssn", "first", "last", "gender"),
        optional=(
            *("deathdate", "drivers", "passport", "prefix", "middle", "suffix"),
            *("maiden", "marital", "race", "ethnicity", "birthplace", "address"),
            *("city", "state", "county", "fips", "zip", "lat", "lon"),
            *("healthcare_expenses", "healthcare_coverage", "income"),
        ),
        map_records=map_patients,
    ),
    Table(
        name="organizations",
        required=("id", "name", "address", "city", "state", "zip", "phone"),
        optional=("lat", "lon", "revenue", "utilization"),
        map_records=map_organizations,
    ),
    Table(
        name="providers",
        required=("id", "organization", "name", "gender", "speciality"),
        optional=(
            *("address", "city", "state", "zip", "lat", "lon"),
            *("utilization", "encounters", "procedures"),
        ),
        map_records=map_providers,
    ),
)
