"""Suite of ``devices``: what is in or on a patient, before a scan or an operation."""

from expectations.code_rules import SNOMED_CT
from expectations.every_feed import suite
from expectations.expectation import Where
from expectations.identity_rules import holds_no_identifier
from expectations.rules import identifier, matches, mostly_filled, one_of, required
from expectations.time_rules import happened, in_order, may_be_planned

STATUSES = ("active", "inactive", "removed", "explanted", "entered-in-error")

SUITE = suite(
    "devices",
    required("device_code", "A device of no kind warns nobody before a scan."),
    required("started_at", "Since when it is there decides what it may have caused."),
    identifier("device_code"),
    identifier("encounter_id"),
    identifier("unique_device_identifier"),
    identifier("serial_number"),
    holds_no_identifier("device_name"),
    matches(
        "device_code",
        SNOMED_CT,
        "Not a code of SNOMED-CT: leading zeros lost, or a column shifted.",
        Where("code_system", ("SNOMED-CT",)),
        label="SNOMED-CT",
    ),
    one_of("status_code", STATUSES, "Whether it is still in the patient is unknown."),
    happened("started_at"),
    may_be_planned("ended_at"),
    in_order("started_at", "ended_at", "Taken out before it was put in."),
    mostly_filled("device_name", 0.9, "A code alone warns nobody at the bedside."),
)
