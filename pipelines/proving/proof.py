"""Proves that marts built by patients touched are the marts of a full rebuild.

First comes a usual build, to which patients without news are added, drawn by chance;
then the marts are fingerprinted, rebuilt for everybody with the same today, and
fingerprinted once more. What differs was wrong until then: a rule that needs more than
the patient's own rows, or a change that touched a patient and was not noted. The marts
that were rebuilt stay, so what was wrong is right by the end; where something was, what
is made of marts (research, input of models) is made once more.

It costs a usual build, a rebuild of the marts and two readings of them. What is made of
marts the usual build has just made whole; lists of codes change with the project only,
and then that build is a full one. No other build runs meanwhile. In place and not
beside them: a copy would need the disk twice, and the rebuild would be thrown away.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum

import psycopg

from pipelines.assets.dbt_manifest import ensure_manifest
from pipelines.build_books import Scope
from pipelines.building import BuildError, build_lock, build_whole, one_build
from pipelines.merged_patients import add_whole_persons
from pipelines.proving.fingerprints import NOBODY, enter_fingerprints, proved_marts
from pipelines.proving.statements import (
    BUILT,
    COMPARE,
    DRAW,
    ENTER,
    FEEDS_WITH_NEWS,
    NEWS_BEFORE,
    NEWS_MEANWHILE,
)
from pipelines.proving.today import marts_of_earlier_days
from pipelines.settings import Settings

DRAWN = 200  # patients


class ProofState(StrEnum):
    """What comes out for a mart; one without rows to compare proves nothing."""

    EQUAL = "equal"
    DIFFERENT = "different"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Proof:
    """What was compared in one mart, and of how many patients the rows differed.

    A mart without patients counts as one.
    """

    mart: str
    patients_count: int
    rows_count: int
    different_count: int

    @property
    def state(self) -> ProofState:
        """Return whether the mart is proved."""
        if not self.patients_count:
            return ProofState.NOT_APPLICABLE
        return ProofState.DIFFERENT if self.different_count else ProofState.EQUAL


def prove_rebuild(settings: Settings) -> list[Proof]:
    """Build, fingerprint, rebuild and compare; keep what came out, and return it.

    Raises:
        BuildError: a model failed; nothing is proved unless the message tells how many
            marts were wrong.
    """
    manifest = ensure_manifest(settings)
    with build_lock(settings) as connection:
        _build_by_patients(settings, connection)
        enter_fingerprints(connection, "fingerprints_before")
        with one_build(connection, Scope.MARTS, keeps_today=True) as build:
            connection.execute(NEWS_BEFORE)
            feeds = _feeds_with_news(connection)
            build_whole(settings, build)
        connection.execute(NEWS_MEANWHILE)
        feeds += _feeds_with_news(connection)
        enter_fingerprints(connection, "fingerprints_rebuilt")
        proofs = _compare(
            connection, marts_of_earlier_days(manifest), has_news=feeds > 0
        )
        with connection.cursor() as cursor:
            cursor.executemany(ENTER, [_row(build.build_id, each) for each in proofs])
        wrong = sum(each.state is ProofState.DIFFERENT for each in proofs)
        if wrong:
            _make_again_what_is_made_of_marts(settings, connection, wrong)
    return proofs


def _build_by_patients(
    settings: Settings, connection: psycopg.Connection, *, keeps_today: bool = False
) -> None:
    """Build who has news and who is drawn; a project that changed is built before."""
    with one_build(connection, Scope.USUAL, keeps_today=keeps_today) as build:
        if not build.is_full:
            _draw(connection)
        build_whole(settings, build)
    if build.is_full:
        _build_by_patients(settings, connection, keeps_today=True)


def _make_again_what_is_made_of_marts(
    settings: Settings, connection: psycopg.Connection, wrong: int
) -> None:
    try:
        with one_build(connection, Scope.USUAL) as build:
            build_whole(settings, build)
    except BuildError as error:
        msg = (
            f"{wrong} marts were not what a full rebuild gives and are right now; "
            f"what is made of them could not be made again: {error}"
        )
        raise BuildError(msg) from error


def _draw(connection: psycopg.Connection) -> None:
    """Add patients to those of the build, each with whoever is one person with them."""
    connection.execute(DRAW, (secrets.randbits(31), DRAWN))
    add_whole_persons(connection)
    connection.execute("analyze raw.building_patients")
    connection.execute(BUILT)


def _feeds_with_news(connection: psycopg.Connection) -> int:
    (feeds,) = connection.execute(FEEDS_WITH_NEWS).fetchone()
    return feeds


def _compare(
    connection: psycopg.Connection, of_earlier_days: frozenset[str], *, has_news: bool
) -> list[Proof]:
    values = {
        "of_earlier_days": list(of_earlier_days),
        "nobody": NOBODY,
        "has_news": has_news,
    }
    found = {
        mart: Proof(mart, *counts)
        for mart, *counts in connection.execute(COMPARE, values)
    }
    return [found.get(mart.name, Proof(mart.name, 0, 0, 0)) for mart in proved_marts()]


def _row(build_id: int, proof: Proof) -> tuple[object, ...]:
    return (
        build_id,
        proof.mart,
        proof.state.value,
        proof.patients_count,
        proof.rows_count,
        proof.different_count,
    )
