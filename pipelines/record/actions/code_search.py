"""Finding diagnoses by their titles or codes, in the edition that is loaded."""

from dataclasses import dataclass

import psycopg

from pipelines.access.people import Person
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.in_record import as_person
from pipelines.settings import Settings

MOST_FOUND = 40
DOT_AFTER = 3
SYSTEM = "ICD-10-CM"
NOT_SEARCHED = "diagnoses cannot be searched just now; try again"
# Every word must be in the title, or the code must begin so; short titles come first.
SEARCH = """
    select code, title
    from terminology.code_titles
    where code_system = %(system)s
        and (
            code like %(code)s
            or not exists (
                select from unnest(%(words)s::text[]) as word
                where strpos(lower(title), word) = 0
            )
        )
    order by code not like %(code)s, length(title), code collate "C"
    limit %(most)s
"""


@dataclass(frozen=True)
class Diagnosis:
    """One code with its title."""

    code: str
    title: str
    code_system: str = SYSTEM


def find_diagnoses(settings: Settings, person: Person, sought: str) -> list[Diagnosis]:
    """Return diagnoses whose title has these words, or whose code begins so.

    Raises:
        ActionError: the titles cannot be read now.
    """
    words = sought.lower().split()
    if not words:
        return []
    beginning = "".join(sign for sign in sought.upper() if sign.isalnum())
    values = {
        "system": SYSTEM,
        "code": f"{beginning or '-'}%",
        "words": words,
        "most": MOST_FOUND,
    }
    try:
        with as_person(settings, person) as warehouse:
            rows = warehouse.execute(SEARCH, values, prepare=True).fetchall()
    except psycopg.Error:
        raise ActionError(NOT_SEARCHED) from None
    return [Diagnosis(_dotted(code), title) for code, title in rows]


def _dotted(code: str) -> str:
    if len(code) <= DOT_AFTER:
        return code
    return f"{code[:DOT_AFTER]}.{code[DOT_AFTER:]}"
