"""The proof of the night finds what a full rebuild would not give, and that alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from expectations.marts.contracts import read_marts
from pipelines.build_books import Build, Scope
from pipelines.building import TIMES_FILE, BuildError, build_whole
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.proving import proof as proving
from pipelines.proving.fingerprints import enter_fingerprints, proved_marts
from pipelines.proving.proof import Proof, ProofState, prove_rebuild
from pipelines.proving.statements import DRAW
from pipelines.settings import Settings
from tests.conftest import fill_with_simulation, installation_with_marts

SEED, DRAWN = 7, 5
# Patients of whom each mart that is spoilt below has rows.
CANDIDATES = """
    select patient_key
    from (
        select patient_key from marts.fct_vital_signs
        intersect
        select patient_key from marts.fct_conditions
        intersect
        select patient_key from marts.fct_lab_results
        intersect
        select patient_key from marts.fct_allergies
    ) as patients
    where not patient_key = any(%s)
    order by patient_key
"""
TESTED = """
    select min(patient_key) from marts.fct_lab_results where not patient_key = any(%s)
"""
WAS_DRAWN = DRAW.replace("insert into raw.building_patients", "").replace(
    "on conflict do nothing", ""
)
UNNOTED = "delete from raw.vital_signs where patient_key = %s"
NOTED = "insert into raw.touched_patients (patient_key, delivery_id) values (%s, 0)"


# Of each patient two values in each other's row: no column has other values for it.
EXCHANGED = """
    with ends as (
        select min(vital_sign_key) as one, max(vital_sign_key) as other
        from marts.fct_vital_signs
        where standard_number is not null
        group by patient_key
    )
    update marts.fct_vital_signs as fact
    set standard_number = case
        when fact.vital_sign_key = ends.one then other.standard_number
        else one.standard_number
    end
    from ends
    inner join marts.fct_vital_signs as one on ends.one = one.vital_sign_key
    inner join marts.fct_vital_signs as other on ends.other = other.vital_sign_key
    where fact.vital_sign_key in (ends.one, ends.other)
        and one.standard_number <> other.standard_number
    returning fact.patient_key
"""
# The same number, written with a digit more.
LONGER = """
    update marts.fct_vital_signs
    set value_number = value_number + 0.0000000000
    where vital_sign_key = (
        select min(vital_sign_key) from marts.fct_vital_signs
        where value_number is not null
    )
    returning patient_key
"""
# What a rebuild would make of one patient whose mart was wrong before.
REBUILT_OTHERWISE = """
    update marts.fct_conditions set condition_name = 'made right'
    where patient_key = (select min(patient_key) from marts.fct_conditions)
"""
KEPT_LAST = """
    select mart, different_count
    from quality.rebuild_proof
    where
        build_id = (select max(build_id) from quality.rebuild_proof)
        and state = 'different'
"""


@dataclass(frozen=True)
class Spoilt:
    """What was spoilt before the proof, and what the proof found."""

    settings: Settings
    drawn: list[int]
    proofs: dict[str, Proof]
    again: dict[str, Proof]
    scopes: list[Scope]
    models_again: set[str]


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spoilt]:
    """Yield what two proofs found, the first in marts that were spoilt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proving, "DRAWN", DRAWN)
        patch.setattr(proving.secrets, "randbits", lambda _bits: SEED)
        for settings in installation_with_marts(tmp_path_factory.mktemp("proof")):
            fill_with_simulation(settings, patients=40, years=1)
            with connect(settings, Role.BUILDER) as builder:
                drawn = [key for (key,) in builder.execute(WAS_DRAWN, (SEED, DRAWN))]
                others = [key for (key,) in builder.execute(CANDIDATES, (drawn,))]
                (earlier,) = builder.execute(TESTED, ([*drawn, *others],)).fetchone()
                spoil(builder, drawn[0], *others[:4], earlier)
            with connect(settings, Role.OWNER) as owner:
                owner.execute(UNNOTED, (others[4],))
            scopes: list[Scope] = []
            news = with_news_of(scopes, earlier=earlier, later=others[3])
            patch.setattr(proving, "build_whole", news)
            first = prove_rebuild(settings)
            patch.setattr(proving, "build_whole", build_whole)
            second = prove_rebuild(settings)
            models = json.loads((settings.root / "dbt" / TIMES_FILE).read_text())
            yield Spoilt(
                settings, drawn, by_mart(first), by_mart(second), scopes, set(models)
            )


def spoil(builder: psycopg.Connection, drawn: int, *others: int) -> None:
    """Make marts what no build would make them."""
    changed, deleted, provenance, later, earlier = others
    for key in (changed, later, earlier, drawn):
        builder.execute(
            "update marts.fct_lab_results set test_name = 'spoilt' "
            "where patient_key = %s",
            (key,),
        )
    builder.execute(
        "delete from marts.fct_conditions where patient_key = %s", (deleted,)
    )
    builder.execute(
        "update marts.fct_allergies set known_from = known_from - interval '1 day' "
        "where patient_key = %s",
        (provenance,),
    )


def with_news_of(scopes: list[Scope], *, earlier: int, later: int):
    """Return how builds are made while something lands about a patient in each.

    The scopes of the builds are added to ``scopes``.
    """

    def build(settings: Settings, begun: Build) -> None:
        build_whole(settings, begun)
        scopes.append(begun.scope)
        with connect(settings, Role.LOADER) as loader:
            loader.execute(NOTED, (later if begun.is_full else earlier,))

    return build


def by_mart(proofs: list[Proof]) -> dict[str, Proof]:
    """Return proofs by the mart that they are about."""
    return {each.mart: each for each in proofs}


def different(proofs: dict[str, Proof]) -> dict[str, int]:
    """Return of how many patients each mart was not what the rebuild gave."""
    return {
        mart: each.different_count
        for mart, each in proofs.items()
        if each.state is ProofState.DIFFERENT
    }


def test_a_changed_row_and_a_missing_one_are_found(spoilt: Spoilt) -> None:
    found = different(spoilt.proofs)

    assert found["fct_lab_results"] == 1  # not who was drawn, nor who has news
    assert found["fct_conditions"] == 1


def test_a_change_that_nobody_noted_is_found(spoilt: Spoilt) -> None:
    assert different(spoilt.proofs)["fct_vital_signs"] == 1


def test_where_a_row_came_from_is_not_compared(spoilt: Spoilt) -> None:
    assert spoilt.proofs["fct_allergies"].state is ProofState.EQUAL


def test_what_was_wrong_is_right_after_the_proof(spoilt: Spoilt) -> None:
    assert different(spoilt.again) == {}


def test_what_is_made_of_marts_is_made_again_where_they_were_wrong(
    spoilt: Spoilt,
) -> None:
    assert spoilt.scopes == [Scope.USUAL, Scope.MARTS, Scope.USUAL]


def test_where_all_is_right_only_marts_are_rebuilt(spoilt: Spoilt) -> None:
    relations = read_marts()
    schemas = {
        relations[name].schema for name in spoilt.models_again & relations.keys()
    }
    in_marts = {mart.name for mart in proved_marts()}

    assert schemas == {"marts"}
    assert in_marts <= spoilt.models_again
    assert "stg_patients" not in spoilt.models_again


def test_every_mart_is_proved_or_had_nothing_to_compare(spoilt: Spoilt) -> None:
    assert set(spoilt.again) == {mart.name for mart in proved_marts()}
    equal = [each for each in spoilt.again.values() if each.state is ProofState.EQUAL]
    assert len(equal) > 70
    assert all(
        each.rows_count == 0 for each in spoilt.again.values() if each not in equal
    )


def test_of_a_mart_of_earlier_days_only_who_was_built_is_compared(
    spoilt: Spoilt,
) -> None:
    built = DRAWN + 1  # and who had news during the proof before
    assert 0 < spoilt.again["fct_patient_timeline"].patients_count <= built
    assert spoilt.again["fct_active_medications"].patients_count > built


def test_what_was_found_is_kept_as_counts(spoilt: Spoilt) -> None:
    with connect(spoilt.settings, Role.ENGINEER) as engineer:
        kept = engineer.execute(
            "select mart, state, different_count from quality.rebuild_proof "
            "where build_id = (select min(build_id) from quality.rebuild_proof)"
        ).fetchall()

    assert {mart: (state, count) for mart, state, count in kept} == {
        mart: (each.state.value, each.different_count)
        for mart, each in spoilt.proofs.items()
    }


def test_what_was_wrong_is_told_and_kept_where_the_build_after_it_fails(
    spoilt: Spoilt, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes: list[Scope] = []

    def build(settings: Settings, begun: Build) -> None:
        scopes.append(begun.scope)
        if len(scopes) > 2:  # after the usual build and the rebuild
            msg = "a model failed"
            raise BuildError(msg)
        if begun.scope is Scope.MARTS:
            with connect(settings, Role.BUILDER) as builder:
                builder.execute(REBUILT_OTHERWISE)

    monkeypatch.setattr(proving, "build_whole", build)
    with pytest.raises(BuildError, match=r"^1 marts were not .*: a model failed$"):
        prove_rebuild(spoilt.settings)
    with connect(spoilt.settings, Role.ENGINEER) as engineer:
        kept = engineer.execute(KEPT_LAST).fetchall()

    assert scopes == [Scope.USUAL, Scope.MARTS, Scope.USUAL]
    assert kept == [("fct_conditions", 1)]


@pytest.mark.parametrize("change", [EXCHANGED, LONGER])
def test_a_fingerprint_tells(spoilt: Spoilt, change: str) -> None:
    with connect(spoilt.settings, Role.BUILDER) as builder:
        enter_fingerprints(builder, "before")
        changed = {key for (key,) in builder.execute(change)}
        enter_fingerprints(builder, "after")
        told = builder.execute("select * from before except select * from after")
        found = {(mart, patient_key) for mart, patient_key, *_ in told}
        builder.rollback()

    assert changed
    assert found == {("fct_vital_signs", key) for key in changed}
