"""No patient on both sides, and no label that was not known at the cutoff."""

from dataclasses import replace

import pandas as pd
import pytest

from models.leakage import LeakageError, check_apart, check_known_in_time
from models.splitting import choose_cutoff, is_drawn, split_at

CUTOFF = pd.Timestamp("2024-06-30T12:00:00Z")
SECOND = pd.Timedelta(seconds=1)
DRAWN = next(key for key in range(100) if is_drawn(key))
NOT_DRAWN = next(key for key in range(100) if not is_drawn(key))


def stays(*rows: tuple[int, pd.Timestamp, pd.Timestamp]) -> pd.DataFrame:
    columns = ["patient_key", "predicted_at", "window_ends_at"]
    return pd.DataFrame(list(rows), columns=columns)


def stay(patient: int, discharge: str, days: int = 30) -> tuple:
    at = pd.Timestamp(discharge)
    return (patient, at, at + pd.Timedelta(days=days))


def test_a_stay_teaches_only_if_its_window_was_over_at_the_cutoff() -> None:
    begun = CUTOFF - pd.Timedelta(days=30)
    cohort = stays(
        (1, begun, CUTOFF - SECOND), (2, begun, CUTOFF), (3, begun, CUTOFF + SECOND)
    )

    split = split_at(cohort, CUTOFF)

    assert list(split.train["patient_key"]) == [1, 2]


def test_only_discharges_after_the_cutoff_are_judged() -> None:
    days = pd.Timedelta(days=30)
    cohort = stays(
        (DRAWN, CUTOFF, CUTOFF + days), (DRAWN, CUTOFF + SECOND, CUTOFF + days)
    )

    split = split_at(cohort, CUTOFF)

    assert list(split.test["predicted_at"]) == [CUTOFF + SECOND]


def test_a_patient_drawn_for_the_test_teaches_nothing() -> None:
    cohort = stays(
        stay(DRAWN, "2024-01-01T00:00Z"),
        stay(DRAWN, "2024-08-01T00:00Z"),
        stay(NOT_DRAWN, "2024-01-01T00:00Z"),
        stay(NOT_DRAWN, "2024-08-01T00:00Z"),
    )

    split = split_at(cohort, CUTOFF)

    assert list(split.train["patient_key"]) == [NOT_DRAWN]
    assert list(split.test["patient_key"]) == [DRAWN]


def test_patients_are_drawn_by_their_key_alone() -> None:
    drawn = [key for key in range(2_000) if is_drawn(key)]

    assert 620 <= len(drawn) <= 780  # 35 in 100
    assert drawn == [key for key in reversed(range(2_000)) if is_drawn(key)][::-1]


def test_three_quarters_of_the_discharges_lie_up_to_the_cutoff() -> None:
    begun = [CUTOFF + pd.Timedelta(days=number) for number in range(101)]
    cohort = stays(*((1, at, at) for at in reversed(begun)))

    assert choose_cutoff(cohort) == begun[75]


def test_a_patient_planted_on_both_sides_is_caught() -> None:
    split = split_at(
        stays(stay(NOT_DRAWN, "2024-01-01T00:00Z"), stay(DRAWN, "2024-08-01T00:00Z")),
        CUTOFF,
    )
    check_apart(split.train, split.test, split.cutoff)
    planted = replace(split, train=split.train.assign(patient_key=DRAWN))

    with pytest.raises(LeakageError, match="1 patients are in both"):
        check_apart(planted.train, planted.test, planted.cutoff)


def test_a_label_or_a_discharge_on_the_wrong_side_is_caught() -> None:
    early, late = stay(1, "2024-01-01T00:00Z"), stay(2, "2024-08-01T00:00Z")

    with pytest.raises(LeakageError, match="label that was not known"):
        check_apart(stays((1, early[1], CUTOFF + SECOND)), stays(late), CUTOFF)
    with pytest.raises(LeakageError, match="before the cutoff"):
        check_apart(stays(early), stays((2, CUTOFF, late[2])), CUTOFF)
    check_apart(
        stays((1, early[1], CUTOFF)), stays((2, CUTOFF + SECOND, late[2])), CUTOFF
    )


def features(known_from: pd.Timestamp | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "stay_key": ["a:1"],
            "feature_name": ["haemoglobin"],
            "known_from": pd.to_datetime([known_from], utc=True),
            "predicted_at": [CUTOFF],
        }
    )


def test_a_feature_may_be_known_in_the_instant_of_the_prediction() -> None:
    check_known_in_time(features(CUTOFF))


@pytest.mark.parametrize("known_from", [CUTOFF + SECOND, pd.NaT])
def test_a_feature_known_later_or_nobody_knows_when_is_caught(known_from) -> None:
    with pytest.raises(LeakageError, match=r"haemoglobin \(1\)") as refused:
        check_known_in_time(features(known_from))

    assert "a:1" not in str(refused.value)
