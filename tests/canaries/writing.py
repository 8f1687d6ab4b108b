"""Canaries through the actions of the record: saved, refused, and failing inside."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pipelines.access.drafts import keep_draft
from pipelines.access.people import Person
from pipelines.database.databases import RECORD
from pipelines.feeds.catalogue import DOMAIN_OF, FEEDS
from pipelines.feeds.contract import Column, ColumnType, Feed
from pipelines.record.actions.entry import Change
from pipelines.record.actions.saving import save
from pipelines.record.permissions import CREATE, permissions
from tests.access.audit_away import audit_away
from tests.canaries.campaign import Campaign, poisoned
from tests.canaries.ledger import Kind, plantable
from tests.canaries.people import STAFF, patient_of

FREE = ("_name", "_text")


def _instant(text: str) -> datetime:
    """Read an example's time, in UTC where it names no zone."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


READ_AS = {
    ColumnType.TEXT: str,
    ColumnType.INTEGER: int,
    ColumnType.DECIMAL: Decimal,
    ColumnType.BOOLEAN: lambda text: text == "true",
    ColumnType.DATE: date.fromisoformat,
    ColumnType.TIMESTAMP: _instant,
}


def write_in_every_way(campaign: Campaign) -> None:
    """Save canaries by every action that begins an entry, and let each fail."""
    for action, person, feed in _actions(campaign):
        _save(campaign, action, person, _values(campaign, feed, "saved"), "saved")
        wrong = {each.name: _word(campaign, feed, each) for each in feed.columns}
        _save(campaign, action, person, wrong, "refused")
        if campaign.endings[f"refused: {action}"] == 0:  # takes any word
            campaign.ledger.let_in(wrong.values(), "saved")
    _fail_inside(campaign)
    keep_draft(
        campaign.settings,
        STAFF[0],
        f"note|{campaign.patient_keys[0]}",
        {"note_text": campaign.ledger.word("a draft", Kind.IDENTIFYING, "draft")},
    )


def _actions(campaign: Campaign) -> Iterator[tuple[str, Person, Feed]]:
    people = (*STAFF, patient_of(campaign))
    for name, permission in permissions().items():
        if permission.verb != CREATE or permission.feed == "acknowledgements":
            continue
        person = next(each for each in people if permission.allows(each.role))
        yield name, person, FEEDS[permission.feed]


def _values(campaign: Campaign, feed: Feed, path: str) -> dict[str, Any]:
    """Return the example of a feed, with canaries wherever words are free."""
    values = {
        column.name: READ_AS[column.type](column.example)
        for column in feed.columns
        if column.example
    }
    whose = campaign.patients[0] if feed.has_patient else ""
    free = [
        column
        for column in plantable(feed)
        if column in feed.direct_columns or column.name.endswith(FREE)
    ]
    return values | {
        column.name: campaign.ledger.of(feed, column, path, whose) for column in free
    }


def _word(campaign: Campaign, feed: Feed, column: Column) -> Any:
    if column.type in (ColumnType.DATE, ColumnType.TIMESTAMP):
        return datetime(2999, 1, 1, tzinfo=UTC)
    if column in plantable(feed):
        whose = campaign.patients[0] if feed.has_patient else ""
        return READ_AS[column.type](
            campaign.ledger.of(feed, column, "refused entry", whose)
        )
    return None


def _save(
    campaign: Campaign, action: str, person: Person, values: dict[str, Any], path: str
) -> None:
    feed = permissions()[action].feed
    key = campaign.patient_keys[0] if FEEDS[feed].has_patient else None
    change = Change(action, key, values)
    name = f"{path}: {action}"
    campaign.trying(name, lambda: save(campaign.settings, person, [change]))


def _fail_inside(campaign: Campaign) -> None:
    """Let the record refuse a value with words that quote it, and the audit be away."""
    feed, (doctor, *_) = FEEDS["conditions"], STAFF
    values = _values(campaign, feed, "failing entry")
    schema = DOMAIN_OF[feed.name]
    change = Change("record diagnosis", campaign.patient_keys[0], values)

    def attempt() -> None:
        save(campaign.settings, doctor, [change])

    with poisoned(campaign.settings, schema, feed.name, RECORD):
        campaign.trying("the record refuses", attempt)
    with audit_away(campaign.settings):
        campaign.trying("the audit is away", attempt)
