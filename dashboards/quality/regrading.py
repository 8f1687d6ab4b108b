"""Which alerts are overridden so often that their grade is worth another look.

An alert that everybody overrides teaches everybody to override. The limits are our own
choice: enough showings, by enough prescribers, that one person's habit decides nothing.
"""

import csv
import io
from typing import Any

import pandas as pd

SHOWN_AT_LEAST = 20
PRESCRIBERS_AT_LEAST = 3
OVERRIDDEN_PERCENT = 90
# One grade lower: it is still shown openly, and interrupts nobody.
LOWER = {"contraindicated": "major"}
RULE = ["alert_kind_code", "severity_code", "alert_code"]


def rules_of(shown: pd.DataFrame) -> pd.DataFrame:
    """Return one row per rule; a row of ``shown`` is one of a rule and a reason."""
    return shown.drop_duplicates(RULE).reset_index(drop=True)


def proposed(shown: pd.DataFrame) -> pd.DataFrame:
    """Return the named rules that are at the limits or beyond, and still interrupt."""
    rules = rules_of(shown)
    of_pairs = rules["alert_kind_code"].isin(("interaction", "qt"))
    is_in_force = ~of_pairs | (rules["severity_in_force"] == rules["severity_code"])
    overridden = rules["overridden_count"] * 100
    is_often = overridden >= rules["shown_count"] * OVERRIDDEN_PERCENT
    return rules[
        rules["alert_code"].notna()
        & is_in_force
        & is_often
        & (rules["shown_count"] >= SHOWN_AT_LEAST)
        & (rules["prescribers_count"] >= PRESCRIBERS_AT_LEAST)
    ]


def line_of(rule: Any) -> str | None:
    """Return the line for site_interaction_rules; None of what is graded elsewhere."""
    grade = LOWER.get(rule.severity_code)
    if not rule.first_ingredient_name or grade is None:
        return None
    reason = (
        f"overridden {rule.overridden_count} of {rule.shown_count} times by "
        f"{rule.prescribers_count} prescribers within a year"
    )
    names = (rule.first_ingredient_name, rule.second_ingredient_name)
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(
        [*names, "grade", grade, "", "", reason]
    )
    return written.getvalue()
