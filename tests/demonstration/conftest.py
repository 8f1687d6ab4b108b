"""A fresh demonstration with every service running, made once for these tests.

It is made by ``ehr demo`` itself, as ``make demo`` makes it, only smaller: what people
do on its pages goes into the record and comes back into the marts by itself. Nobody can
take back what a test writes: the tests choose patients of their own. It ends with this
folder: its services would slow every test after it.
"""

import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.assignments import assign_patient
from pipelines.access.people import Person, PersonRole, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Mode, Settings
from pipelines.supervision.programs import settings_environment
from pipelines.supervision.services import stop_services
from tests.clinicians.conftest import CANDIDATES, Clinic, clinic_of
from tests.conftest import taken_away
from tests.demonstration.arrivals import Told, distribution
from tests.demonstration.chromium import DESKTOP, PROJECT, chromium
from tests.demonstration.desk import Desk
from tests.demonstration.people import PASSWORD
from tests.demonstration.way_back import person

EHR = (sys.executable, "-c", "from pipelines.cli import main; main()")
DEMO = ("demo", "--patients", "60", "--years", "2")
# The patient whom doctor and nurse write about, as one who asks for something.
ASKER = Person("asker", "The patient", PersonRole.PATIENT)


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield a small demonstration with every service on a free port."""
    settings = Settings(
        home=tmp_path_factory.mktemp("demonstration"),
        mode=Mode.DEMO,
        dagster_port=free_port(),
        dashboard_port=free_port(),
        _env_file=None,
    )
    try:
        made = subprocess.run(
            (*EHR, *DEMO),
            cwd=PROJECT,
            env=settings_environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stdout
        yield settings
    finally:
        stop_services(settings)
        taken_away(settings)


@pytest.fixture(scope="package")
def address(installation: Settings) -> str:
    """Return the address of the pages."""
    return f"http://127.0.0.1:{installation.dashboard_port}"


@pytest.fixture
def browser() -> Iterator[WebDriver]:
    """Yield a Chromium that remembers nobody."""
    with chromium(DESKTOP) as opened:
        yield opened


@pytest.fixture(scope="package")
def clinic(installation: Settings) -> Clinic:
    """Give a patient with medicines that run to a doctor and a nurse."""
    with connect(installation, Role.BUILDER) as builder:
        (patient_key,) = builder.execute(CANDIDATES).fetchone()
    with connect(installation, Role.OWNER) as owner:
        for user_id in ("doctor", "nurse"):
            assign_patient(owner, user_id, patient_key, "treats")
        create_person(owner, asker := replace(ASKER, patient_key=patient_key), PASSWORD)
        owner.commit()
        return clinic_of(installation, owner, asker)


@pytest.fixture(scope="package")
def desk(installation: Settings) -> Desk:
    """Return the desk; the patient's name is nobody else's."""
    name = "".join(secrets.choice("bdfgklmnprst") for _ in range(6)).capitalize()
    registrar = person(installation, PersonRole.REGISTRAR)
    return Desk(installation, registrar, f"Ova{name}")


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Told:
    """Return what writes seconds into the report of the test."""

    def tell(seconds: dict[str, float]) -> None:
        for what, taken in seconds.items():
            record_property(f"seconds_{what}", taken)
        print(distribution(seconds), seconds)  # noqa: T201 - the report of the test

    return tell


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
