"""Refused rows as quality staff read them: masked, and one whole line for a reason.

Whose rows they are is not known, so the audit names deliveries and rows instead of
patients. It is written before anything is returned.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pipelines.access import audit
from pipelines.access.acting import let_in
from pipelines.access.delivered_headers import DeliveredHeaders
from pipelines.access.encryption import load_keyring
from pipelines.access.known_texts import Texts, known_texts
from pipelines.access.masking import shape_of, texts_to_look_up
from pipelines.access.people import Person
from pipelines.access.reading import Query, Reader
from pipelines.access.refused_line import Line, fields_of, line_of, opened
from pipelines.access.refused_row import Choice, Decision, RefusedPage, RefusedRow
from pipelines.access.rule_words import words_of
from pipelines.settings import Settings

ROWS_PER_PAGE = 20
SHORTEST_REASON = 10
LONGEST_REASON = 300
ROWS = """
    select
        refused.row_id,
        refused.address::text as address,
        refused.delivery_id,
        refused.source_system,
        refused.table_name,
        refused.feed,
        refused.rules,
        refused.reason,
        refused.line_number,
        refused.records,
        refused.status,
        refused.refused_at,
        refused.original_text,
        delivery.adapter,
        delivered.archive_address,
        decision.action,
        decision.decided_by,
        decision.decided_at,
        decision.reason as decision_reason,
        count(*) over () as total
    from quarantine.row as refused
    inner join raw.delivery as delivery
        on refused.delivery_id = delivery.delivery_id
    left join raw.delivery_file as delivered
        on refused.file_id = delivered.file_id
    left join quarantine.decision as decision
        on refused.decision_id = decision.decision_id
    where (%(delivery_id)s::bigint is null or refused.delivery_id = %(delivery_id)s)
        and (%(feed)s::text is null or refused.feed = %(feed)s)
        and (
            %(rule)s::text is null
            or %(rule)s = any(string_to_array(refused.rules, ', '))
        )
        and (%(status)s::text is null or refused.status = %(status)s)
        and (%(row_ids)s::bigint[] is null or refused.row_id = any(%(row_ids)s))
    order by refused.row_id desc
    limit %(most)s offset %(offset)s
"""


class RefusedRowError(Exception):
    """A line cannot be shown; words for the person."""


def read_refused_rows(
    settings: Settings, person: Person, choice: Choice, *, offset: int = 0
) -> RefusedPage:
    """Return refused rows, newest first, with what may be shown of their lines.

    Raises:
        AuditError: the trail cannot be written; nothing is shown.
    """
    subject = "refused rows"
    if choice.delivery_id is not None:
        subject = f"refused rows of delivery {choice.delivery_id}"
    keyring = load_keyring(settings.keys_folder)
    found = _read(settings, person, subject, choice, offset=offset)
    headers = DeliveredHeaders(settings, keyring)
    lines = [line_of(row, keyring, headers) for row in found]
    known = _known(settings, person, lines)
    rows = [
        _refused_row(row, line, known) for row, line in zip(found, lines, strict=True)
    ]
    return RefusedPage(rows, int(found[0]["total"]) if found else 0)


def read_whole_line(
    settings: Settings, person: Person, row_id: int, reason: str
) -> str:
    """Return one original line, as delivered; the reason is in the audit before.

    Raises:
        RefusedRowError: there is no reason, or no such row, or it is a whole file.
        RuleError: the role may not.
        AuditError: the trail cannot be written; nothing is shown.
    """
    purpose = " ".join(reason.split())[:LONGEST_REASON]
    if len(purpose) < SHORTEST_REASON:
        msg = f"say in at least {SHORTEST_REASON} letters why you need the whole line"
        raise RefusedRowError(msg)
    let_in(settings, person, "unmask refused row")
    event = audit.Event(
        user_id=person.user_id,
        role=person.role,
        action="unmask",
        subject=f"refused row {row_id}",
        row_count=1,
        purpose=purpose,
    )
    audit.append(settings, event)
    keyring = load_keyring(settings.keys_folder)
    choice = Choice(row_ids=(row_id,))
    found = _read(settings, person, f"refused row {row_id}", choice)
    if not found or found[0]["line_number"] == 0:
        msg = "this row has no line of its own: its file is kept in the archive"
        raise RefusedRowError(msg)
    return opened(found[0], keyring)


def _read(
    settings: Settings,
    person: Person,
    subject: str,
    choice: Choice,
    *,
    offset: int = 0,
) -> list[dict[str, Any]]:
    values = {
        "delivery_id": choice.delivery_id,
        "feed": choice.feed,
        "rule": choice.rule,
        "status": choice.status,
        "row_ids": None if choice.row_ids is None else list(choice.row_ids),
        "most": ROWS_PER_PAGE,
        "offset": offset,
    }
    reading = Reader(settings, person).read(subject, {"rows": Query(ROWS, values)})
    return reading.frames["rows"].to_dict("records")


def _known(
    settings: Settings, person: Person, lines: list[Line | None]
) -> dict[str, Texts]:
    """Return, by feed, which texts of the lines are words of the feed."""
    asked: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for line in lines:
        if line and line.header:
            asked[line.feed] |= texts_to_look_up(
                line.adapter, line.header, line.text, line.delimiter
            )
    return known_texts(settings, person, asked)


def _refused_row(
    row: Mapping[str, Any], line: Line | None, known: Mapping[str, Texts]
) -> RefusedRow:
    fields, shape = [], ""
    if line:
        fields = fields_of(line, known)
        shape = "" if fields else shape_of(line.text)
    rules = str(row["rules"]).split(", ")
    return RefusedRow(
        row_id=int(row["row_id"]),
        delivery_id=int(row["delivery_id"]),
        source_system=row["source_system"],
        table_name=row["table_name"],
        feed=row["feed"],
        line_number=int(row["line_number"]),
        records=int(row["records"]),
        status=row["status"],
        refused_at=row["refused_at"],
        rules=[words_of(rule, row["feed"]) for rule in rules],
        reason=row["reason"],
        fields=fields,
        shape=shape,
        decision=_decision(row),
    )


def _decision(row: Mapping[str, Any]) -> Decision | None:
    if row["status"] == "waiting":
        return None
    return Decision(
        row["action"], row["decided_by"], row["decided_at"], row["decision_reason"]
    )
