"""All feeds by name, in the order in which they are best landed and shown."""

from pipelines.feeds import (
    documentation,
    history,
    laboratory,
    medicines,
    people,
    terminology,
    visits,
)
from pipelines.feeds.contract import Feed

FEEDS: dict[str, Feed] = {
    feed.name: feed
    for module in (
        terminology,
        people,
        visits,
        history,
        documentation,
        laboratory,
        medicines,
    )
    for feed in module.FEEDS
}
# What a file may hold; the others come from the operational record alone.
DELIVERED: dict[str, Feed] = {
    name: feed for name, feed in FEEDS.items() if not feed.is_of_record
}
