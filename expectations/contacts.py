"""Suite of ``contacts``: who is called when something happens to the patient."""

from expectations.every_feed import suite
from expectations.identity_rules import holds_no_identifier
from expectations.rules import (
    identifier,
    mostly_filled,
    number_between,
    one_of,
    required,
    well_decoded,
)
from expectations.time_rules import in_order, may_be_planned

ROLES = ("emergency", "next_of_kin", "guardian", "other")

SUITE = suite(
    "contacts",
    required("relationship_code", "Who is it? A guardian decides, a friend does not."),
    identifier("relationship_code"),
    identifier("contact_name"),
    identifier("phone"),
    identifier("email"),
    identifier("address_line"),
    holds_no_identifier("relationship_code"),
    well_decoded("contact_name"),
    one_of("contact_role_code", ROLES, "Nobody knows when to call this contact."),
    number_between("priority_number", (1, 20), "No list of contacts is so long."),
    may_be_planned("started_at"),
    may_be_planned("ended_at"),
    in_order("started_at", "ended_at", "The contact would never have held."),
    mostly_filled("phone", 0.5, "A contact without a number cannot be called."),
)
