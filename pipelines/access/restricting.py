"""Restricting patients to their treating team, and which roles see which labels.

For compliance. What is decided holds from the next statement on.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pipelines.access.acting import Act, RuleError, perform
from pipelines.access.people import Person
from pipelines.settings import Settings

SHORTEST_REASON = 10
WHY_RESTRICTED: Mapping[str, str] = {
    "patient_wish": "The patient's wish",
    "staff": "A member of staff",
    "vip": "A person of note",
}
# Nurses see entrusted patients only, and patients themselves: no label keeps anything.
ROLES_OF_LABELS: Mapping[str, str] = {
    "doctor": "Doctors",
    "lab_technician": "Laboratory technicians",
    "registrar": "Registrars",
    "billing": "Billing",
}
RESTRICT = "select access.restrict_patient(%s, %s, %s, %s)"
LIFT = "select access.lift_restriction(%s)"
SET_LABEL_RULE = "select access.set_label_rule(%s, %s, %s)"


def restrict(
    settings: Settings,
    person: Person,
    patient_key: int,
    *,
    label_code: str,
    reason: str,
    valid_to: datetime | None = None,
) -> None:
    """Let doctors see a patient only on the treating team or by breaking the glass.

    Raises:
        RuleError: it may not be done; the message says why.
    """
    if label_code not in WHY_RESTRICTED:
        msg = "choose why the record is restricted"
        raise RuleError(msg)
    why = _reason(reason)
    act = Act(
        action="restrict patient",
        subject=f"rules {label_code}",
        statement=RESTRICT,
        values=(patient_key, label_code, why, valid_to),
        patient_keys=[patient_key],
        purpose=why,
    )
    perform(settings, person, act)


def lift(
    settings: Settings,
    person: Person,
    restriction_id: UUID,
    patient_key: int,
    *,
    reason: str,
) -> None:
    """End a restriction now.

    Raises:
        RuleError: it has ended already, or may not be ended.
    """
    why = _reason(reason)
    act = Act(
        action="lift restriction",
        subject=f"rules {restriction_id}",
        statement=LIFT,
        values=(restriction_id,),
        patient_keys=[patient_key],
        purpose=why,
    )
    if perform(settings, person, act) != (True,):
        msg = "this restriction has ended already"
        raise RuleError(msg)


def set_label_rule(
    settings: Settings,
    person: Person,
    *,
    role: str,
    label_code: str,
    is_withheld: bool,
    reason: str,
) -> None:
    """Decide whether a role sees a label of entrusted patients only.

    Raises:
        RuleError: it holds already, or may not be decided.
    """
    why = _reason(reason)
    act = Act(
        action="withhold label" if is_withheld else "show label",
        subject=f"rules {role} {label_code}",
        statement=SET_LABEL_RULE,
        values=(role, label_code, is_withheld),
        purpose=why,
    )
    if perform(settings, person, act) != (True,):
        msg = "this is what holds already"
        raise RuleError(msg)


def _reason(text: str) -> str:
    words = " ".join(text.split())
    if len(words) < SHORTEST_REASON:
        msg = "write the reason: who reads this later must understand it"
        raise RuleError(msg)
    return words
