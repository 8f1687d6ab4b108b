"""Suite of ``practitioners``."""

from expectations.every_feed import suite
from expectations.rules import identifier, mostly_filled, well_decoded

SUITE = suite(
    "practitioners",
    identifier("organization_id"),
    well_decoded("practitioner_name"),
    mostly_filled(
        "practitioner_name", 0.95, "A chart that names nobody cannot be asked about."
    ),
    has_patient=False,
)
