"""When patients read their results: the site's rules, and who decides them.

A rule holds one kind of result back for some hours, or until it is acknowledged. The
rules hold in PostgreSQL: no page can show what they hold.
"""

from collections.abc import Mapping
from uuid import UUID

from pipelines.access.acting import Act, RuleError, asking, perform
from pipelines.access.people import Person
from pipelines.settings import Settings

MOST_HOURS = 720
SHORTEST_REASON = 10
RESULT, REPORT = "result", "report"
KINDS: Mapping[str, str] = {
    RESULT: "Laboratory results",
    REPORT: "Reports of imaging",
}
MATCHES: Mapping[str, str] = {
    "all": "All of them",
    "category": "Of one category (of reports: one modality)",
    "test": "Of one test (its LOINC code)",
    "label": "With a label",
}
HOLDS = "select access.holds_results()"
SET = "select access.set_release_rule(%s, %s, %s, %s, %s)"
END = "select access.end_release_rule(%s)"


def holds_results(settings: Settings, person: Person) -> bool:
    """Return whether the site holds any kind of result; it says nothing of anybody."""
    with asking(settings, person) as connection:
        row = connection.execute(HOLDS).fetchone()
    return bool(row and row[0])


def set_rule(  # noqa: PLR0913 - what a rule consists of
    settings: Settings,
    person: Person,
    *,
    kind_code: str,
    matched_by: str,
    matched_value: str | None,
    hours: int,
    reason: str,
) -> None:
    """Hold a kind of result for some hours from now on.

    Raises:
        RuleError: it may not be set; the message says why.
    """
    value = (matched_value or "").strip() or None
    if kind_code not in KINDS or matched_by not in MATCHES:
        _refuse("choose what the rule is about")
    if (matched_by == "all") is not (value is None):
        _refuse("say of which category, test or label, or choose all of them")
    if kind_code == REPORT and matched_by == "test":
        _refuse("a report has no test; choose its modality as the category")
    if not 1 <= hours <= MOST_HOURS:
        _refuse(f"a result is held 1 to {MOST_HOURS} hours")
    words = " ".join(reason.split())
    if len(words) < SHORTEST_REASON:
        _refuse("write the reason: who reads this later must understand it")
    act = Act(
        action="hold results",
        subject=f"{kind_code} {matched_by} {value or ''}, {hours} hours",
        statement=SET,
        values=(kind_code, matched_by, value, hours, words),
        purpose=words,
    )
    perform(settings, person, act)


def end_rule(settings: Settings, person: Person, release_rule_id: UUID) -> None:
    """End a rule: what it held is read from now on.

    Raises:
        RuleError: it has ended already, or the role may not.
    """
    act = Act(
        action="end holding results",
        subject=f"rule {release_rule_id}",
        statement=END,
        values=(release_rule_id,),
    )
    if perform(settings, person, act) != (True,):
        _refuse("this rule has ended already")


def _refuse(why: str) -> None:
    raise RuleError(why)
