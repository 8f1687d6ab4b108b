"""What was saved on a page, and when the marts show it to the role that asks.

Looking goes on beside the test from the first save: what arrives while the test still
fills in the next form is measured at the moment at which it arrived.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipelines.access.people import PersonRole
from pipelines.database.connections import connect
from pipelines.database.databases import RECORD
from pipelines.database.roles import Role
from pipelines.record.actions.reading_entries import BUILT
from pipelines.settings import Settings
from pipelines.sources.operational.extract import has_news
from tests.demonstration.beside import Beside

IN_NAME_OF = "select set_config('ehr.user_id', %s, true)"
Told = Callable[[dict[str, float]], None]  # writes seconds into the report of a test


@dataclass
class Awaited:
    """One thing that was saved; the statement brings a row once it is in the marts."""

    what: str
    statement: str
    values: tuple[object, ...]
    saved_at: float = field(default_factory=time.monotonic)
    seconds: float | None = None


class Arrivals:
    """Everything that one role waits for."""

    def __init__(self, settings: Settings, role: PersonRole) -> None:
        """Look through the role's own login, as the role's persona."""
        self._settings, self._role = settings, role
        self._awaited: list[Awaited] = []
        self.beside = Beside(self._look)

    def expect(self, what: str, statement: str, *values: object) -> None:
        """Begin to wait for something that was saved just now."""
        self._awaited.append(Awaited(what, statement, values))

    def wait(self) -> dict[str, float]:
        """Wait for all of it; return the seconds from saving to the marts.

        The marts show a change as soon as their own model is built; the mark "being
        processed" goes when the whole build has ended.
        """
        self.beside.wait_until(lambda: not self._missing(), "not all is in the marts")
        self.beside.wait_until(
            lambda: is_built(self._settings, self._role.login), "a build goes on"
        )
        last = max(each.saved_at for each in self._awaited)
        seconds = {each.what: round(each.seconds or 0, 1) for each in self._awaited}
        return seconds | {
            "all of it, without a mark": round(time.monotonic() - last, 1)
        }

    def _missing(self) -> list[Awaited]:
        return [each for each in list(self._awaited) if each.seconds is None]

    def _look(self) -> None:
        if not (missing := self._missing()):
            return
        with connect(self._settings, self._role.login) as connection:
            connection.execute(IN_NAME_OF, (self._role,))
            for each in missing:
                if connection.execute(each.statement, each.values).fetchone():
                    each.seconds = time.monotonic() - each.saved_at


@contextmanager
def looking(settings: Settings, role: PersonRole) -> Iterator[Arrivals]:
    """Yield what a role waits for; looking ends with the test."""
    arrivals = Arrivals(settings, role)
    with arrivals.beside.looking():
        yield arrivals


def snapshot_built(settings: Settings, login: Role) -> str:
    """Return the snapshot of the record that the last whole build knows."""
    with connect(settings, login) as connection:
        return connection.execute(BUILT).fetchone()[0]


def is_built(settings: Settings, login: Role) -> bool:
    """Return whether the marts know all that is in the record."""
    built = snapshot_built(settings, login)
    with connect(settings, Role.EXTRACTOR, RECORD, autocommit=True) as record:
        return not has_news(record, built)


def distribution(seconds: dict[str, float]) -> str:
    """Return how long it took, for the report of the test."""
    ordered = sorted(seconds.values())
    middle = ordered[len(ordered) // 2]
    late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{len(ordered)} saved: median {middle}, p95 {late}, longest {ordered[-1]} s"
