"""Reporting a value that seems wrong, and answering: from the chart to quality staff.

Who sees a row may report it, judged by the row's own policy. A report holds where the
value came from, never the value; its words, which may tell one, are encrypted.
"""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID, uuid4

from psycopg import sql

from pipelines.access.acting import Act, RuleError, asking, let_in, perform, told
from pipelines.access.encryption import load_keyring
from pipelines.access.people import Person
from pipelines.settings import Settings

REPORT_ACTION, ANSWER_ACTION = "report value", "answer report"
SHORTEST_WORDS, LONGEST_WORDS = 5, 1000
FAULTS: Mapping[str, str] = {
    "value": "The value cannot be right",
    "unit": "The unit seems wrong",
    "time": "The time seems wrong",
    "patient": "It seems to be another patient's",
    "duplicate": "It stands here twice",
    "missing_part": "Something of it is missing",
    "other": "Something else, as written below",
}
ANSWERS: Mapping[str, str] = {
    "being_corrected": "It is being corrected",
    "corrected": "It was corrected at its source",
    "not_an_error": "It is not an error",
}
# The last that stays: after it a report of the same value asks anew.
UNANSWERED = ("open", "being_corrected")


class Mart(NamedTuple):
    """Where a fact of a feed stands for clinicians."""

    relation: str
    key: str
    latest_first: str


MARTS: Mapping[str, Mart] = {
    "lab_results": Mart(
        "fct_lab_result_versions", "lab_result_key", "version_number desc"
    ),
    "vital_signs": Mart("fct_vital_signs", "vital_sign_key", "known_from desc"),
    "prescriptions": Mart(
        "fct_medication_history", "prescription_key", "known_from desc"
    ),
}
LINEAGE = """
    select source_system, delivery_id, file_id, line_number, known_from
    from marts.{relation}
    where patient_key = %s and {key} = %s
    order by {order}
    limit 1
"""
REPORT = """
    select quality.report_value(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
ANSWER = "select quality.answer_report(%s, %s, %s, %s, %s, %s)"


class Fact(NamedTuple):
    """One fact of a patient, as a page shows it."""

    feed: str
    fact_key: str
    patient_key: int


class Reported(NamedTuple):
    """A reported fact as quality staff see it: without whose it is."""

    feed: str
    fact_key: str
    state_code: str


def report_value(
    settings: Settings, person: Person, fact: Fact, fault_code: str, words: str
) -> UUID:
    """Report a value; return the number of the report.

    Raises:
        RuleError: the person may not see it, has reported it, or says too little.
    """
    let_in(settings, person, REPORT_ACTION, [fact.patient_key])
    said = _words(words)
    if fault_code not in FAULTS:
        msg = "choose what seems wrong"
        raise RuleError(msg)
    report_id = uuid4()
    lineage = _lineage(settings, person, fact)
    keyring = load_keyring(settings.keys_folder)
    sealed = keyring.encrypt(said, _place("value_report", report_id))
    act = Act(
        action=REPORT_ACTION,
        subject=f"{fact.feed}, report {report_id}",
        statement=REPORT,
        values=(report_id, *fact, *lineage, fault_code, sealed),
        patient_keys=[fact.patient_key],
    )
    perform(settings, person, act)
    return report_id


def answer_report(
    settings: Settings,
    person: Person,
    reported: Reported,
    answer_code: str,
    words: str,
) -> None:
    """Answer all who reported a value.

    Raises:
        RuleError: it may not be done, or somebody answered meanwhile.
    """
    let_in(settings, person, ANSWER_ACTION)
    said = _words(words)
    if answer_code not in ANSWERS:
        msg = "choose what became of it"
        raise RuleError(msg)
    answer_id = uuid4()
    keyring = load_keyring(settings.keys_folder)
    sealed = keyring.encrypt(said, _place("report_answer", answer_id))
    feed, fact_key, seen = reported
    act = Act(
        action=ANSWER_ACTION,
        subject=f"{feed}, answer {answer_id}: {answer_code}",
        statement=ANSWER,
        values=(answer_id, feed, fact_key, answer_code, sealed, seen),
    )
    perform(settings, person, act)


class ReportWords:
    """Opens the words of reports and answers that a page has read."""

    def __init__(self, settings: Settings) -> None:
        """Open with the keys of an installation."""
        self._keyring = load_keyring(settings.keys_folder)

    def of_report(self, report_id: UUID, sealed: str) -> str:
        """Return the words of a report."""
        return self._keyring.decrypt(sealed, _place("value_report", report_id))

    def of_answer(self, answer_id: UUID, sealed: str) -> str:
        """Return the words of an answer."""
        return self._keyring.decrypt(sealed, _place("report_answer", answer_id))


def _lineage(settings: Settings, person: Person, fact: Fact) -> tuple[object, ...]:
    """Return where a fact came from, if the person may see its row."""
    mart = MARTS[fact.feed]
    statement = sql.SQL(LINEAGE).format(
        relation=sql.Identifier(mart.relation),
        key=sql.Identifier(mart.key),
        order=sql.SQL(mart.latest_first),
    )
    with asking(settings, person) as connection:
        found = connection.execute(
            statement, (fact.patient_key, fact.fact_key)
        ).fetchone()
    if found is None:
        act = Act(REPORT_ACTION, fact.feed, "", (), [fact.patient_key])
        told(settings, person, act, "denied")
        msg = "this value is not open to you, or is not there any more"
        raise RuleError(msg)
    return found


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not SHORTEST_WORDS <= len(words) <= LONGEST_WORDS:
        msg = f"write between {SHORTEST_WORDS} and {LONGEST_WORDS} letters"
        raise RuleError(msg)
    return words


def _place(table: str, number: UUID) -> str:
    return f"quality.{table}|sealed_words|{number}"
