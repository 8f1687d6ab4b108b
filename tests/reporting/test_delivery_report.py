"""The report of a delivery says what the books say, and nothing of a patient."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest

from pipelines.reports.delivery import NoSuchDeliveryError
from pipelines.reports.document import Document, Section, bytes_text, html_of
from pipelines.reports.keeping import delivery_file, keep
from pipelines.reports.pictures import bar, line
from pipelines.reports.reading import delivery_report
from pipelines.settings import Settings
from tests.record import laboratory
from tests.reporting.reading_back import foreign_parts, number, read_back

# No size, share or time of a report looks like this value.
VALUE = "417.293"
CANARIES = ("Canary", "P000451", "SECRETID", VALUE)
HOSTILE = '<script>alert("x")</script><img src=http://evil.example onerror=x>'
DISCARD = """
    with decided as (
        insert into quarantine.decision (
            act_id, action, decided_by, decided_by_role, reason, source_system,
            delivery_id, rows_count, released_count, discarded_count, waiting_count
        )
        values (
            gen_random_uuid(), 'discard', 'officer', 'quality',
            'the Canary of P000451 was mistyped', 'hospital', null, 1, 0, 1, 0
        )
        returning decision_id
    )

    update quarantine.row
    set status = 'discarded', decision_id = decided.decision_id
    from decided
    where row_id = (select min(row_id) from quarantine.row where delivery_id = %s)
"""


def refused(record: str) -> str:
    """Return a line without the code that it needs."""
    return laboratory.line(record, patient="P000451", code="", value=VALUE)


@pytest.fixture
def delivery_id(deliver: Callable[..., int], owner: psycopg.Connection) -> int:
    """Return a delivery of two good and two refused rows, one of them discarded."""
    lines = [laboratory.line(each, value=VALUE) for each in ("A1", "A2")]
    delivered = deliver(*lines, refused("SECRETID"), refused("SECRETID2"))
    owner.execute(DISCARD, (delivered,))
    return delivered


def test_its_numbers_are_those_of_the_books(
    installation: Settings, delivery_id: int, source: str
) -> None:
    printed = read_back(html_of(delivery_report(installation, delivery_id)))

    assert printed.title == f"Delivery {delivery_id} of {source}"
    (file,) = printed.tables["What came"]
    assert (file["Table"], file["Records"], file["Read"]) == ("lab_results", "4", "4")
    (feed,) = printed.tables["What became of the rows"]
    assert [*feed.values()] == ["lab_results", "4", "2", "0", "2"]
    (held,) = printed.tables["Refused records, as they stand now"]
    assert [*held.values()] == ["lab_results", "2", "1", "0", "1"]
    (decision,) = printed.tables["Who decided about them"]
    assert decision["Who"] == "officer"
    assert (decision["What"], decision["Records"]) == ("discarded", "1")
    assert printed.facts["Records in quarantine now"] == "1"
    assert printed.facts["Rows landed"] == "2"


def test_it_tells_the_rules_broken_and_the_incidents_opened(
    installation: Settings, delivery_id: int, owner: psycopg.Connection
) -> None:
    printed = read_back(html_of(delivery_report(installation, delivery_id)))

    states = owner.execute(
        "select state, count(*) from quality.expectation_result "
        "where delivery_id = %s group by state",
        (delivery_id,),
    )
    cells = printed.tables["Rules by cell of Kahn's framework"]
    counts = dict(states.fetchall())
    assert counts == {
        "passed": sum(number(each["Passed"]) for each in cells),
        "failed": sum(number(each["Failed"]) for each in cells),
        "not_applicable": sum(number(each["Not applicable"]) for each in cells),
    }
    broken = printed.tables["Rules broken"]
    assert len(broken) == counts["failed"]
    empty = next(each for each in broken if "test_code is empty" in str(each))
    assert (empty["Rows that break it"], empty["Rows"]) == ("2", "4")
    opened = printed.tables["What it made of incidents"]
    assert {each["State"] for each in opened} == {"▲ New"}
    assert printed.facts["Incidents opened"] == str(len(opened))


def test_it_shows_no_value_no_identifier_and_no_name_of_a_file(
    installation: Settings, delivery_id: int
) -> None:
    html = html_of(delivery_report(installation, delivery_id))

    assert [each for each in CANARIES if each in html] == []
    assert foreign_parts(html) == []
    assert "default-src 'none'" in html


def test_a_delivery_held_whole_says_why(
    installation: Settings, deliver: Callable[..., int]
) -> None:
    held = deliver(*(refused(f"H{number}") for number in range(60)))
    printed = read_back(html_of(delivery_report(installation, held)))

    assert printed.subtitle.startswith("✕ Held as a whole: ")
    assert "expect_" not in printed.subtitle
    assert printed.facts["Landed"] == "-"
    assert printed.facts["Rows landed"] == "0"


def test_of_no_delivery_there_is_no_report(installation: Settings) -> None:
    with pytest.raises(NoSuchDeliveryError, match="the page Loads lists them"):
        delivery_report(installation, 999_999)


def test_whatever_comes_from_data_is_escaped() -> None:
    section = Section(HOSTILE, (HOSTILE,), [(HOSTILE,)], HOSTILE, HOSTILE)
    empty = Section("Nothing", (), [], HOSTILE)
    made_at = datetime(2026, 3, 1, tzinfo=UTC)
    document = Document(
        HOSTILE, HOSTILE, [(HOSTILE, HOSTILE)], [section, empty], made_at, HOSTILE
    )
    html = html_of(document)

    assert "<script" not in html
    assert "<img" not in html
    printed = read_back(html)
    assert printed.title == HOSTILE
    assert printed.tables[HOSTILE] == [{HOSTILE: HOSTILE}]
    assert printed.empty["Nothing"] == HOSTILE


def test_a_file_is_for_its_owner_alone(
    installation: Settings, delivery_id: int
) -> None:
    report = delivery_report(installation, delivery_id)
    path = keep(report, delivery_file(installation, delivery_id))
    keep(report, path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parents[1].stat().st_mode) == 0o700
    assert [each for each in path.parent.iterdir() if each.suffix != ".html"] == []


def test_a_bar_shows_what_is_small_and_tells_all_in_words() -> None:
    told = bar(1000, 1, 0)

    assert 'aria-label="1000 passed, 1 failed, 0 not applicable"' in told
    assert told.count("<rect") == 2
    assert "<line" in told  # the hatch of what failed
    assert bar(0, 0, 0) == ""


def test_a_line_needs_two_points_and_its_greatest_share_is_above() -> None:
    assert line([0.5]) == ""
    assert 'points="4.0,36.0 166.0,4.0"' in line([0.0, 1.0])


def test_sizes_are_told_in_the_unit_that_reads_best() -> None:
    assert bytes_text(999) == "999\u00a0bytes"
    assert bytes_text(1000) == "1.0\u00a0KB"
    assert bytes_text(2_500_000) == "2.5\u00a0MB"
