"""All feeds by name, in the order in which they are best landed and shown."""

from pipelines.feeds import (
    billing,
    documentation,
    history,
    laboratory,
    medicines,
    people,
    terminology,
    visits,
)
from pipelines.feeds.contract import Feed

# A domain is a module of contracts, and a schema of the operational record.
DOMAINS: dict[str, tuple[Feed, ...]] = {
    "terminology": terminology.FEEDS,
    "people": people.FEEDS,
    "visits": visits.FEEDS,
    "history": history.FEEDS,
    "documentation": documentation.FEEDS,
    "laboratory": laboratory.FEEDS,
    "medicines": medicines.FEEDS,
    "billing": billing.FEEDS,
}
FEEDS: dict[str, Feed] = {
    feed.name: feed for feeds in DOMAINS.values() for feed in feeds
}
DOMAIN_OF: dict[str, str] = {
    feed.name: domain for domain, feeds in DOMAINS.items() for feed in feeds
}
# What a file may hold; the others come from the operational record alone.
DELIVERED: dict[str, Feed] = {
    name: feed for name, feed in FEEDS.items() if not feed.is_of_record
}
