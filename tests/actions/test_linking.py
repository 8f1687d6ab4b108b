"""Merging: a reason each time, no circle, no chain, and the last decision holds."""

import pytest

from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.linking import (
    links_of,
    merge_patients,
    merges_in_force,
    unmerge_patients,
)
from pipelines.settings import Settings
from tests.actions.conftest import DOCTOR
from tests.actions.desk import BILLING, REGISTRAR
from tests.versions import versions

FIRST, SECOND, THIRD = 1, 2, 3


def merge(settings: Settings, one: int, other: int, reason: str = "Same card") -> None:
    merge_patients(
        settings,
        REGISTRAR,
        patient_key=one,
        surviving_patient_key=other,
        reason=reason,
    )


def in_force(settings: Settings) -> dict[int, int]:
    return merges_in_force(links_of(settings, REGISTRAR, [FIRST, SECOND, THIRD]))


def test_a_merge_holds_until_it_is_taken_back_and_can_be_made_again(
    ward: Settings,
) -> None:
    merge(ward, FIRST, SECOND)
    assert in_force(ward) == {FIRST: SECOND}
    unmerge_patients(ward, REGISTRAR, patient_key=FIRST, reason="Twins")
    assert in_force(ward) == {}
    links = links_of(ward, REGISTRAR, [FIRST])
    assert [each.change_reason_text for each in links] == ["Same card", "Twins"]
    assert [each.values["surviving_patient_id"] for each in links] == [SECOND, SECOND]
    merge(ward, FIRST, THIRD)
    assert in_force(ward) == {FIRST: THIRD}
    merge(ward, SECOND, THIRD)
    assert in_force(ward) == {FIRST: THIRD, SECOND: THIRD}


def test_a_registration_is_not_merged_with_itself_twice_or_in_a_circle(
    ward: Settings,
) -> None:
    with pytest.raises(ActionError, match="one registration already"):
        merge(ward, FIRST, FIRST)
    merge(ward, FIRST, SECOND)
    with pytest.raises(ActionError, match="goes on under another one already"):
        merge(ward, FIRST, THIRD)
    with pytest.raises(ActionError, match="goes on under a third one"):
        merge(ward, THIRD, FIRST)
    with pytest.raises(ActionError, match="nothing was saved"):
        merge(ward, SECOND, FIRST)
    assert versions(ward, "patient_links") == 1


def test_nothing_is_taken_back_that_is_not_merged(ward: Settings) -> None:
    with pytest.raises(ActionError, match="under no other one"):
        unmerge_patients(ward, REGISTRAR, patient_key=FIRST, reason="x")


@pytest.mark.parametrize("reason", ["", "  "])
def test_both_need_their_reason(ward: Settings, reason: str) -> None:
    with pytest.raises(ActionError, match="the reason is missing"):
        merge(ward, FIRST, SECOND, reason)
    merge(ward, FIRST, SECOND)
    with pytest.raises(ActionError, match="the reason is missing"):
        unmerge_patients(ward, REGISTRAR, patient_key=FIRST, reason=reason)
    assert in_force(ward) == {FIRST: SECOND}


@pytest.mark.parametrize("person", [DOCTOR, BILLING])
def test_only_a_registrar_merges(ward: Settings, person) -> None:
    with pytest.raises(ActionError, match="may not link patients"):
        merge_patients(ward, person, patient_key=1, surviving_patient_key=2, reason="x")
