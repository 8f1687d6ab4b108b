"""The worklist of thirteen patients against what was read in their files by hand.

Which rows must stand there, in which order and why, was worked out from the files alone
and lies in ``worklists_by_hand.csv``. Nobody has acknowledged anything. Five patients
are simulated and lie in ``worklist_patients``. Eight are of MIMIC-IV: ``zgrep ,PATIENT,
labevents.csv.gz`` sorted by item and time, with the item's name and material from
``d_labitems.csv.gz``, and its LOINC code from the ``d_labitems`` with LOINC beside it.

At the same time rows stand in the order of their analyte: its LOINC code, or source and
item where it has none.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pipelines.build_books import Scope
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from tests.conftest import installation_with_marts
from tests.dbt.some_marts import build_some

pytestmark = pytest.mark.shared_data

SIMULATED = Path(__file__).parent / "worklist_patients"
BY_HAND = Path(__file__).parent / "worklists_by_hand.csv"
# One result of each patient leads to the patient.
ONE_RESULT = {
    # 66 results of two days. The fluid's ranges are 0 to 0. Gone: glucose 113 99.
    # Fluid in blood culture bottles grew gram positive rods: no flag, yet sterile in
    # health.
    "10031404": "mimic:364226",
    # Three mornings in 2125. Back to normal by the last: creatinine 1.3 1.3 0.9,
    # MCV 99 98 98, phosphate 4.6 4.7 3.1.
    "10022281": "mimic:265213",
    # Three days in 2120. Gone: phosphate 5.1 2.8, white cells
    # 16.7 9.2 7.9, glucose of chemistry (50931) 116 86. Base excess, calculated
    # hematocrit and oxygen saturation came without range.
    "10019568": "mimic:236722",
    # Died six weeks after three days in 2184. Gone: calcium 8.3 8.4, phosphate
    # 5.6 4.0. Glucose, ketones and protein of the urine came without range.
    "10018845": "mimic:222129",
    # Two years of an outpatient. Gone: free T4 0.54, then normal five times; MCV
    # 82 81 83; pCO2 33 38; calcium 9.0 8.3 8.8.
    "10008287": "mimic:101837",
    # Died in 2137. Gone: MCH, MCHC, phosphate 2.1 3.2, white cells 12.0 8.4, pO2
    # 301 153 82 97, chloride of whole blood 111, of serum 105 after it.
    "10025463": "mimic:295100",
    # Two stays four years apart. Gone: AST 49 30.
    "10026406": "mimic:309005",
    # Six visits in three years. Gone, among others: glucose, sodium, chloride,
    # urea nitrogen, calcium, hemoglobin, red cells.
    "10039997": "mimic:471642",
    # A urine infection, and a year later kidneys that fail. Glucose of the strip
    # is as its range in words says, without a flag: not judged. Susceptibilities
    # S stay out.
    "P000026": "hospital:L000026-1",
    # Four years of diabetes with failing kidneys. Gone: HDL 53 55 48 50,
    # phosphate 4.7 4.6 4.2.
    "P000032": "hospital:L000032-1",
    # One check-up. ALT was clotted, eGFR >90 is inside its range.
    "P000061": "hospital:L000061-1",
    # A child of two, by the child's ranges that the laboratory sent: 40.8 and
    # 13.8 are usual in women.
    "P000065": "hospital:L000065-1",
    # Calcium 5.5 with LL was corrected to 9.1: gone. Resistance of the urine's
    # Klebsiella to ampicillin stays out. ALT without a range is normal by
    # default.
    "P000146": "hospital:L000146-1",
}
ROWS = """
    select
        worklist.urgency_rank::text,
        worklist.novelty_code,
        worklist.test_name,
        coalesce(
            worklist.comparator || trim_scale(worklist.number_or_bound)::text,
            trim_scale(worklist.number_or_bound)::text,
            worklist.value_text,
            '-'
        ),
        worklist.finding_flag,
        to_char(worklist.collected_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
        coalesce(worklist.previous_flag, '-')
    from marts.fct_result_worklist as worklist
    inner join marts.fct_lab_results as result
        on worklist.patient_key = result.patient_key
    where result.lab_result_key = %s
    order by
        worklist.urgency_rank,
        worklist.collected_at desc,
        worklist.analyte_code collate "C"
"""
BESIDE = """
    select
        worklist.test_name, worklist.open_findings_count, worklist.latest_value_text,
        worklist.latest_flag,
        to_char(worklist.latest_collected_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
    from marts.fct_result_worklist as worklist
    inner join marts.fct_lab_results as result
        on worklist.patient_key = result.patient_key
    where result.lab_result_key = %s and worklist.urgency_rank = 1
    order by worklist.collected_at desc, worklist.analyte_code collate "C"
"""
DECEASED = """
    select distinct worklist.is_deceased
    from marts.fct_result_worklist as worklist
    inner join marts.fct_lab_results as result
        on worklist.patient_key = result.patient_key
    where result.lab_result_key = %s
"""

# Test, findings that wait, and the latest result of the test.
CRITICAL_ROWS = {
    # 27.8, 34.2 and 35.6 critical, and 13.5 high.
    "10019568": [
        ("pH", 1, "7.17", "CRITICAL_LOW", "2120-01-30 20:14"),
        ("Lactate", 1, "1.6", "NORMAL", "2120-01-31 05:11"),
    ],
    "10025463": [("PT", 4, "13.5", "HIGH", "2137-10-09 01:40")],
    "10039997": [("Potassium", 1, "4.3", "NORMAL", "2137-03-17 08:30")],
    "P000032": [
        ("Glucose, point of care", 2, "120", "NORMAL", "2021-07-12 07:00"),
        # 498, and 107 high and stable.
        ("Glucose", 2, "107", "HIGH", "2022-09-30 16:20"),
    ],
    "P000146": [("Potassium", 1, "6.6", "CRITICAL_HIGH", "2022-11-21 13:45")],
}
DIED = {"10018845", "10025463"}  # have a dod in patients.csv.gz


@pytest.fixture(scope="module")
def marts(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[psycopg.Connection]:
    """Yield a connection to marts built from a real load of both."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("worklist")):
        load(settings, shared_data / "mimic_iv_demo", format_name="mimic")
        load(settings, SIMULATED, format_name="csv", source_system="hospital")
        build_some(settings, Scope.USUAL, ("fct_lab_results", "fct_result_worklist"))
        with connect(settings, Role.BUILDER) as connection:
            yield connection


@pytest.fixture(scope="module")
def by_hand() -> dict[str, list[tuple]]:
    """Return what must stand on the worklist, by patient, in order."""
    rows: dict[str, list[tuple]] = {patient: [] for patient in ONE_RESULT}
    with BY_HAND.open(newline="") as lines:
        for patient, *row, _why in list(csv.reader(lines))[1:]:
            rows[patient].append(tuple(row))
    return rows


@pytest.mark.parametrize("patient", ONE_RESULT)
def test_the_worklist_is_what_the_files_say(
    marts: psycopg.Connection, by_hand: dict[str, list[tuple]], patient: str
) -> None:
    rows = marts.execute(ROWS, (ONE_RESULT[patient],)).fetchall()

    assert rows
    assert rows == by_hand[patient]


@pytest.mark.parametrize("patient", ONE_RESULT)
def test_a_critical_row_says_what_else_waits_and_what_came_last(
    marts: psycopg.Connection, patient: str
) -> None:
    rows = marts.execute(BESIDE, (ONE_RESULT[patient],)).fetchall()

    assert rows == CRITICAL_ROWS.get(patient, [])


@pytest.mark.parametrize("patient", ONE_RESULT)
def test_rows_of_the_dead_stay_and_are_marked(
    marts: psycopg.Connection, patient: str
) -> None:
    rows = marts.execute(DECEASED, (ONE_RESULT[patient],)).fetchall()

    assert rows == [(patient in DIED,)]
