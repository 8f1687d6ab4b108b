"""What is said of a medicine before it is signed, and of those that are taken."""

from collections.abc import Sequence

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.chart.medication_alerts import NOT_WHOLE, NOTHING
from dashboards.writing.medication_alerts import (
    ALERTS,
    NOT_ON_THE_LISTS,
    Alert,
    Checked,
    drug_keys,
)
from pipelines.access.people import find_person
from pipelines.access.reading import Query, Reader
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.prescribing import Medicine
from pipelines.settings import Settings
from tests.dashboards.test_pages import app, open_chart, sign_in, texts

__all__ = ["app"]  # a fixture
PAIR = Alert(
    "interaction", "contraindicated", "metformin", "Cimetidine", "why", "What", "list"
)
LESSER = Alert("interaction", "major", "a", "b", "", "What", "list")


def asked_of(
    settings: Settings,
    user_id: str,
    keys: Sequence[str],
    ended: Sequence[str] = (),
    saved: Sequence[str] = (),
) -> list[tuple[object, ...]]:
    """Return kind, grade and the two names of each alert, and how much is known."""
    with connect(settings, Role.OWNER) as owner:
        person = find_person(owner, user_id)
    values = {
        "patient_key": 1,
        "keys": list(keys),
        "ended": list(ended),
        "saved": list(saved),
    }
    query = {"alerts": Query(ALERTS, values)}
    frame = Reader(settings, person).read("alerts", query, [1]).frames["alerts"]
    columns = ("alert_kind_code", "severity_code", "first_name", "second_name")
    return [
        *frame.loc[frame["alert_kind_code"].notna(), list(columns)].itertuples(
            index=False, name=None
        ),
        int(frame["ingredients_count"].iloc[0]),
    ]


INTERACTION = ("interaction", "contraindicated", "cimetidine", "metformin")


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["RxNorm:1"], [INTERACTION, 1]),
        (
            ["RxNorm:3"],
            [("allergy", "contraindicated", "amoxicillin", "Penicillin"), 1],
        ),
        (["RxNorm:2"], [("duplication", "moderate", "glipizide", "metformin"), 1]),
        (["RxNorm:4"], [("same_ingredient", "moderate", "metformin", "metformin"), 1]),
        (["RxNorm:1", "name:cimetidine"], [INTERACTION, 1]),
        (["RxNorm:1", "name:glipizide"], [INTERACTION, 1]),
        (["RxNorm:0", "name:cimetidine"], [INTERACTION, 1]),
        (["RxNorm:0"], [0]),
    ],
    ids=[
        "pair",
        "allergy",
        "class",
        "the same",
        "two keys of one",
        "the code before the name",
        "the name of an unknown code",
        "not known",
    ],
)
def test_a_medicine_is_held_against_what_is_taken_and_allergies(
    hospital: Settings, keys: list[str], expected: list[object]
) -> None:
    assert asked_of(hospital, "doctor", keys) == expected


def test_what_ended_a_moment_ago_is_not_taken_and_what_was_ordered_is(
    hospital: Settings,
) -> None:
    ended = asked_of(hospital, "doctor", ["RxNorm:1"], ended=["hospital:R2"])
    saved = asked_of(hospital, "doctor", ["RxNorm:2"], saved=["RxNorm:3"])

    assert ended == [1]
    assert saved == [
        ("interaction", "major", "glipizide", "amoxicillin"),
        ("duplication", "moderate", "glipizide", "metformin"),
        1,
    ]


def test_the_code_of_an_alert_is_the_same_whichever_comes_first() -> None:
    turned = Alert("interaction", "", "cimetidine", "Metformin", "", "", "")

    assert PAIR.code == turned.code == "interaction:cimetidine+metformin"


def test_what_is_contraindicated_interrupts_once_and_the_rest_is_told() -> None:
    checked = Checked(is_known=True, alerts=(PAIR, LESSER))

    assert checked.interrupting(frozenset()) == (PAIR,)
    assert checked.told(frozenset()) == [LESSER.words]
    assert checked.interrupting(frozenset({PAIR.code})) == ()
    assert checked.told(frozenset({PAIR.code})) == [PAIR.words, LESSER.words]


def test_a_medicine_that_no_list_knows_is_said_not_to_be_checked() -> None:
    assert Checked(is_known=False, alerts=()).told(frozenset()) == [NOT_ON_THE_LISTS]


@pytest.mark.parametrize(
    ("kind", "severity", "is_interrupting"),
    [
        ("allergy", "contraindicated", True),
        ("qt", "contraindicated", True),
        ("cross_reaction", "major", True),
        ("cross_reaction", "moderate", False),
        ("interaction", "major", False),
        ("allergy", "moderate", False),
    ],
)
def test_allergies_and_what_is_contraindicated_interrupt(
    kind: str, severity: str, *, is_interrupting: bool
) -> None:
    alert = Alert(kind, severity, "a", "b", "", "", "")

    assert alert.is_interrupting is is_interrupting


def test_more_than_five_are_counted() -> None:
    many = tuple(Alert("qt", "major", "a", str(each), "", "", "") for each in range(7))

    told = Checked(is_known=True, alerts=many).told(frozenset())

    assert (len(told), told[-1]) == (6, "and 2 more of lower grade")


@pytest.mark.parametrize(
    ("medicine", "keys"),
    [
        (Medicine("x 5 MG", "1", "RxNorm"), ["RxNorm:1", "name:x 5 mg", "name:x"]),
        (
            Medicine("Warfarin 5 mg tablet"),
            ["name:warfarin 5 mg tablet", "name:warfarin"],
        ),
        (
            Medicine("Acetaminophen 325 MG / Codeine 30 MG", "1", "own"),
            [
                "name:acetaminophen 325 mg / codeine 30 mg",
                "name:acetaminophen / codeine",
                "name:acetaminophen",
                "name:codeine",
            ],
        ),
    ],
    ids=["by code", "by name", "two ingredients"],
)
def test_a_medicine_is_looked_up_by_code_or_by_each_ingredient(
    medicine: Medicine, keys: list[str]
) -> None:
    assert drug_keys(medicine) == keys


def test_the_chart_tells_the_gravest_openly_and_folds_the_rest(app: AppTest) -> None:
    chart = open_chart(sign_in(app, "doctor"), "doctor", 1)

    said = texts(chart)
    (loud,) = [each.value for each in chart.error if "cimetidine" in each.value]
    assert loud.startswith("Contraindicated: cimetidine with metformin; Lactic")
    assert "since 1 Jan 2026; source: list A" in loud
    assert [each.label for each in chart.expander if "Alerts" in each.label] == [
        "Alerts of lower grade: 1"
    ]
    assert "glipizide and metformin (class of both)" in said
    assert "over by now" not in said
    assert "known no more" not in said


def test_whoever_prescribed_in_spite_of_an_alert_is_quoted(
    app: AppTest, hospital: Settings
) -> None:
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(
            "update marts.fct_medication_history set alerts_overridden = "
            "'qt:x+y,interaction:cimetidine+metformin', "
            "override_reason_name = 'Tolerated before' "
            "where prescription_key = 'hospital:R2'"
        )
    try:
        chart = open_chart(sign_in(app, "doctor"), "doctor", 1)
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute(
                "update marts.fct_medication_history set alerts_overridden = null, "
                "override_reason_name = null"
            )

    (loud,) = [each.value for each in chart.error if "cimetidine" in each.value]
    assert loud.endswith("Prescribed all the same 1 Jul 2024: Tolerated before")


def section(*, is_taking: bool, is_whole: bool) -> str:
    """Return what the section says where no alert is shown."""

    def show(is_taking: bool, is_whole: bool) -> None:  # noqa: FBT001 - of AppTest
        import pandas as pd  # noqa: PLC0415 - AppTest runs the body alone

        from dashboards.chart.medication_alerts import (  # noqa: PLC0415
            show_medication_alerts,
        )

        nothing = pd.DataFrame(columns=["severity_code"])
        show_medication_alerts(nothing, is_taking=is_taking, is_whole=is_whole)

    shown = AppTest.from_function(show, args=(is_taking, is_whole)).run()
    assert not shown.exception
    return texts(shown)


def test_silence_is_never_taken_for_a_check_of_what_is_hidden() -> None:
    assert NOTHING in section(is_taking=True, is_whole=True)
    assert section(is_taking=False, is_whole=True) == ""
    assert section(is_taking=True, is_whole=False) == NOT_WHOLE
