"""A small laboratory: two patients with one result each, and who works with them."""

from pathlib import Path

from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.landing.report import LoadReport
from pipelines.record.actions.examination import Examination
from pipelines.record.actions.uploading import examine
from pipelines.settings import Settings

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people in tests
TECHNICIAN = Person("technician", "Technician", "lab_technician")
COLLEAGUE = Person("colleague", "Colleague", "lab_technician")
QUALITY = Person("quality", "Quality", "quality")
DOCTOR = Person("doctor", "Doctor", "doctor", "hospital", "D1")
PEOPLE = (TECHNICIAN, COLLEAGUE, QUALITY, DOCTOR)
PATIENTS = """\
source_patient_id,medical_record_number,given_name,family_name,sex_code,birth_date
P1,000451-7,Ada,Meyer,F,1956-08-03
P2,000452-5,Bruno,Anders,M,1940-01-31
"""
HEADER = (
    "record_id,source_patient_id,test_code,code_system,test_name,value_text,"
    "value_number,unit,collected_at,source_updated_at,is_deleted"
)
DRAWN = "2026-02-01T07:40:00Z"
STATED = "2026-02-01T09:00:00Z"
LATER = "2026-02-02T09:00:00Z"
EARLIER = "2026-01-31T09:00:00Z"


def line(  # noqa: PLR0913 - one argument for each column that tests vary
    record: str = "N1",
    *,
    patient: str = "P1",
    code: str = "2823-3",
    value: str = "4.1",
    number: str | None = None,
    drawn: str = DRAWN,
    stated: str = LATER,
    deleted: str = "",
) -> str:
    """Return one line of results."""
    number = value if number is None else number
    return (
        f"{record},{patient},{code},LOINC,Potassium,{value},{number},mmol/L,{drawn},"
        f"{stated},{deleted}"
    )


def file_of(*lines: str) -> bytes:
    """Return a file of these lines below the header."""
    return "".join(f"{each}\n" for each in (HEADER, *lines)).encode()


HERE = (line("R1", stated=STATED), line("Q2", patient="P2", value="4.2", stated=STATED))


def furnish(settings: Settings, folder: Path) -> None:
    """Load the patients and their results, and make the people."""
    (folder / "patients.csv").write_text(PATIENTS)
    (folder / "lab_results.csv").write_bytes(file_of(*HERE))
    load(settings, folder, format_name="csv", source_system="hospital")
    with connect(settings, Role.OWNER) as connection:
        for person in PEOPLE:
            create_person(connection, person, PASSWORD)


def deliver(settings: Settings, path: Path, content: bytes) -> LoadReport:
    """Load a file of results as the watch over the folder does."""
    path.write_bytes(content)
    return load(settings, path, format_name="csv", source_system="hospital")


def asked(settings: Settings, statement: str, role: Role = Role.OWNER) -> list[tuple]:
    """Return the rows of a statement."""
    with connect(settings, role) as connection:
        return connection.execute(statement).fetchall()


def examined(settings: Settings, content: bytes) -> Examination:
    """Return what a file would do, as the technician sees it."""
    return examine(settings, TECHNICIAN, "a.csv", content, "hospital")
