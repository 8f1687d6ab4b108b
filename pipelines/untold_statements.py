"""dbt makes an event of every statement that it sends: a quarter of a build's time.

Nobody reads them: they are of dbt's debug log, which is not written, as it would quote
rows. dbt has no setting that leaves them out.
"""

from functools import cache


@cache
def leave_statements_untold() -> None:
    """Make no events of statements, connections and the cache in this process."""
    from dbt.adapters.events import types  # noqa: PLC0415 - dbt's import costs 4 s
    from dbt_common.events.base_types import DebugLevel  # noqa: PLC0415 - likewise
    from dbt_common.events.event_manager import EventManager  # noqa: PLC0415 - likewise

    untold = {
        each
        for each in vars(types).values()
        if isinstance(each, type)
        and issubclass(each, DebugLevel)
        and each.__module__ == types.__name__
    }
    tell = EventManager.fire_event

    def tell_others(manager: EventManager, event: object, **how: object) -> None:
        if type(event) not in untold:
            tell(manager, event, **how)

    for each in untold:
        each.__init__ = _is_empty
    EventManager.fire_event = tell_others


def _is_empty(_event: object, **_told: object) -> None:
    """Stand for the beginning of an event: what it would tell is not kept."""
