"""Suite of ``organizations``."""

from expectations.every_feed import suite
from expectations.rules import mostly_filled, well_decoded

SUITE = suite(
    "organizations",
    well_decoded("organization_name"),
    mostly_filled(
        "organization_name", 0.95, "Visits cannot be counted by a nameless house."
    ),
    has_patient=False,
)
