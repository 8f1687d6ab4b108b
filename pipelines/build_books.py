"""The books of builds: what one has to build is fixed at its start, cleared at its end.

A build of the news alone takes the models that read a feed of which rows landed since
the last build; every other model would come out as it is. That holds while no rule and
no historical source's today has moved, which the books of the last build tell.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import psycopg

from pipelines.access.delivered_rules import refresh_delivered_rules
from pipelines.build_statements import (
    BEGIN,
    CLEAR_FEEDS,
    CLEAR_PATIENTS,
    EMPTY_PATIENTS,
    EMPTY_TODAY,
    END,
    FAIL_THE_KILLED,
    FIX_PATIENTS,
    FIX_TODAY,
    HISTORICAL_TODAYS,
    IS_UNTOLD,
    LAST_BUILD,
    PATIENT_COUNT,
    TOUCHED_FEEDS,
    WAIT_FOR_LOADS,
)
from pipelines.dbt_program import project_digest
from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.dbt_sources import source_of
from pipelines.lists_of_texts import empty_lists_of_texts
from pipelines.merged_patients import (
    add_whole_persons,
    count_after,
    count_before,
    renew_merged_patients,
)
from pipelines.sources.naming import RECORD

# Made whole of the marts by every usual build.
MADE_OF_MARTS = ("config.schema:research", "config.schema:ml")
# Built whole or not at all, and nobody waits for it: the night brings it up to date.
NOT_FOR_NEWS = (*MADE_OF_MARTS, "tag:nightly")


class Scope(StrEnum):
    """How much a build builds."""

    NEWS = "news"  # what reads a feed with news, of the patients touched
    USUAL = "usual"  # every mart, of the patients touched; today moves on everywhere
    FULL = "full"  # every mart, of every patient
    MARTS = "marts"  # the same, without lists of codes and what is made of marts


@dataclass
class Build:
    """A running build; ``feeds`` are those with news, if it builds no more."""

    build_id: int
    patient_count: int
    scope: Scope
    feeds: tuple[str, ...] = ()
    is_succeeded: bool = field(default=False)

    @property
    def is_full(self) -> bool:
        """Return whether every patient is built anew."""
        return self.scope in {Scope.FULL, Scope.MARTS}

    @property
    def has_nothing_to_do(self) -> bool:
        """Return whether no model would come out otherwise than it is."""
        return self.scope is Scope.NEWS and not self.feeds

    @property
    def dbt_arguments(self) -> list[str]:
        """Return dbt's command; unit tests belong to the tests of the code."""
        arguments = ["build", "--exclude-resource-type", "unit_test"]
        return [*arguments, "--full-refresh"] if self.is_full else arguments

    @property
    def selection(self) -> list[str]:
        """Return what to build: views and code lists only where the project changed.

        They are 60 of 90 relations, each some 0.1 s, whatever the news. A view of a
        mart that is built in full falls with the mart's old table and is made again.
        """
        if self.scope is Scope.FULL:
            return []
        if self.scope is Scope.MARTS:
            marts = ("config.materialized:incremental+", "config.materialized:table+")
            return ["--select", *marts, "--exclude", *MADE_OF_MARTS]
        changing = ("config.materialized:incremental", "config.materialized:table+")
        if self.scope is Scope.USUAL:
            return ["--select", *changing]
        readers = [f"source:{source_of(FEEDS[feed])}.{feed}+" for feed in self.feeds]
        selected = [f"{each},{how}" for each in readers for how in changing]
        return ["--select", *selected, "--exclude", *NOT_FOR_NEWS]

    def succeed(self) -> None:
        """Say that every model has succeeded."""
        self.is_succeeded = True


def begin_build(
    connection: psycopg.Connection, wanted: Scope, *, keeps_today: bool = False
) -> Build:
    """Enter a build and fix what it builds; it may have to build more than wanted.

    ``keeps_today`` leaves the today of each source as the build before had it.
    """
    with connection.transaction():
        connection.execute(FAIL_THE_KILLED)
        connection.execute(WAIT_FOR_LOADS)
        is_regrouped = renew_merged_patients(connection)
        digest, todays = project_digest(), _one(connection, HISTORICAL_TODAYS)
        last = connection.execute(LAST_BUILD).fetchone()
        scope = _least(connection, wanted, last, (digest, todays))
        values = {
            "is_full": scope in {Scope.FULL, Scope.MARTS},
            "digest": digest,
            "todays": todays,
            "record": RECORD,
        }
        build_id = connection.execute(BEGIN, values).fetchone()[0]
        connection.execute(EMPTY_PATIENTS)
        connection.execute(FIX_PATIENTS)
        empty_lists_of_texts(connection)
        add_whole_persons(connection)
        patient_count = _one(connection, PATIENT_COUNT)
        if is_regrouped:
            count_before(connection, build_id)
        if not keeps_today:
            connection.execute(EMPTY_TODAY)
            connection.execute(FIX_TODAY)
        feeds = _feeds_with_news(connection) if scope is Scope.NEWS else ()
    connection.execute("analyze raw.building_patients")
    return Build(build_id, patient_count, scope, feeds)


def end_build(connection: psycopg.Connection, build: Build) -> None:
    """Enter how a build ended; clear what it built if it succeeded."""
    status = "succeeded" if build.is_succeeded else "failed"
    with connection.transaction():
        if build.is_succeeded:
            connection.execute(CLEAR_PATIENTS, (build.build_id,))
            connection.execute(CLEAR_FEEDS, (build.build_id,))
            count_after(connection)
            refresh_delivered_rules(connection)
        connection.execute(END, (status, build.build_id))


def _least(
    connection: psycopg.Connection,
    wanted: Scope,
    last: tuple[str, str] | None,
    now: tuple[str, str],
) -> Scope:
    """Return the least that must be built, which is no less than wanted.

    A rule that changed holds for every patient, not only for those with news.
    """
    if last is None or last[0] != now[0]:
        return Scope.FULL
    if wanted is Scope.NEWS and (last != now or _one(connection, IS_UNTOLD)):
        return Scope.USUAL
    return wanted


def _feeds_with_news(connection: psycopg.Connection) -> tuple[str, ...]:
    """Return the feeds with news that a model can read."""
    touched = {feed for (feed,) in connection.execute(TOUCHED_FEEDS)}
    return tuple(
        name
        for name, feed in FEEDS.items()
        if name in touched and not feed.is_identity_only
    )


def _one(connection: psycopg.Connection, query: str) -> object:
    """Return the first column of a query's only row."""
    return connection.execute(query).fetchone()[0]
