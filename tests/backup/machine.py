"""A machine with a demonstration on it, used by its commands, and lost."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipelines.access.people import Person
from pipelines.database import embedded
from pipelines.record.actions.failures import ActionError
from pipelines.record.actions.noting import write_note
from pipelines.settings import PROJECT, Mode, Settings
from pipelines.supervision.processes import marked_processes
from pipelines.supervision.services import services_of
from tests.dashboards.asking import cookie_in, post_form, with_session
from tests.demonstration.conftest import free_port

PROGRAM = "from pipelines.cli import main; main()"
PASSPHRASE = "a long passphrase of the holder"  # noqa: S105 - of a test
SECONDS_OF_A_COMMAND = 900
SECONDS_BETWEEN_NOTES = 1
NOTE = "written on the machine, number"


@dataclass(frozen=True)
class Machine:
    """One machine: its home, its ports; backups and the holder's key lie elsewhere."""

    elsewhere: Path
    name: str
    dashboard_port: int
    dagster_port: int

    @property
    def settings(self) -> Settings:
        return Settings(
            home=self.elsewhere / self.name,
            mode=Mode.DEMO,
            backup_folder=self.elsewhere / "backups",
            dashboard_port=self.dashboard_port,
            dagster_port=self.dagster_port,
            _env_file=None,
        )

    @property
    def holder_file(self) -> Path:
        return self.elsewhere / "holder.json"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.dashboard_port}"

    def ehr(self, *arguments: str, typed: str = "") -> str:
        """Run a command as somebody at the machine does; return what it printed."""
        own = {
            "EHR_HOME": str(self.settings.root),
            "EHR_MODE": "demo",
            "EHR_DATABASE_URL": "",
            "EHR_BACKUP_FOLDER": str(self.settings.backup_folder),
            "EHR_DASHBOARD_PORT": str(self.dashboard_port),
            "EHR_DAGSTER_PORT": str(self.dagster_port),
            "COLUMNS": "200",
        }
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments],
            cwd=PROJECT,
            env=os.environ | own,
            input=typed,
            capture_output=True,
            text=True,
            timeout=SECONDS_OF_A_COMMAND,
            check=False,
        )
        assert done.returncode == 0, f"ehr {arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def restore(self, *options: str) -> str:
        """Restore from the backups by the second holder's key alone."""
        key = ("--key", str(self.holder_file))
        folder = str(self.settings.backup_folder)
        return self.ehr("restore", folder, *key, *options, typed=f"{PASSPHRASE}\n")

    def is_gone(self) -> None:
        """Kill every process at once and remove all that the machine held."""
        where = embedded.place(self.settings)
        for service in services_of(self.settings):
            for pid in marked_processes(service.mark):
                os.kill(pid, signal.SIGKILL)
        pid_file = where.data_folder / "postmaster.pid"
        if pid_file.exists():
            os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
            time.sleep(embedded.LINGER_SECONDS / 4)
        for folder in (where.folder, where.socket_folder, self.settings.root):
            shutil.rmtree(folder, ignore_errors=True)

    def signed_in(self, user_id: str, password: str) -> dict[str, str]:
        """Sign in on the page, with a password; return the header of the session."""
        fields = {"user_id": user_id, "password": password}
        answer = post_form(self.address, "/sign-in", fields)
        assert answer.status == 303, answer.text
        return with_session(self.settings, cookie_in(answer))


@contextmanager
def machines(elsewhere: Path) -> Iterator[list[Machine]]:
    """Yield machines, one after another to be used; nothing is left of them."""
    made = [
        Machine(elsewhere, name, free_port(), free_port())
        for name in ("first", "second", "third", "fourth")
    ]
    try:
        yield made
    finally:
        for machine in made:
            machine.is_gone()


@dataclass
class Writer:
    """Somebody who writes notes about a patient, one after another, until the end."""

    settings: Settings
    person: Person
    patient_key: int
    written: list[datetime] = field(default_factory=list)
    _is_over: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        """Write the next note; remember when it had been saved."""
        text = f"{NOTE} {len(self.written) + 1}"
        write_note(
            self.settings,
            self.person,
            self.patient_key,
            note_type="progress",
            text=text,
        )
        self.written.append(datetime.now(UTC))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Write all the time, in a thread; what cannot be saved ends it."""
        self._is_over.clear()
        thread = threading.Thread(target=self._write_on)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()

    def _write_on(self) -> None:
        while not self._is_over.wait(SECONDS_BETWEEN_NOTES):
            try:
                self.write()
            except ActionError:
                return
