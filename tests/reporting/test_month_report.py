"""The report of a month, of a month made by hand, read back number by number."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from pipelines.checking.scorecard import keep_scorecard
from pipelines.reports.calendar_month import Month, NoMonthError, month_named
from pipelines.reports.document import html_of
from pipelines.reports.reading import month_report
from pipelines.settings import Settings
from tests.record.laboratory import line
from tests.reporting.reading_back import Printed, foreign_parts, number, read_back

BERLIN = "Europe/Berlin"
NOVEMBER = Month(date(2025, 11, 1), BERLIN)
FIRST = datetime(2025, 11, 1, tzinfo=ZoneInfo(BERLIN))
AFTER = datetime(2025, 12, 1, tzinfo=ZoneInfo(BERLIN))
CHECK = "fct_lab_results:flag:normal_within"
LATE = "lab_results:series:rhythm"
MEASURE = """
    insert into quality.incident_measure (
        source_system, check_id, measured_in, run_number, measured_at, subject,
        life_code, applicable_count, broken_count
    )
    values (%s, %s, %s, %s, %s, %s, %s, 1000, 20)
"""
DECISION = """
    insert into quarantine.decision (
        act_id, action, decided_by, decided_by_role, decided_at, reason,
        source_system, rows_count, released_count, discarded_count, waiting_count
    )
    values (gen_random_uuid(), %s, 'officer', 'quality', %s, 'as was said by phone',
        %s, %s, %s, %s, 0)
"""
REPORT = """
    insert into quality.value_report (
        report_id, feed, fact_key, patient_key, source_system, fault_code,
        sealed_words, reported_by, reported_at
    )
    values (gen_random_uuid(), 'lab_results', %s, 1, %s, 'value', 'x', 'doctor', %s)
"""
ANSWER = """
    insert into quality.report_answer (
        answer_id, feed, fact_key, patient_key, answer_code, sealed_words,
        answered_by, answered_at
    )
    values (gen_random_uuid(), 'lab_results', %s, 1, 'corrected', 'x', 'officer', %s)
"""
PROOF = "insert into quality.rebuild_proof values (%s, %s, %s, %s, 7, %s, %s)"
BUILD = "insert into quality.checked_build (build_id, checked_at) values (%s, %s)"
FOUND = """
    insert into quality.mart_check_result values (%s, %s, %s, %s, 1000, %s, %s)
"""


def days(count: float, before: datetime = AFTER) -> datetime:
    """Return so many days before the month's end."""
    return before - timedelta(days=count)


def printed(settings: Settings) -> Printed:
    """Return the report of the month, read back."""
    berlin = settings.model_copy(update={"time_zone": BERLIN})
    html = html_of(month_report(berlin, NOVEMBER))
    assert foreign_parts(html) == []
    return read_back(html)


def of(source: str, told: Printed, table: str) -> list[dict[str, str]]:
    """Return the lines of a table that are about a source."""
    return [row for row in told.tables.get(table, []) if row["Source"] == source]


def land_at(owner: psycopg.Connection, delivery_id: int, at: datetime) -> None:
    """Let a delivery have landed then."""
    owner.execute(
        "update raw.delivery set landed_at = %s where delivery_id = %s",
        (at, delivery_id),
    )


def test_its_deliveries_are_those_of_the_month_by_the_hospitals_clock(
    installation: Settings,
    owner: psycopg.Connection,
    deliver: Callable[..., int],
    source: str,
) -> None:
    moments = (FIRST - timedelta(seconds=1), FIRST, AFTER - timedelta(seconds=1), AFTER)
    for place, at in enumerate(moments):
        lines = [line(f"R{place}{each}") for each in range(place + 1)]
        land_at(owner, deliver(*lines, line(f"X{place}", code="")), at)
    sixty = [line(f"H{each}", code="") for each in range(60)]
    land_at(owner, deliver(*sixty), days(3))
    told = printed(installation)

    (row,) = of(source, told, "Deliveries")
    assert (row["Landed"], row["Held"]) == ("2", "1")
    # The second and the third delivery; of the held one nothing landed.
    assert (row["Rows landed"], row["Refused"]) == ("5", "62")
    assert (row["Records"], row["Last"]) == ("67", "30 Nov 2025, 23:59")


def test_scores_are_of_the_months_last_state_with_the_month_before(
    installation: Settings, owner: psycopg.Connection
) -> None:
    checks = [
        name
        for (name,) in owner.execute(
            "select check_id from quality.check_definition "
            "where level = 'mart' and kahn_category = 'Completeness' "
            "order by check_id limit 4"
        )
    ]
    builds = {
        1: (days(40), ["passed", "failed", "passed", "not_applicable"]),
        2: (days(20), ["failed", "failed", "failed", "failed"]),
        3: (days(2), ["passed", "passed", "failed", "not_applicable"]),
        4: (days(-1), ["failed", "failed", "failed", "failed"]),
    }
    for build_id, (at, states) in builds.items():
        owner.execute(BUILD, (build_id, at))
        for check, state in zip(checks, states, strict=True):
            of_rows = 0 if state == "not_applicable" else 1000
            broken = 20 * (state == "failed")
            owner.execute(FOUND, (build_id, check, "lab", state, of_rows, broken))
        if build_id == 2:  # the last build does not find it any more
            owner.execute(FOUND, (build_id, CHECK, "lab", "failed", 1000, 20))
        keep_scorecard(owner, "build", build_id, BERLIN)
    told = printed(installation)

    (row,) = of("lab", told, "Checks by source and cell of Kahn's framework")
    assert [row["Passed"], row["Failed"], row["Not applicable"]] == ["2", "1", "1"]
    assert (row["Kept"], row["Month before"]) == ("66.7 %", "66.7 %")
    assert told.subtitle.startswith("66.7 % of 3 checks passed")
    (course,) = of("lab", told, "Course of the month")
    assert [course["Days judged"], course["First day"], course["Last day"]] == [
        "2", "0.0 %", "66.7 %",
    ]  # fmt: skip


def test_the_month_before_begins_on_its_first_day(
    installation: Settings, owner: psycopg.Connection
) -> None:
    for day, source in ((date(2025, 9, 30), "gone"), (date(2025, 10, 1), "before")):
        owner.execute(
            "insert into quality.scorecard_day "
            "values (%s, %s, 'load', 'lab_results', 'Completeness', 1, 3, 1, 0, 9, 1)",
            (day, source),
        )
    told = printed(installation)
    table = "Checks by source and cell of Kahn's framework"

    assert of("gone", told, table) == []
    (row,) = of("before", told, table)
    assert (row["Kept"], row["Month before"]) == ("-", "75.0 %")


def test_it_counts_turns_lateness_decisions_answers_and_proofs(
    installation: Settings, owner: psycopg.Connection
) -> None:
    turns = [
        (CHECK, "build", 1, days(31), "new"),
        (CHECK, "build", 2, days(9), "worse"),
        (CHECK, "build", 3, days(8), "resolved"),
        (CHECK, "build", 4, days(7), "reopened"),
        (CHECK, "build", 5, days(-1), "resolved"),
        (LATE, "series", 9, days(5), "new"),
    ]
    for check, measured_in, run, at, life in turns:
        subject = check.split(":")[0]
        owner.execute(MEASURE, ("lab", check, measured_in, run, at, subject, life))
    owner.execute(DECISION, ("release", days(4), "lab", 7, 7, 0))
    owner.execute(DECISION, ("discard", days(4), "lab", 2, 0, 2))
    owner.execute(DECISION, ("discard", days(31), "lab", 99, 0, 99))
    for fact, reported, answered in (
        ("F1", days(10), days(9.5)),
        ("F2", days(10), days(9)),
        ("F3", days(35), days(34)),
        ("F4", days(2), days(-2)),
    ):
        owner.execute(REPORT, (fact, "lab", reported))
        owner.execute(ANSWER, (fact, answered))
    owner.execute(PROOF, (1, "fct_a", "equal", 3, 0, days(3)))
    owner.execute(PROOF, (1, "fct_b", "different", 3, 2, days(3)))
    owner.execute(PROOF, (2, "fct_a", "equal", 3, 0, days(31)))
    told = printed(installation)

    (row,) = of("lab", told, "What became of incidents")
    assert [*row.values()] == ["lab", "1", "1", "1", "1"]
    (late,) = of("lab", told, "Late deliveries")
    assert [late["Feed"], late["Times it became late"]] == ["lab_results", "1"]
    made = {each["What"]: each for each in of(
        "lab", told, "Decisions about refused records")}  # fmt: skip
    assert (made["released"]["Rows"], made["released"]["Released"]) == ("7", "7")
    assert (made["discarded"]["Rows"], made["discarded"]["Discarded"]) == ("2", "2")
    (answers,) = of("lab", told, "Values that clinicians reported")
    assert [*answers.values()] == ["lab", "3", "2", "1", "18.0"]
    proofs = told.tables["Proofs that the marts are those of a full rebuild"]
    assert [(each["Equal"], each["Different"]) for each in proofs] == [("1", "1")]


def test_incidents_are_told_as_they_stand_the_gravest_first(
    installation: Settings, owner: psycopg.Connection
) -> None:
    for check, severity in (("mart:warns", "warning"), ("mart:grave", "critical")):
        owner.execute(
            "insert into quality.check_definition values "
            "(%s, 'fct_x', 'mart', 'It is so', %s, '0', 'standard', 'who', 'why', "
            "'Completeness', '') on conflict do nothing",
            (check, severity),
        )
        at = days(2)
        owner.execute(MEASURE, ("lab", check, "build", 1, at, "fct_x", "new"))
    told = printed(installation)
    owner.execute("delete from quality.check_definition where subject = 'fct_x'")

    rows = told.tables["Incidents open or waived when this was made"]
    assert [each["Severity"] for each in rows] == ["grave", "a warning"]
    assert rows[0]["What is wrong"] == "Not so: It is so"
    assert rows[0]["Rows that break it"] == "20 of 1,000"
    assert number(told.facts["Open when this was made"]) == 2


def test_a_month_without_anything_says_so(installation: Settings) -> None:
    told = printed(installation)

    assert told.title == "Data quality in November 2025"
    assert told.subtitle == "Nothing was judged in this month."
    assert told.empty["Late deliveries"].startswith("No delivery was late")
    assert told.empty["Course of the month"] == "Nothing was judged in this month."


@pytest.mark.parametrize("name", ["2025-13", "November", "2025-11-01", ""])
def test_what_is_no_month_is_told_how_one_is_written(name: str) -> None:
    with pytest.raises(NoMonthError, match="write it as 2026-11"):
        month_named(name, "UTC")


def test_a_month_ends_where_the_next_begins_also_over_new_year() -> None:
    december = month_named("2025-12", BERLIN)

    assert december.next_first_day == date(2026, 1, 1)
    assert december.values["day_before"] == date(2025, 11, 1)
    assert month_named("2026-01", BERLIN).values["day_before"] == date(2025, 12, 1)
    assert december.values["since"] == AFTER.astimezone(UTC)


def test_a_hostile_name_of_a_source_does_nothing(
    installation: Settings, owner: psycopg.Connection
) -> None:
    name = "<script>alert(1)</script>"
    owner.execute("insert into raw.source values (%s, 'csv', false, null)", (name,))
    html = html_of(month_report(installation, NOVEMBER))
    owner.execute("delete from raw.source where source_system = %s", (name,))

    assert "<script" not in html
    assert any(row["Source"] == name for row in read_back(html).tables["Deliveries"])


def test_files_of_months_lie_where_reports_lie(installation: Settings) -> None:
    assert installation.reports_folder == Path(installation.root) / "reports"
