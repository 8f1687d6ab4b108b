"""Suite of ``local_codes``: the code lists that give other feeds their names."""

from expectations.code_rules import loinc
from expectations.every_feed import suite
from expectations.rules import identifier, mostly_filled, required

SUITE = suite(
    "local_codes",
    required("code_list", "A code means nothing outside its list."),
    required("local_code", "A name without a code names nothing."),
    identifier("code_list"),
    identifier("local_code"),
    loinc("loinc_code"),
    mostly_filled("code_name", 0.95, "Nameless codes show as bare numbers on a chart."),
    has_patient=False,
)
