"""A laboratory technician does each of their actions once, and charts show it.

What the technician works with was ordered and taken before; it is on the lists. Forms
are filled in by hand, wrongly first. How long each took from saving to the marts is
written into the report of the test.
"""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.access.people import Person, PersonRole
from pipelines.record.actions.entry import Change, Entry
from pipelines.record.actions.laboratory_work import STATUSES
from pipelines.record.actions.ordering import order_tests
from pipelines.record.actions.reading_entries import entries
from pipelines.record.actions.saving import save as save_entries
from pipelines.settings import Settings
from tests.clinicians.filling_in import (
    cells_on,
    choose,
    fill,
    press_open,
    refused,
    save,
    select,
)
from tests.demonstration.arrivals import Arrivals, Told, looking
from tests.demonstration.chromium import (
    PATIENCE,
    awaited,
    enter,
    failures_on,
    go_to,
    leave,
    press,
    see,
    words_on,
)
from tests.demonstration.way_back import (
    Somebody,
    asked,
    person,
    potassium,
    somebody,
    waited,
    written_file,
)
from tests.versions import versions

POTASSIUM, SODIUM, CREATININE, HEMOGLOBIN = "2823-3", "2951-2", "2160-0", "718-7"
ANALYTES = "Test, most abnormal"
STEPS = ("ordered", "collected", "received", "in_progress", "done")
SPECIMEN = """
    select 1 from marts.fct_specimens where specimen_key = %s and status_code = %s
"""
ANOTHER_SPECIMEN = """
    select 1 from marts.fct_specimens
    where lab_order_key = %s and status_code = 'ordered'
"""
TUBE = "select 1 from marts.fct_specimens where accession_number = %s"
ORDER = """
    select 1 from marts.fct_lab_orders where lab_order_key = %s and status_code = %s
"""
RESULT = """
    select 1 from marts.fct_lab_results where lab_result_key = %s and value_text = %s
"""
NO_RESULT = """
    select 1
    where not exists (
        select 1 from marts.fct_lab_results where lab_result_key = %s
    )
"""
ON_THE_LISTS = """
    select 1
    from marts.fct_open_orders as listed
    where listed.lab_order_key = %s
        and exists (
            select 1 from marts.fct_open_specimens where specimen_key = %s
        )
"""
DROP = """
    const [zone, name, text] = arguments;
    const dragged = new DataTransfer();
    dragged.items.add(new File([text], name, {type: 'text/csv'}));
    for (const kind of ['dragenter', 'dragover', 'drop'])
        zone.dispatchEvent(new DragEvent(
            kind, {bubbles: true, cancelable: true, dataTransfer: dragged}
        ));
"""

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Bench:
    """What lies before the technician: a patient's orders and specimens."""

    settings: Settings
    technician: Person
    patient: Somebody
    orders: dict[str, Entry]  # by code of the test
    specimens: dict[str, Entry]  # by material, which is another for each

    def entries(self, feed: str) -> list[Entry]:
        """Return what the record holds of a feed about the patient."""
        key = self.patient.patient_key
        return entries(self.settings, self.technician, feed, [key])


@pytest.fixture(scope="module")
def bench(installation: Settings) -> Bench:
    """Let a doctor order and a ward take specimens; wait until the lists show it."""
    doctor = person(installation, PersonRole.DOCTOR)
    technician = person(installation, PersonRole.LAB_TECHNICIAN)
    made = Bench(installation, technician, somebody(installation, 1), {}, {})
    order_tests(
        installation,
        doctor,
        made.patient.patient_key,
        category="laboratory",
        test_codes=[POTASSIUM, SODIUM, CREATININE, HEMOGLOBIN],
        priority="stat",
    )
    for entry in made.entries("lab_orders"):
        if entry.changed_by_user_id == doctor.user_id:
            made.orders[entry.values["test_code"]] = entry
    for status in STEPS[:-1]:
        take(made, f"Serum {status}", status, None)
    take(made, "Serum clotted", "collected", made.orders[SODIUM])
    for entry in made.entries("specimens"):
        if entry.changed_by_user_id == technician.user_id:
            made.specimens[entry.values["specimen_type_name"]] = entry
    last = made.orders[POTASSIUM].key, made.specimens["Serum clotted"].key
    waited(lambda: asked(installation, ON_THE_LISTS, *last))
    return made


def take(bench: Bench, material: str, status: str, order: Entry | None) -> None:
    """Let a specimen have come as far as a status."""
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    values = {"specimen_type_name": material, "status_code": status}
    values |= {"status_at": hour_ago}
    if status != "ordered":
        values |= {"collected_at": hour_ago}
    if order is not None:
        values |= {"order_id": order.record_id}
    change = Change("record specimen", bench.patient.patient_key, values)
    save_entries(bench.settings, bench.technician, [change])


def test_a_technician_does_each_action_and_sees_it_on_lists_and_charts(
    browser: WebDriver,
    address: str,
    bench: Bench,
    tmp_path: Path,
    told: Told,
) -> None:
    enter(browser, address, PersonRole.LAB_TECHNICIAN)
    with looking(bench.settings, PersonRole.LAB_TECHNICIAN) as arrivals:
        uploads_a_file_that_was_dragged(browser, bench, arrivals, tmp_path)
        go_to(browser, "/worklist")
        see(browser, "Orders and specimens")
        records_a_specimen(browser, bench, arrivals)
        sets_the_status_of_orders(browser, bench, arrivals)
        sets_the_status_of_specimens(browser, bench, arrivals)
        corrected, withdrawn = corrects_and_withdraws(browser, bench, arrivals)
        assert failures_on(browser) == []
        seconds = arrivals.wait()

    told(seconds)
    lists_show_it_as_done(browser, bench, corrected)
    leave(browser)
    charts_show_it(browser, address, bench)
    assert withdrawn.key != corrected.key


def uploads_a_file_that_was_dragged(
    browser: WebDriver, bench: Bench, arrivals: Arrivals, folder: Path
) -> None:
    """Drag a file, read the verdict on each row, and submit what is accepted."""
    record_id = f"UP-{secrets.token_hex(3)}"
    number = bench.patient.patient_number
    path = written_file(
        folder / "monday.csv",
        potassium(number, record_id=record_id, value_text="6.91", value_number="6.91"),
        potassium(number, record_id=f"{record_id}-2", test_code=""),
        potassium("NOT-HERE-1", record_id=f"{record_id}-3"),
        potassium(number, record_id=f"{record_id}-4", value_number="4,1"),
    )
    see(browser, "Upload results")
    zone = awaited(browser, "[data-testid=stFileUploaderDropzone]")
    browser.execute_script(DROP, zone, path.name, path.read_text())
    see(browser, "monday.csv")
    see(browser, "Refused: 2 rows")
    for words in ("New: 1 row", "Patient not known here: 1 row", "Line 3", "Line 5"):
        see(browser, words)
    shown = words_on(browser)
    assert "test_code" in shown or "Test code" in shown
    press(browser, "Submit 2 rows")
    see(browser, "Submitted")
    arrivals.expect("uploaded", RESULT, f"operational:{record_id}", "6.91")


def records_a_specimen(browser: WebDriver, bench: Bench, arrivals: Arrivals) -> None:
    """Record the specimen that was taken for an order."""
    open_row(browser, bench, "Orders", "Potassium")
    choose(browser, "Specimen taken", "laboratory_doing")
    before = versions(bench.settings, "specimens")
    refused(browser, "Material: This has to be filled in.")
    assert versions(bench.settings, "specimens") == before
    select(browser, "Material", "Serum")
    tube = f"A-{secrets.token_hex(3)}"
    fill(browser, "Number on the tube", tube)
    save(browser, "Specimen recorded")
    arrivals.expect("specimen recorded", TUBE, tube)
    arrivals.expect("its order", ORDER, bench.orders[POTASSIUM].key, "collected")
    see(browser, "Now: Collected")
    assert "being processed" in words_on(browser)


def sets_the_status_of_orders(
    browser: WebDriver, bench: Bench, arrivals: Arrivals
) -> None:
    """Let one order go on, and reject another with the reason."""
    open_row(browser, bench, "Orders", "Creatinine")
    choose(browser, "Goes on", "laboratory_doing")
    before = versions(bench.settings, "lab_orders")
    refused(browser, "Goes on to: This has to be filled in.")
    assert versions(bench.settings, "lab_orders") == before
    select(browser, "Goes on to", "In progress")
    save(browser, "Status set")
    arrivals.expect(
        "order in progress", ORDER, bench.orders[CREATININE].key, "in_progress"
    )
    see(browser, "Now: In progress")
    assert "being processed" in words_on(browser)
    open_row(browser, bench, "Orders", "Hemoglobin")
    select(browser, "Goes on to", "Rejected")
    refused(browser, "Why: This has to be filled in.")
    select(browser, "Why", "Wrong tube")
    save(browser, "Status set")
    arrivals.expect("order rejected", ORDER, bench.orders[HEMOGLOBIN].key, "rejected")
    see(browser, "This is done with")


def sets_the_status_of_specimens(
    browser: WebDriver, bench: Bench, arrivals: Arrivals
) -> None:
    """Let a specimen take each step, and ask for another in a rejected one's place."""
    for before, after in pairwise(STEPS):
        material = f"Serum {before}"
        open_row(browser, bench, "Specimens", material)
        select(browser, "Goes on to", STATUSES[after])
        save(browser, "Status set")
        key = bench.specimens[material].key
        arrivals.expect(f"specimen {after}", SPECIMEN, key, after)
        ended = after == STEPS[-1]
        see(browser, "This is done with" if ended else f"Now: {STATUSES[after]}")
    open_row(browser, bench, "Specimens", "Serum clotted")
    select(browser, "Goes on to", "Rejected")
    select(browser, "Why", "Clotted")
    save(browser, "Status set")
    key = bench.specimens["Serum clotted"].key
    arrivals.expect("specimen rejected", SPECIMEN, key, "rejected")
    arrivals.expect("another specimen", ANOTHER_SPECIMEN, bench.orders[SODIUM].key)


def open_row(browser: WebDriver, bench: Bench, which: str, what: str) -> None:
    """Choose a row of the list of orders or specimens."""
    choose(browser, which, "laboratory_what")
    select(browser, "Which one", f"{bench.patient.name}, {what}")
    see(browser, "Now: ")


def corrects_and_withdraws(
    browser: WebDriver, bench: Bench, arrivals: Arrivals
) -> tuple[Entry, Entry]:
    """Correct one result and withdraw another; return them as they were."""
    corrected, withdrawn = two_results(bench)
    open_result(browser, bench, corrected)
    before = versions(bench.settings, "lab_results")
    fill(browser, "New value", "high")
    fill(browser, "Reason", "Read off wrongly")
    press(browser, "Check and go on")
    press_open(browser, "Save")
    see(browser, "this result is a number, such as 4.1")
    assert versions(bench.settings, "lab_results") == before
    fill(browser, "New value", "987.6")
    save(browser, "Result corrected")
    arrivals.expect("result corrected", RESULT, corrected.key, "987.6")
    see(browser, "being processed")
    open_result(browser, bench, withdrawn)
    choose(browser, "Withdraw it", "lab_result_what")
    refused(browser, "Reason: This has to be filled in.")
    fill(browser, "Reason", "Another patient's tube")
    save(browser, "Result withdrawn")
    arrivals.expect("result withdrawn", NO_RESULT, withdrawn.key)
    return corrected, withdrawn


def two_results(bench: Bench) -> tuple[Entry, Entry]:
    """Return the newest results of the two tests that were measured last.

    Each is a number with a range, and the only one of its test with its value: a list
    tells it by these.
    """
    found = sorted(
        bench.entries("lab_results"), key=lambda each: each.values["collected_at"]
    )
    told = Counter(map(words_of, found))
    newest = {
        entry.values["test_name"]: entry
        for entry in found
        if entry.values["value_number"] and entry.values["reference_high"] is not None
    }
    second, first = sorted(
        (each for each in newest.values() if told[words_of(each)] == 1),
        key=lambda each: (each.values["collected_at"], each.values["test_name"]),
    )[-2:]
    return first, second


def words_of(result: Entry) -> str:
    """Return the words by which a result is chosen."""
    return f"{result.values['test_name']}: {result.values['value_text']}"


def open_result(browser: WebDriver, bench: Bench, entry: Entry) -> None:
    """Find the newest result of a test of the patient."""
    go_to(browser, "/worklist")
    see(browser, "Orders and specimens")
    go_to(browser, "/results")
    see(browser, "Results")
    fill(browser, "Patient", bench.patient.record_number)
    select(browser, "1 found", bench.patient.name)
    fill(browser, "Test", entry.values["test_name"])
    select(browser, "Result", words_of(entry))
    see(browser, "Range reported with it")


def lists_show_it_as_done(browser: WebDriver, bench: Bench, corrected: Entry) -> None:
    """See the lists without what was being processed."""
    go_to(browser, "/worklist")
    see(browser, "Orders and specimens")
    for which in ("Orders", "Specimens"):
        choose(browser, which, "laboratory_what")
        see(browser, "Which one")
        assert "being processed" not in cells_on(browser)
    assert "Collected" in cells_on(browser)
    name = corrected.values["test_name"]
    go_to(browser, "/results")
    see(browser, "Patient")
    fill(browser, "Patient", bench.patient.record_number)
    select(browser, "1 found", bench.patient.name)
    fill(browser, "Test", name)
    select(browser, "Result", f"{name}: 987.6")
    see(browser, "987.6")
    assert "being processed" not in words_on(browser)


def charts_show_it(browser: WebDriver, address: str, bench: Bench) -> None:
    """See the results on the chart, as a doctor."""
    enter(browser, address, PersonRole.DOCTOR)
    go_to(browser, "/patients")
    see(browser, "Find a patient")
    fill(browser, "Find a patient", bench.patient.record_number)
    press(browser, bench.patient.name)
    see(browser, "6.91 mmol/L")
    # The list above names the most urgent only: who looks for a test chooses it.
    select(browser, ANALYTES, "987.6")
    WebDriverWait(browser, PATIENCE).until(
        lambda page: "987.6" in cells_on(page), "the table does not show 987.6"
    )
    assert failures_on(browser) == []
