"""What a message of HL7 v2 becomes: which feeds, which columns, or why none."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.landing.messages import MessageReader
from pipelines.landing.parsing import read_records
from pipelines.sources.adapter import LINE, WHOLE_LINE, Mapped
from pipelines.sources.hl7v2 import ADAPTER, people
from pipelines.sources.hl7v2.message import read
from pipelines.sources.hl7v2.values import limits, long_before, time
from pipelines.sources.one_by_one import RefusedError
from tests.sources.segment_fates import KEPT, MAPPED, READ, REFUSED, fates

(TABLE,) = ADAPTER.tables
HEAD = "MSH|^~\\&|LAB|H|||20260102090000||{kind}|7|P|2.5"
PID = "PID|1||1234^^^HOUSE^MR||Example^Ada^B||19500102|F|||1 Road^^Town^ST^12345||555"
PV1 = "PV1|1|I|WARD^1^2||||D1||||||||||||V9|||||||||||||||||||||||||20260101080000"
OBR = "OBR|1|P1|F1|24323-8^Panel^LN|||20260102080000||||||||||||||||||F"
ORDER = {"order_id": "F1", "collected_at": "2026-01-02T08:00:00"}


def mapped(*lines: str, kind: str = "ORU^R01") -> Mapped:
    """Return what the adapter makes of a message of these segments."""
    text = "\r".join((HEAD.format(kind=kind), *lines))
    return TABLE.map_records(pl.DataFrame({WHOLE_LINE: [text], LINE: [1]}))


def rows(feed: str, *lines: str, kind: str = "ORU^R01") -> list[dict[str, Any]]:
    """Return the rows of a feed, without what is empty."""
    found = mapped(*lines, kind=kind)
    assert not found.refused.height, found.refused["reason"].item()
    if feed not in found.feeds:
        return []
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in found.feeds[feed].iter_rows(named=True)
    ]


def result(obx: str, *after: str) -> dict[str, Any]:
    """Return the only result of an OBX."""
    (only,) = rows("lab_results", PID, PV1, OBR, obx, *after)
    return only


def test_a_result_keeps_value_range_flag_status_and_notes() -> None:
    found = result(
        "OBX|1|NM|2823-3^Potassium^LN^K^Kalium^L||5.10|mmol/L|3.5 - 5.0|H|||C",
        "NTE|1||slightly haemolysed",
        "NTE|2||repeat",
        "SPM|1|S1||SER^Serum^HL70487",
    )

    assert found.pop("record_id")
    assert found.pop("encounter_id")
    assert found == {
        LINE: 1,
        "source_patient_id": "1234@HOUSE",
        "order_id": "F1",
        "specimen_id": "S1",
        "specimen_name": "Serum",
        "test_code": "2823-3",
        "code_system": "LOINC",
        "test_name": "Potassium",
        "value_text": "5.10",
        "value_number": "5.10",
        "unit": "mmol/L",
        "reference_low": "3.5",
        "reference_high": "5.0",
        "reference_text": "3.5 - 5.0",
        "laboratory_flag": "H",
        "status_code": "C",
        "comment_text": "slightly haemolysed\nrepeat",
        "collected_at": "2026-01-02T08:00:00",
        "resulted_at": "2026-01-02T09:00:00",
        "source_updated_at": "2026-01-02T09:00:00",
    }


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("NM", "4.1", "4.1"),
        ("NM", "<5", "<5"),
        ("NM", "4.1~4.3", "4.1; 4.3"),
        ("SN", ">^100", ">100"),
        ("SN", "<=^5", "<=5"),
        ("SN", "^1^:^128", "1:128"),
        ("SN", "^5^-^10", "5 - 10"),
        ("SN", "^2^+", "2+"),
        ("ST", "NEG", "NEG"),
        ("TX", "two~lines", "two\nlines"),
        ("FT", "one\\.br\\two", "one\ntwo"),
        ("ST", "A\\T\\B\\F\\C\\S\\D\\R\\E\\E\\F", "A&B|C^D~E\\F"),
        ("ST", "\\X41\\\\H\\bold\\N\\", "Abold"),
        ("ST", "100\\Zxx\\ml", "100\\Zxx\\ml"),
        ("ST", "half\\open", "half\\open"),
        ("CWE", "260385009^Negative^SCT", "Negative"),
        ("CE", "POS^^L", "POS"),
        ("CWE", "1^One^L~2^Two^L", "One; Two"),
        ("CWE", "^^^^^^^^as written", "as written"),
        ("DT", "20260102", "2026-01-02"),
        ("TS", "202601020304+0100", "2026-01-02T03:04:00+01:00"),
        ("", "words", "words"),
    ],
)
def test_a_value_of_any_type_is_text(kind: str, content: str, text: str) -> None:
    found = result(f"OBX|1|{kind}|2823-3^K^LN||{content}||||||F")

    assert found["value_text"] == text
    assert ("value_number" in found) == (content == "4.1")


@pytest.mark.parametrize("kind", ["ED", "RP"])
def test_an_enclosed_document_is_told_and_not_read(kind: str) -> None:
    found = result(
        f"OBX|1|{kind}|11526-1^Report^LN||^application^pdf^Base64^AAAA||||||F"
    )

    assert "value_text" not in found
    assert "kept in the message alone" in found["comment_text"]


@pytest.mark.parametrize(
    ("text", "low_and_high"),
    [
        ("3.5-5.0", ("3.5", "5.0")),
        ("[ 0.38 - 0.52 ]", ("0.38", "0.52")),
        ("-2 - 2", ("-2", "2")),
        ("<100", (None, None)),
        (">40", (None, None)),
        ("Negative", (None, None)),
        ("2026-01-02", (None, None)),
        (None, (None, None)),
    ],
)
def test_only_a_range_of_two_numbers_has_limits(text: str, low_and_high: tuple) -> None:
    """A limit counts as inside: of ``<100`` nobody says that 100 is."""
    assert limits(text) == low_and_high


def test_what_a_monitor_measures_is_no_laboratory_result() -> None:
    lines = (
        "OBX|1|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC||57|%|30-100||||F",
        "OBX|2|NM|8867-4^Heart rate^LN||72|/min|||||F",
        "OBX|3|NM|2823-3^K^LN||4|mmol/L|||||F",
    )
    found = mapped(PID, OBR, *lines)

    assert found.feeds["vital_signs"]["value_text"].to_list() == ["57", "72"]
    assert found.feeds["lab_results"]["test_code"].to_list() == ["2823-3"]


def test_oxygen_and_consciousness_are_vital_signs() -> None:
    lines = (
        "OBX|1|NM|3151-8^Inhaled oxygen flow rate^LN||2|L/min|||||F",
        "OBX|2|NM|3150-0^Inhaled oxygen concentration^LN||28|%|||||F",
        "OBX|3|ST|67775-7^Level of responsiveness^LN||Alert||||||F",
    )
    found = mapped(PID, OBR, *lines).feeds

    assert found["vital_signs"]["value_text"].to_list() == ["2", "28", "Alert"]
    assert "lab_results" not in found


def test_several_orders_have_each_their_results_and_texts_are_joined() -> None:
    found = rows(
        "lab_results",
        PID,
        OBR,
        "OBX|1|TX|600-7^Culture^LN|1|No growth||||||P",
        "OBX|2|TX|600-7^Culture^LN|1|after two days||||||P",
        "OBX|3|TX|600-7^Culture^LN|2|second bottle||||||P",
        "OBR|2|P2|F2|2823-3^K^LN|||20260102083000",
        "OBX|1|NM|2823-3^K^LN||4.1||||||F",
    )

    assert [each["value_text"] for each in found] == [
        "No growth\nafter two days",
        "second bottle",
        "4.1",
    ]
    assert [each["order_id"] for each in found] == ["F1", "F1", "F2"]
    assert len({each["record_id"] for each in found}) == 3


def test_a_correction_is_the_same_result_and_another_specimen_is_another() -> None:
    first = result("OBX|1|NM|2823-3^K^LN||4.1||||||P")
    corrected = result("OBX|9|NM|2823-3^K^LN||4.2||||||C")
    (later,) = rows(
        "lab_results",
        PID,
        OBR.replace("20260102080000", "20260103080000"),
        "OBX|1|NM|2823-3^K^LN||4.1||||||F",
    )
    (stranger,) = rows(
        "lab_results",
        PID.replace("1234", "99"),
        OBR,
        "OBX|1|NM|2823-3^K^LN||4.1||||||F",
    )

    assert corrected["record_id"] == first["record_id"]
    assert later["record_id"] != first["record_id"]
    assert stranger["record_id"] != first["record_id"]


def test_one_code_twice_in_an_order_is_two_results() -> None:
    obx = "OBX|{n}|NM|2339-0^Glucose^LN||{value}||||||F"
    found = rows(
        "lab_results",
        PID,
        OBR,
        obx.format(n=1, value=90),
        obx.format(n=2, value=140),
    )

    assert len({each["record_id"] for each in found}) == 2


def test_a_report_of_imaging_is_one_text() -> None:
    (found,) = rows(
        "imaging_reports",
        PID,
        "OBR|1|P1|F1|30746-2^Chest X-ray^LN|||20260102080000|||||||||||||||"
        "20260102100000||RAD|F",
        "OBX|1|TX|30746-2^Chest X-ray^LN||No effusion.||||||F",
        "OBX|2|TX|30746-2^Chest X-ray^LN||Heart of usual size.||||||F",
    )

    assert found["report_text"] == "No effusion.\nHeart of usual size."
    assert (found["modality_code"], found["status_code"]) == ("RAD", "F")
    assert found["procedure_name"] == "Chest X-ray"


def test_registration_says_who_somebody_is_and_a_laboratory_does_not_overrule() -> None:
    (registered,) = rows("patients", PID, PV1, kind="ADT^A08")
    (by_laboratory,) = rows("patients", PID, OBR)

    assert registered["medical_record_number"] == "1234"
    assert registered["given_name"] == "Ada B"
    assert registered["family_name"] == "Example"
    assert registered["birth_date"] == "1950-01-02"
    assert registered["address_line"] == "1 Road"
    assert (registered["city"], registered["postal_code"]) == ("Town", "12345")
    assert registered["phone"] == "555"
    assert registered["record_id"] == by_laboratory["record_id"]
    assert registered["source_updated_at"] == "2026-01-02T09:00:00"
    assert by_laboratory["source_updated_at"] == "1926-01-02T09:00:00"


@pytest.mark.parametrize(
    ("event", "status", "deleted"),
    [
        ("A01", None, "false"),
        ("A03", "finished", "false"),
        ("A11", None, "true"),
    ],
)
def test_a_visit_begins_ends_and_is_cancelled(
    event: str, status: str | None, deleted: str
) -> None:
    (found,) = rows("encounters", PID, PV1, kind=f"ADT^{event}")

    assert found.get("status_code") == status
    assert found["is_deleted"] == deleted
    assert found["encounter_class_code"] == "I"
    assert found["started_at"] == "2026-01-01T08:00:00"
    assert found["location_name"] == "WARD 1 2"


@pytest.mark.parametrize(("event", "kind"), [("A40", "merge"), ("A37", "unmerge")])
def test_numbers_are_merged_and_parted(event: str, kind: str) -> None:
    (found,) = rows("patient_links", PID, "MRG|77^^^HOUSE^MR", kind=f"ADT^{event}")

    assert found["source_patient_id"] == "77@HOUSE"
    assert found["surviving_patient_id"] == "1234@HOUSE"
    assert found["link_type_code"] == kind


def test_what_goes_with_a_registration_is_taken() -> None:
    found = mapped(
        PID,
        PV1,
        "AL1|1|DA|7980^Penicillin^RXNORM|SV|Hives|20200101",
        "DG1|1||I10^Hypertension^I10|||A",
        "NK1|1|Example^Bo|SPO^Spouse|||555",
        "IN1|1|PPO|INS1|Insurer Inc",
        kind="ADT^A01^ADT_A01",
    )
    row = {name: frame.row(0, named=True) for name, frame in found.feeds.items()}

    assert row["allergies"]["substance_name"] == "Penicillin"
    assert row["allergies"]["reaction_1_severity_code"] == "severe"
    assert row["conditions"]["code_system"] == "ICD-10-CM"
    assert row["contacts"]["relationship_code"] == "spouse"
    assert row["coverages"]["payer_name"] == "Insurer Inc"


def test_an_order_its_priority_and_its_end() -> None:
    order = "OBR|1|P1||24323-8^Panel^LN|S|20260102"
    (placed,) = rows("lab_orders", PID, "ORC|NW|P1", order, kind="ORM^O01")
    (ended,) = rows("lab_orders", PID, "ORC|CA|P1", order, kind="OML^O21")

    assert (placed["status_code"], placed["priority_code"]) == ("ordered", "stat")
    assert ended["status_code"] == "cancelled"
    assert ended["record_id"] == placed["record_id"]


def test_a_prescription_what_was_handed_out_and_a_dose() -> None:
    order = "ORC|NW|RX1||||||||||D1|||20260101080000"
    (prescription,) = rows(
        "prescriptions",
        PID,
        order,
        "RXE||860975^Metformin 500 mg^RXNORM|500||mg|||||60||3",
        "RXR|PO^Oral",
        kind="RDE^O11",
    )
    (supply,) = rows(
        "dispenses",
        PID,
        order,
        "RXD|1|860975^Metformin 500 mg^RXNORM|20260102|60",
        kind="RDS^O13",
    )
    (dose,) = rows(
        "administrations",
        PID,
        order,
        "RXA|0|1|20260102080000||860975^Metformin 500 mg^RXNORM|500|mg|||N1||||||||"
        "|fasting|NA",
        kind="RAS^O17",
    )

    assert prescription["drug_code"] == "860975"
    assert (prescription["dose_text"], prescription["dose_unit"]) == ("500", "mg")
    assert prescription["route_code"] == "Oral"
    assert prescription["refills_allowed"] == "3"
    assert supply["prescription_id"] == prescription["record_id"]
    assert dose["prescription_id"] == prescription["record_id"]
    assert dose["administered_at"] == "2026-01-02T08:00:00"


def test_a_document_is_a_note_and_an_appointment_an_appointment() -> None:
    (note,) = rows(
        "notes",
        PID,
        "TXA|1|PN|TX|20260102||20260102100000|||||DOC1|||||AU",
        "OBX|1|TX|||Slept well.",
        "OBX|2|TX|||Ate well.",
        kind="MDM^T02",
    )
    (cancelled,) = rows(
        "appointments",
        PID,
        "SCH|A1||||||Control|Follow-up|||^^^20260301090000^20260301093000",
        kind="SIU^S15",
    )

    assert note["note_text"] == "Slept well.\nAte well."
    assert (note["note_type_code"], note["status_code"]) == ("progress", "final")
    assert cancelled["status_code"] == "cancelled"
    assert cancelled["starts_at"] == "2026-03-01T09:00:00"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("MSH|^~\\&|A||||2026||ADT^A01|1\rPV1|1", "ADT without PID"),
        ("MSH|^~\\&|A||||2026||ORU^R01|1\rPID|1", "PID-3: the patient's number"),
        ("MSH|^~\\&|A||||2026||ADT^A40|1\rPID|1||7", "MRG"),
        ("MSH|^~\\&|A||||2026||ADT^A40|1\rPID|1||7\rMRG|", "MRG-1 or PID-3"),
        ("MSH|^^\\&|A||||2026||ADT^A01|1", "MSH-2: one sign stands for two"),
        ("MSH", "MSH-2: the delimiters are missing"),
        ("MSH|||||||||||||", "MSH-2: the delimiters are missing"),
        ("MSH|^~\\&|A||||2026||ORU^R01|1\rDSC|next", "DSC-1"),
    ],
)
def test_a_message_that_cannot_be_understood_is_refused_by_segment_and_field(
    text: str, reason: str
) -> None:
    found = TABLE.map_records(pl.DataFrame({WHOLE_LINE: [text], LINE: [1]}))

    assert reason in found.refused["reason"].item()
    assert not found.feeds


def test_a_kind_that_no_feed_takes_is_left_out() -> None:
    assert mapped(PID, kind="RSP^K22").excluded["reason"].item()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("20260102", "2026-01-02"),
        ("2026010203", "2026-01-02T03:00:00"),
        ("202601020304", "2026-01-02T03:04:00"),
        ("20260102030405.123+0215", "2026-01-02T03:04:05.123+02:15"),
        ("2026", "2026"),
        ("yesterday", "yesterday"),
        (None, None),
    ],
)
def test_a_time_is_spelled_as_iso_and_what_is_none_stays(text, iso) -> None:
    assert time(text) == iso


def test_a_version_that_any_other_outranks_lies_a_hundred_years_back() -> None:
    assert long_before("2026-01-02T03:04:05") == "1926-01-02T03:04:05"
    assert long_before(None) is None


def test_other_delimiters_mean_the_same() -> None:
    text = "\r".join((HEAD.format(kind="ORU^R01"), PID, OBR, "OBX|1|SN|1^K^LN||<^5"))
    other = text.translate(str.maketrans("|^~\\&", "#*+!%"))
    both = [
        TABLE.map_records(pl.DataFrame({WHOLE_LINE: [each], LINE: [1]})).feeds
        for each in (text, other)
    ]

    assert both[0]["lab_results"].equals(both[1]["lab_results"])


def test_a_continued_line_and_an_added_segment_go_on() -> None:
    message = read(
        f"{HEAD.format(kind='ORU^R01')}\rNTE|1||first\rand more\rADD| and on"
    )

    assert message.segments[1].whole(3) == "first\nand more and on"


@pytest.mark.parametrize("seed", range(50))
def test_no_garbage_breaks_the_reading(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - of a test
    text = "\r".join((HEAD.format(kind="ORU^R01"), PID, PV1, OBR, "OBX|1|NM|1^K^LN||4"))
    for _ in range(40):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice("|^~\\&\rMSHOBX\n 9") + text[at + 1 :]
    try:
        message = read(text)
    except RefusedError:
        message = None
    found = fates(text) if text.startswith("MSH") else Counter()

    assert message is None or len(message.segments) >= 1
    assert {fate for _, fate in found} <= {MAPPED, KEPT, REFUSED}


@pytest.mark.shared_data
def test_every_segment_of_the_corpus_is_mapped_kept_or_refused(
    shared_data: Path,
) -> None:
    """1,159 files, a message each: none breaks, and every segment has its fate."""
    feeds: Counter[str] = Counter()
    by_fate: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    messages = segments = 0
    for path in sorted((shared_data / "hl7v2").rglob("*.hl7")):
        reader = MessageReader(iter([path.read_bytes()]))
        for block in reader.blocks():
            assert not block.refused
            records = read_records(block, list(reader.header), TABLE)
            found = TABLE.map_records(records)
            messages += records.height
            feeds.update({name: f.height for name, f in found.feeds.items()})
            refused.update(found.refused["reason"])
            left_out.update(found.excluded["reason"])
            for text in records[WHOLE_LINE]:
                told = fates(text)
                for (_, fate), count in told.items():
                    by_fate[fate] += count
                segments += told.total()

    assert messages == 1159
    assert by_fate.total() == segments
    assert dict(by_fate) == {MAPPED: 11285, KEPT: 1610, REFUSED: 29}
    assert dict(feeds) == {
        "lab_results": 2981,
        "patients": 1112,
        "encounters": 848,
        "vital_signs": 371,
        "allergies": 174,
        "lab_orders": 23,
        "appointments": 15,
        "conditions": 13,
        "contacts": 13,
        "coverages": 13,
        "patient_links": 9,
        "notes": 9,
        "prescriptions": 9,
        "dispenses": 3,
        "imaging_reports": 2,
    }
    assert dict(refused) == {
        "ADT without PID: nobody knows whose it is": 4,
        "MSH-2: one sign stands for two delimiters": 4,
        "MRG-1 or PID-3: a merge without both numbers": 1,
    }
    assert sum(left_out.values()) == 32


def test_what_is_read_of_a_kind_is_listed() -> None:
    assert all("PID" in names for names in READ.values())


def test_nothing_is_remembered_of_a_patient_after_the_batch() -> None:
    message = "MSH|^~\\&|A|B|C|D|20250101||ADT^A01|1|P|2.5\rPID|1||7||Doe^Jane"
    frame = pl.DataFrame({LINE: [1, 2], WHOLE_LINE: [message, message]})

    ADAPTER.tables[0].map_records(frame)

    assert people._said_of.cache_info().currsize == 0  # noqa: SLF001 - what it keeps


@pytest.mark.parametrize("signs", ["LAB", "^~\\A", "^1\\&"])
def test_a_letter_or_digit_is_no_delimiter(signs: str) -> None:
    with pytest.raises(RefusedError, match="MSH-2"):
        read(f"MSH|{signs}|LAB|HOUSE\rPID|1||7")


def test_a_sign_after_the_delimiters_of_its_version_is_none() -> None:
    message = read("MSH|^~\\&#1|LAB|HOUSE\rPID|1||7^^^H")

    assert message.first("PID").of(3, 4) == "H"


def test_a_field_of_one_plain_word_has_no_second_component() -> None:
    patient = read("MSH|^~\\&|A|B|C|D\rPID|1||7").first("PID")

    assert (patient.of(3), patient.of(3, 2), patient.of(3, 1, 2)) == ("7", None, None)


@pytest.mark.parametrize("field", ["7~8", '""~7', "~7~8", "7^a~8^b"])
def test_of_repetitions_the_first_that_holds_anything_is_taken(field: str) -> None:
    patient = read(f"MSH|^~\\&|A|B|C|D\rPID|1||{field}").first("PID")

    assert patient.of(3) == "7"


def test_a_result_tells_its_times_where_the_order_does_not() -> None:
    message = (
        "MSH|^~\\&|A|B|C|D|20250105||ORU^R01|1|P|2.5\rPID|1||7\rOBR|1||F1|X\r"
        "OBX|1|NM|718-7^Hb^LN||13|g/dL|||||F|||20250102|||||20250103\r"
        "OBR|2||F2|X|||20250101|||||||||||||||20250104\r"
        "OBX|1|NM|718-7^Hb^LN||14|g/dL|||||F|||20250102"
    )
    frame = pl.DataFrame({LINE: [1], WHOLE_LINE: [message]})

    rows = ADAPTER.tables[0].map_records(frame).feeds["lab_results"]

    assert rows["collected_at"].to_list() == ["2025-01-02", "2025-01-01"]
    assert rows["resulted_at"].to_list() == ["2025-01-03", "2025-01-04"]


@pytest.mark.parametrize(
    ("kind", "value", "text", "number"),
    [("NM", "5", "5", "5"), ("ST", "5", "5", None), ("ED", "5^TEXT", None, None)],
)
def test_only_a_number_is_one_and_a_document_is_no_value(
    kind: str, value: str, text: str | None, number: str | None
) -> None:
    message = (
        "MSH|^~\\&|A|B|C|D|20250105||ORU^R01|1|P|2.5\rPID|1||7\rOBR|1||F1|X\r"
        f"OBX|1|{kind}|718-7^Hb^LN||{value}||||||F"
    )
    frame = pl.DataFrame({LINE: [1], WHOLE_LINE: [message]})

    rows = ADAPTER.tables[0].map_records(frame).feeds["lab_results"]

    assert rows.select("value_text", "value_number").row(0) == (text, number)


def test_a_component_without_subcomponents_has_no_second_one() -> None:
    pid = read("\r".join((HEAD.format(kind="ADT^A01"), "PID|1||A1^B2&C3"))).first("PID")

    assert pid is not None
    assert (pid.of(3, 1, 1), pid.of(3, 1, 2), pid.of(3, 2, 2)) == ("A1", None, "C3")
