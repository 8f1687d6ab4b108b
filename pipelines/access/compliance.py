"""What a compliance officer decides, and whom looks are compared with."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pipelines.access.acting import Act, RuleError, asking, perform
from pipelines.access.encryption import load_keyring
from pipelines.access.people import Person
from pipelines.access.search import sought_terms
from pipelines.access.ties import FULL_NAME, SURNAME, terms_of_staff
from pipelines.settings import Settings

SHORTEST_COMMENT = 3
RESULTS = {
    "justified": "Justified",
    "not_justified": "Not justified",
    "followed_up": "To be followed up",
}
DECISIONS = {"kept": "Still needed", "ended": "End it now"}
STAFF = "select user_id, display_name from audit.staff_names()"
FIND_PATIENTS = "select patient_key from audit.find_patients(%s::uuid[])"


@dataclass(frozen=True)
class StaffTokens:
    """Keyed hashes of the names of the staff, by position."""

    user_ids: list[str]
    surnames: list[str]
    full_names: list[str]


def sign_week(settings: Settings, person: Person, week: date, comment: str) -> None:
    """Sign the review of a week.

    Raises:
        RuleError: it was signed already, or there is no comment.
    """
    act = Act(
        action="sign review",
        subject=f"week of {week}",
        statement="select audit.sign_week(%s, %s)",
        values=(week, _comment(comment)),
        purpose=_comment(comment),
    )
    perform(settings, person, act)


def review_glass(
    settings: Settings,
    person: Person,
    glass: tuple[UUID, int],
    result_code: str,
    comment: str,
) -> None:
    """Decide about one breaking of the glass, given by its id and patient.

    Raises:
        RuleError: it was decided already, is one's own, or there is no comment.
    """
    break_glass_id, patient_key = glass
    act = Act(
        action="review glass",
        subject=f"{break_glass_id}: {result_code}",
        statement="select access.review_glass(%s, %s, %s)",
        values=(break_glass_id, result_code, _comment(comment)),
        patient_keys=(patient_key,),
        purpose=_comment(comment),
    )
    perform(settings, person, act)


def certify(
    settings: Settings,
    person: Person,
    user_id: str,
    decision_code: str,
    comment: str,
) -> None:
    """Keep or end somebody's access for this quarter.

    Raises:
        RuleError: it was decided already, is one's own, or there is no comment.
    """
    act = Act(
        action="certify access",
        subject=f"{user_id}: {decision_code}",
        statement="select access.certify(%s, %s, %s)",
        values=(user_id, decision_code, _comment(comment)),
        purpose=_comment(comment),
    )
    perform(settings, person, act)


def staff_tokens(settings: Settings, person: Person) -> StaffTokens:
    """Return the names of the staff as patients' names are kept: as keyed hashes."""
    keyring = load_keyring(settings.keys_folder)
    with asking(settings, person) as connection:
        staff = connection.execute(STAFF).fetchall()
    terms = [(user_id, *terms_of_staff(name)) for user_id, name in staff]
    return StaffTokens(
        user_ids=[user_id for user_id, _, _ in terms],
        surnames=[keyring.search_token(SURNAME, each) for _, each, _ in terms],
        full_names=[keyring.search_token(FULL_NAME, each) for _, _, each in terms],
    )


def patients_of_number(settings: Settings, person: Person, number: str) -> list[int]:
    """Return the patients of a whole record number; names are not browsed here."""
    keyring = load_keyring(settings.keys_folder)
    terms = sought_terms(keyring, number)
    tokens = [
        token
        for kind, token in zip(terms.kinds, terms.tokens, strict=True)
        if kind == "number"
    ]
    if not tokens or max(terms.words, default=0) > 0:
        return []
    with asking(settings, person) as connection:
        return [key for (key,) in connection.execute(FIND_PATIENTS, (tokens,))]


def _comment(text: str) -> str:
    words = " ".join(text.split())
    if len(words) < SHORTEST_COMMENT:
        msg = "write a comment: who reads this later must understand the decision"
        raise RuleError(msg)
    return words
