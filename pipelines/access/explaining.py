"""Why somebody can, or cannot, see a patient; and mending it. For support.

Support is given a record number and learns no name, and nothing clinical. Every
question is in the audit, with the patient asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pipelines.access.acting import Act, RuleError, asking, let_in, perform, told
from pipelines.access.key_check import keyring_of
from pipelines.access.people import Person
from pipelines.access.search import FIND_PATIENTS, sought_terms
from pipelines.settings import Settings

MOST_FOUND = 5
EXPLAIN = """
    select rule_code, rule_text, is_met, is_deciding from access.explain(%s, %s)
"""
WITHHELD = "select access.withheld_label_names(%s)"
ASSIGNMENTS = """
    select assignment_id, user_id, valid_from, valid_to, reason
    from access.assignments_of(%s, %s)
"""
GRANT = "select access.grant_assignment(%s, %s, %s, %s)"
END = "select access.end_assignment(%s)"


@dataclass(frozen=True)
class Rule:
    """One rule that was considered."""

    code: str
    words: str
    is_met: bool
    is_deciding: bool


@dataclass(frozen=True)
class Explanation:
    """The answer, the rules it follows from, and the labels kept from the role."""

    is_seen: bool
    rules: Sequence[Rule]
    withheld_labels: Sequence[str]

    @property
    def deciding(self) -> Rule:
        """Return the rule that decided."""
        return next(rule for rule in self.rules if rule.is_deciding)


@dataclass(frozen=True)
class Assignment:
    """A patient given to a person by hand."""

    assignment_id: UUID
    user_id: str
    valid_from: datetime
    valid_to: datetime | None
    reason: str


def find_by_number(settings: Settings, person: Person, number: str) -> list[int]:
    """Return the patients of a record number; their names are not told."""
    with asking(settings, person) as connection:
        terms = sought_terms(keyring_of(settings, connection), number)
        values = (terms.kinds, terms.tokens, terms.words, MOST_FOUND)
        found = connection.execute(FIND_PATIENTS, values, prepare=True).fetchall()
    keys = [key for key, _ in found]
    act = Act("search", "patient by number", FIND_PATIENTS, (), keys)
    told(settings, person, act, "ok")
    return keys


def explain(
    settings: Settings, person: Person, user_id: str, patient_key: int
) -> Explanation:
    """Return why a user id can, or cannot, see a patient; audited before it is told.

    Raises:
        RuleError: the person asking is not of support.
    """
    let_in(settings, person, "explain access", [patient_key])
    with asking(settings, person) as connection:
        rows = connection.execute(EXPLAIN, (user_id, patient_key)).fetchall()
        labels = connection.execute(WITHHELD, (user_id,)).fetchone()[0]
    if not rows:
        msg = "only support asks why somebody sees a patient"
        raise RuleError(msg)
    *rules, answer = (Rule(*row) for row in rows)
    # What is no account may be anything, typed into the wrong field.
    whom = user_id if rules[0].is_met else "(unknown)"
    act = Act(f"explain access of {whom}", "rules", EXPLAIN, (), [patient_key])
    told(settings, person, act, "ok")
    return Explanation(answer.is_met, rules, labels)


def assignments(
    settings: Settings, person: Person, user_id: str, patient_key: int
) -> list[Assignment]:
    """Return how a patient was assigned to a user id, newest first."""
    with asking(settings, person) as connection:
        rows = connection.execute(ASSIGNMENTS, (user_id, patient_key)).fetchall()
    return [Assignment(*row) for row in rows]


def grant(
    settings: Settings,
    person: Person,
    user_id: str,
    patient_key: int,
    *,
    valid_to: datetime,
    reason: str,
) -> None:
    """Assign a patient to a doctor or nurse, until a time and with a reason.

    Raises:
        RuleError: it may not be granted; the message says why.
    """
    act = Act(
        action=f"grant assignment to {user_id}",
        subject="rules",
        statement=GRANT,
        values=(user_id, patient_key, valid_to, reason.strip()),
        patient_keys=[patient_key],
        purpose=reason.strip(),
    )
    perform(settings, person, act)


def end(
    settings: Settings, person: Person, assignment: Assignment, patient_key: int
) -> None:
    """End an assignment now."""
    act = Act(
        action=f"end assignment of {assignment.user_id}",
        subject="rules",
        statement=END,
        values=(assignment.assignment_id,),
        patient_keys=[patient_key],
    )
    perform(settings, person, act)
