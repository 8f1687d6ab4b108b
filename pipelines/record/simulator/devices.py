"""Devices in and on patients, tied to their diseases and procedures."""

from pipelines.record.simulator.clock import DAY, YEAR
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.imaging import PROCEDURES
from pipelines.record.simulator.journal import Row

PACEMAKER_SHARE, DEFIBRILLATOR_SHARE, PUMP_SHARE = 0.08, 0.12, 0.15
PUMP_DAYS = 60  # after the first insulin
SEVERE = 0.7
# SNOMED CT code, name, site.
_PACEMAKER = ("14106009", "Cardiac pacemaker", "Left chest")
_DEFIBRILLATOR = ("72506001", "Implantable defibrillator", "Left chest")
_PUMP = ("69805005", "Insulin pump", "Abdomen")
_LINE = ("52124006", "Central venous catheter", "Right internal jugular vein")
_HIP = ("304121006", "Femoral head prosthesis", "Right hip")
_OF_PROCEDURE = {PROCEDURES["hip"][0]: _HIP, PROCEDURES["central_line"][0]: _LINE}


def write_devices(facts: Facts) -> None:
    """Write what was implanted before, in a procedure, or handed out."""
    person, chances = facts.case.person, facts.chances
    if not facts.visits:
        return
    before = facts.since - int(chances.between(0.3, 5) * YEAR)
    is_weak = person.severities.get("heart_failure", 0) > SEVERE
    if is_weak and chances.happens(DEFIBRILLATOR_SHARE):
        _write(facts, _DEFIBRILLATOR, before, None)
    elif "atrial_fibrillation" in person.onsets and chances.happens(PACEMAKER_SHARE):
        _write(facts, _PACEMAKER, before, None)
    for row in facts.journal.rows["procedures"]:
        device = _OF_PROCEDURE.get(row["procedure_code"])
        if device:
            placed = _write(facts, device, row["ended_at"], row["encounter_id"])
            if device is _LINE:
                _remove(facts, placed)
    _hand_out_pump(facts)


def _remove(facts: Facts, placed: Row) -> None:
    """Take a line out before the patient leaves."""
    stay = next(v for v in facts.visits if v["record_id"] == placed["encounter_id"])
    days = int(facts.chances.between(2, 7) * DAY)
    out = min(placed["started_at"] + days, facts.over(stay))
    if stay["ended_at"] or out < facts.end:
        facts.amend("devices", placed, out, ended_at=out, status_code="removed")


def _hand_out_pump(facts: Facts) -> None:
    """Give some people on insulin a pump at a later visit."""
    insulin = (
        row["started_at"]
        for row in facts.journal.rows["prescriptions"]
        if str(row["drug_name"]).startswith("insulin")
    )
    begun = next(insulin, None)
    if begun is None or not facts.chances.happens(PUMP_SHARE):
        return
    later = (v for v in facts.visits if v["started_at"] > begun + PUMP_DAYS * DAY)
    visit = next(later, None)
    if visit is not None:
        _write(facts, _PUMP, visit["started_at"] + 15, visit["record_id"])


def _write(
    facts: Facts, device: tuple[str, str, str], minute: int, visit: object
) -> Row:
    code, name, site = device
    number, serial = facts.case.person.number, facts.chances.whole(10**5, 10**6)
    is_implant = device is not _PUMP
    # A device identifier of no maker: labels with prefix 00000 are not issued.
    identifier = f"(01)00000{serial:09d}(21){number:06d}" if is_implant else None
    return facts.write(
        "devices",
        max(minute, facts.since),
        encounter_id=visit,
        device_code=code,
        code_system="SNOMED-CT",
        device_name=name,
        unique_device_identifier=identifier,
        serial_number=f"SN-{serial}",
        body_site_name=site,
        status_code="active",
        started_at=minute,
    )
