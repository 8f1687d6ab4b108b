"""How far a look is from what is usual: reasons to ask, and their weight."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

# By weight: what hardly happens by chance comes first.
SAME_ADDRESS, OWN_RECORD, COLLEAGUE, VIP, SAME_SURNAME = 5, 5, 4, 3, 2
NO_RELATION = 1
LABELS = {"vip": "a VIP", "staff": "staff", "patient_wish": "restricted by wish"}


@dataclass(frozen=True)
class Usual:
    """What is usual: opened by name, and without a relation of care."""

    opened: dict[str, int]
    unrelated: dict[str, int]
    role_share: dict[str, float]
    patients: int

    def share(self, user_id: str) -> float:
        """Return which part of those opened by a person had no relation of care."""
        return self.unrelated.get(user_id, 0) / max(self.opened.get(user_id, 0), 1)


def usual_of(looks: pd.DataFrame, patients: int) -> Usual:
    """Return what is usual among the looks of a period."""
    opened = looks.groupby("user_id").size()
    is_unrelated = ~looks["has_care_relation"].astype(bool)
    unrelated = looks[is_unrelated].groupby("user_id").size()
    shares = (unrelated.reindex(opened.index).fillna(0) / opened).rename("share")
    roles = looks.groupby("user_id")["role"].first()
    by_role = shares.groupby(roles).median()
    return Usual(opened.to_dict(), unrelated.to_dict(), by_role.to_dict(), patients)


def reasons_of(look: Any, usual: Usual) -> list[tuple[int, str]]:
    """Return (weight, words) of each tie between a person and a patient looked at."""
    reasons = []
    if look.is_same_address:
        reasons.append((SAME_ADDRESS, "Lives at the same address as this patient"))
    if look.is_own_name:
        reasons.append((OWN_RECORD, "Has the same full name: perhaps the own record"))
    if look.staff_id:
        reasons.append((COLLEAGUE, f"The patient has the name of {look.staff_id}, a "
                                   "colleague"))  # fmt: skip
    labels = [LABELS[label] for label in look.labels or [] if label in LABELS]
    if labels:
        reasons.append((VIP, f"The patient is marked as {', '.join(labels)}"))
    if look.is_same_surname:
        reasons.append((SAME_SURNAME, _surname_words(look, usual)))
    if not look.has_care_relation:
        reasons.append((NO_RELATION, _relation_words(look, usual)))
    return reasons


def _surname_words(look: Any, usual: Usual) -> str:
    bearers = int(look.surname_patients)
    expected = usual.opened.get(look.user_id, 0) * bearers / max(usual.patients, 1)
    return (
        f"Has the same family name; {bearers:,} of {usual.patients:,} patients have "
        f"it, so by chance {expected:.2f} would be among those opened"
    )


def _relation_words(look: Any, usual: Usual) -> str:
    return (
        "No assignment, care team or visit of this person within 30 days; so it is "
        f"for {usual.unrelated.get(look.user_id, 0):,} of the "
        f"{usual.opened.get(look.user_id, 0):,} that they opened by name "
        f"({usual.share(look.user_id):.0%}; usual in this role "
        f"{usual.role_share.get(look.role, 0):.0%})"
    )


def asked_about(looks: pd.DataFrame, usual: Usual) -> list[tuple[int, Any, list[str]]]:
    """Return looks that deserve a question: (weight, look, reasons), heaviest first."""
    found = []
    for look in looks.itertuples():
        reasons = sorted(reasons_of(look, usual), reverse=True)
        if reasons:
            weight = sum(each for each, _ in reasons)
            found.append((weight, look, [words for _, words in reasons]))
    return sorted(found, key=lambda each: each[0], reverse=True)
