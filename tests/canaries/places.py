"""The allow-list: where canaries of a kind may stand, each line with its reason."""

import re
from dataclasses import dataclass

from pipelines.feeds.catalogue import DOMAIN_OF, FEEDS
from tests.canaries.campaign import Campaign
from tests.canaries.ledger import Canary, Kind
from tests.canaries.scan import Finding

FACTS = frozenset({Kind.CLINICAL, Kind.NUMBER})
FEED_NAMES = "|".join(FEEDS)
DOMAINS = "|".join(sorted(set(DOMAIN_OF.values())))


@dataclass(frozen=True)
class Allowed:
    """A place, as a pattern of its whole name, and what may stand there."""

    place: str
    kinds: frozenset[Kind]
    reason: str


ALLOWED = (
    Allowed(
        rf"warehouse: raw\.({FEED_NAMES})",
        FACTS,
        "The facts as they were delivered; no login of a person reads them.",
    ),
    Allowed(
        rf"warehouse: persons\.({FEED_NAMES})",
        FACTS,
        "Views of raw under the key that a person goes on under; read as raw is.",
    ),
    Allowed(
        r"warehouse: identity\.identity_statements",
        FACTS,
        "What was asked, and in which visit; the answer is ciphertext.",
    ),
    Allowed(
        r"warehouse: raw\.delivery_file",
        frozenset({Kind.FILE_NAME}),
        "The books of deliveries name each file, so that its sender finds it again.",
    ),
    Allowed(
        r"said: ehr load.*",
        frozenset({Kind.FILE_NAME}),
        "Who loads a folder is told what became of each of its files.",
    ),
    Allowed(
        rf"record: ({DOMAINS})\.({FEED_NAMES})",
        FACTS,
        "The operational record: row-level security by ticket; texts are ciphertext.",
    ),
    Allowed(
        r"warehouse: access\.care_team",
        FACTS,
        "Who treats whom, by the numbers of practitioners: visibility follows it.",
    ),
    Allowed(
        r"warehouse: access\.consent(_in_force)?",
        FACTS,
        "To whom a patient allows or refuses what: visibility follows it.",
    ),
    Allowed(
        r"(warehouse|record): (pg_catalog\.)?pg_statistic",
        FACTS,
        "Samples that PostgreSQL's planner takes of the facts; pg_stats shows nobody "
        "those of a table under row-level security.",
    ),
    Allowed(
        r"warehouse: (pg_catalog\.)?pg_statistic",
        frozenset({Kind.FILE_NAME}),
        "And of the books of deliveries, once there are many: pg_stats shows them to "
        "those alone who may read the books.",
    ),
    Allowed(
        r"warehouse: (staging|intermediate)\..*",
        FACTS,
        "The facts between raw and marts; no login of a person reads them.",
    ),
    Allowed(
        r"warehouse: (marts|ml)\..*",
        FACTS,
        "The facts that pages show, under row-level security.",
    ),
)


def is_allowed(place: str, canary: Canary) -> bool:
    """Return whether a canary may stand in a place."""
    return any(
        canary.kind in each.kinds and re.fullmatch(each.place, place)
        for each in ALLOWED
    )


def leaks_among(campaign: Campaign, findings: list[Finding]) -> set[tuple[str, ...]]:
    """Return what was found where it may not stand: place, kind, column and path."""
    found = ((each.place, campaign.ledger.found(each.sign)) for each in findings)
    return {
        (place, canary.kind.value, canary.column, canary.path)
        for place, canary in found
        if canary and not is_allowed(place, canary)
    }
