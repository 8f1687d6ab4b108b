"""What is said of a medicine before it is signed, and of those that are taken."""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.chart import alert_looks
from dashboards.chart.medication_alerts import NEW, NOT_WHOLE, NOTHING
from dashboards.data import KEPT_CHART
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


# What patient 1 had until lately, by the source's today, 30 June 2026.
LATELY = """
    insert into marts.fct_medication_alerts (
        alert_key, patient_key, alert_kind_code, severity_code, first_ingredient_name,
        second_ingredient_name, subject_name, source_name, began_at, ended_at,
        known_until
    )
    select 'own-' || first, 1, kind, 'major', first, second, subject, 'list A',
        began_at::timestamptz, ended_at::timestamptz, known_until
    from (
        values
        ('interaction', 'ended a day ago', 'x', null, '2026-01-01Z', '2026-06-29Z',
            null::timestamptz),
        ('elderly', 'ended now', null, 'group', '2026-01-01Z', '2026-06-30 12:00Z',
            now() - interval '29 days'),
        ('elderly', 'ended now', null, 'group', '2026-01-01Z', '2026-06-30 12:00Z',
            null),
        ('interaction', 'ended a month ago', 'x', null, '2026-01-01Z',
            '2026-05-31 12:00Z', null),
        ('interaction', 'corrected', 'x', null, '2026-01-01Z', '2027-01-01Z',
            now() - interval '29 days'),
        ('interaction', 'corrected long ago', 'x', null, '2026-01-01Z', '2027-01-01Z',
            now() - interval '31 days'),
        ('interaction', 'corrected, holds', 'x', null, '2026-01-01Z', '2027-01-01Z',
            now() - interval '1 day'),
        ('interaction', 'corrected, holds', 'x', null, '2026-01-01Z', '2027-02-01Z',
            null),
        ('interaction', 'ordered anew', 'x', null, '2025-01-01Z', '2026-06-01Z', null),
        ('interaction', 'ordered anew', 'x', null, '2026-06-20Z', '2027-01-01Z', null),
        ('interaction', 'yet to come', 'x', null, '2026-07-01Z', '2027-01-01Z', null)
    ) as had (kind, first, second, subject, began_at, ended_at, known_until)
"""


@pytest.fixture(autouse=True)
def no_looks(hospital: Settings) -> Iterator[None]:
    """Forget what was looked at, before and after."""
    forget_looks(hospital)
    yield
    forget_looks(hospital)


def forget_looks(settings: Settings) -> None:
    with connect(settings, Role.OWNER) as owner:
        owner.execute("delete from access.alert_look")


@pytest.fixture
def lately(hospital: Settings) -> Iterator[None]:
    """Give a patient alerts that are gone, and some that only seem to be."""
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(LATELY)
    yield
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(
            "delete from marts.fct_medication_alerts where alert_key like 'own-%'"
        )


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
    told = loud.removeprefix(f"**{NEW}** ")
    assert told.startswith("Contraindicated: cimetidine with metformin; Lactic")
    assert "since 1 Jan 2026; source: list A" in told
    assert [each.label for each in chart.expander if "Alerts" in each.label] == [
        "Alerts of lower grade: 1 (● 1 new)"
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
        show_medication_alerts(nothing, {}, is_taking=is_taking, is_whole=is_whole)

    shown = AppTest.from_function(show, args=(is_taking, is_whole)).run()
    assert not shown.exception
    return texts(shown)


def test_silence_is_never_taken_for_a_check_of_what_is_hidden() -> None:
    assert NOTHING in section(is_taking=True, is_whole=True)
    assert section(is_taking=False, is_whole=True) == ""
    assert section(is_taking=True, is_whole=False) == NOT_WHOLE


def loud_of(chart: AppTest) -> str:
    """Return what is said of the contraindicated pair."""
    (loud,) = [each.value for each in chart.error if "cimetidine" in each.value]
    return loud


def looks(settings: Settings) -> int:
    """Return how many alerts were kept as seen."""
    with connect(settings, Role.OWNER) as owner:
        (count,) = owner.execute("select count(*) from access.alert_look").fetchone()
    return count


def come_back(chart: AppTest) -> AppTest:
    """Open the chart once more, as after a while away."""
    del chart.session_state[alert_looks.VISIT]
    return chart.run()


def test_an_alert_is_new_until_it_stood_before_the_person(
    app: AppTest, hospital: Settings
) -> None:
    chart = open_chart(sign_in(app, "doctor"), "doctor", 1)
    first, again = loud_of(chart), loud_of(chart.run())
    back = loud_of(come_back(chart))

    assert first.startswith(f"**{NEW}** Contraindicated")
    assert again == first
    assert back.startswith("Contraindicated")
    assert "; seen " in back
    assert NEW not in back
    assert looks(hospital) == 1


def test_what_stays_folded_stays_new(app: AppTest) -> None:
    chart = come_back(open_chart(sign_in(app, "doctor"), "doctor", 1))

    assert [each.label for each in chart.expander if "Alerts" in each.label] == [
        "Alerts of lower grade: 1 (● 1 new)"
    ]


def test_what_cannot_be_kept_stays_new_and_stops_nobody(
    app: AppTest, hospital: Settings
) -> None:
    refused = "revoke execute on function access.keep_alert_look(bigint, bigint[]) "
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(f"{refused} from ehr_doctor")
    try:
        chart = open_chart(sign_in(app, "doctor"), "doctor", 1)
        assert not chart.exception
        back = loud_of(come_back(chart))
    finally:
        with connect(hospital, Role.OWNER) as owner:
            owner.execute(f"{refused.replace('revoke', 'grant')} to ehr_doctor")

    assert back.startswith(f"**{NEW}**")
    assert looks(hospital) == 0


@pytest.fixture
def since_long(hospital: Settings) -> Iterator[None]:
    """Let the contraindicated pair be taken for a year before."""
    begins = (
        "update marts.fct_medication_alerts set began_at = %s where alert_key = 'b'"
    )
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(begins, ("2025-01-01Z",))
    yield
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(begins, ("2026-01-01Z",))
        owner.execute(
            "update marts.fct_medication_alerts set ended_at = '2027-01-01Z' "
            "where alert_key = 'b'"
        )
        owner.execute(
            "delete from marts.fct_medication_alerts where alert_key = 'own-after'"
        )


@pytest.mark.usefixtures("since_long")
@pytest.mark.parametrize(
    ("ended_at", "is_new"),
    [("2025-12-02 00:00Z", False), ("2025-12-01 23:59Z", True)],
    ids=["after a month", "after a minute more"],
)
def test_what_comes_back_after_more_than_a_month_is_new(
    app: AppTest, hospital: Settings, ended_at: str, *, is_new: bool
) -> None:
    chart = open_chart(sign_in(app, "doctor"), "doctor", 1)
    with connect(hospital, Role.OWNER) as owner:
        owner.execute(
            "insert into marts.fct_medication_alerts select 'own-after', patient_key, "
            "alert_kind_code, severity_code, first_ingredient_name, "
            "second_ingredient_name, subject_name, mechanism_name, effect_name, "
            "source_name, number_value, '2026-01-01Z', ended_at, known_until "
            "from marts.fct_medication_alerts where alert_key = 'b'"
        )
        owner.execute(
            "update marts.fct_medication_alerts set ended_at = %s "
            "where alert_key = 'b'",
            (ended_at,),
        )
    del chart.session_state[KEPT_CHART]
    loud = loud_of(come_back(chart))

    assert loud.startswith(f"**{NEW}**") is is_new
    assert "since 1 Jan 2026" in loud


@pytest.mark.usefixtures("lately")
def test_what_is_gone_is_listed_with_when_and_why(app: AppTest) -> None:
    chart = open_chart(sign_in(app, "doctor"), "doctor", 1)

    (gone,) = [each for each in chart.expander if "Gone" in each.label]
    assert gone.label == "Gone within 30 days: 3"
    lines = gone.markdown[0].value.splitlines()
    corrected, ended_now, ended_before = lines
    assert corrected.startswith("- Major: corrected with x; its order was corrected")
    assert ended_now.startswith("- Major: ended now (group) at this age; ended 30 Jun")
    assert ": the medicine is taken no more, known since" in ended_now
    assert ended_before.startswith("- Major: ended a day ago with x; ended 29 Jun 2026")
    assert ended_before.endswith(": no longer taken at one time")
    open_ones = " ".join(each.value for each in chart.warning)
    assert "corrected, holds" in open_ones
    assert "ordered anew" in open_ones
    assert "yet to come" not in texts(chart)


def test_where_nothing_is_gone_nothing_is_said_of_it(app: AppTest) -> None:
    chart = open_chart(sign_in(app, "doctor"), "doctor", 1)

    assert [each.label for each in chart.expander if "Gone" in each.label] == []


def test_a_graver_alert_is_another() -> None:
    row = {
        "alert_kind_code": "interaction",
        "severity_code": "contraindicated",
        "first_ingredient_name": "a",
        "second_ingredient_name": None,
        "subject_name": None,
        "holds_since_second": 1_767_225_600,
    }
    rows = (row, {**row, "severity_code": "major"}, {**row, "subject_name": "a"})

    numbers = {alert_looks.number_of(SimpleNamespace(**each)) for each in rows}
    assert len(numbers) == 3
