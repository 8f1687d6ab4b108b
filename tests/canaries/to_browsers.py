"""The way into a browser: pages served with a tap, walked over, and what came."""

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dashboards.navigation import COMING, PAGES_OF
from dashboards.place import PATIENT, keep_place
from pipelines.access.sessions import sign_out
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.settings import Settings
from tests.canaries.campaign import Campaign
from tests.canaries.ledger import Canary, Kind, Ledger
from tests.canaries.onlookers import HERS, OWN, Onlooker
from tests.canaries.open_pages import opened
from tests.canaries.scan import in_bytes
from tests.dashboards.asking import ask, with_session
from tests.demonstration.chromium import serving

# Pages of one patient.
CHARTS = ("chart", "patient", "patient_account")
# Of the charts that are tried these are gone through: one of each source.
OPENED_WHOLE = (HERS, 3 + OWN)
FILE = re.compile(rb"/media/[0-9a-f]+[.][a-z0-9]+")


@dataclass
class Tap:
    """What the served pages have sent to browsers so far."""

    address: str
    path: Path
    fault: Path
    ledger: Ledger

    def mark(self) -> int:
        """Return how much has been sent."""
        return self.path.stat().st_size if self.path.exists() else 0

    def since(self, mark: int) -> bytes:
        """Return what has been sent since."""
        with self.path.open("rb") as file:
            file.seek(mark)
            return file.read()

    def canaries_since(self, mark: int) -> set[Canary]:
        """Return the canaries of what has been sent since, numbers in tables too."""
        return canaries_in(self.since(mark), self.ledger)

    def let_fail(self, fault: str, canary: str) -> None:
        """Let something go wrong from now on."""
        self.fault.write_text(f"{fault} {canary}")

    def mend(self) -> None:
        """Let nothing go wrong any more."""
        self.fault.unlink(missing_ok=True)


@contextmanager
def tapped(campaign: Campaign, folder: Path) -> Iterator[Tap]:
    """Serve the pages of a campaign's installation, with a tap on what they send."""
    path, fault = folder / "tap", folder / "fault"
    with serving(
        campaign.settings,
        module="tests.canaries.tapped",
        TAP_FILE=str(path),
        FAULT_FILE=str(fault),
    ) as address:
        yield Tap(address, path, fault, campaign.ledger)


def canaries_in(content: bytes, ledger: Ledger) -> set[Canary]:
    """Return the canaries of some bytes: as text, and as numbers of a table."""
    as_text = (ledger.found(sign) for sign in in_bytes(content))
    numbers = (each for each in ledger.planted.values() if each.kind is Kind.NUMBER)
    return {each for each in as_text if each} | {
        each for each in numbers if any(form in content for form in _forms(each))
    }


def _forms(canary: Canary) -> tuple[bytes, ...]:
    """Return a number as Arrow and JavaScript hold it."""
    as_float = struct.pack("<d", float(canary.value))
    if "." in canary.value:
        return (as_float,)
    return as_float, struct.pack("<q", int(canary.value))


def walk(tap: Tap, settings: Settings, onlooker: Onlooker, search: str) -> None:
    """Open every page of a persona, and charts, their own and strangers'."""
    person = onlooker.person
    token = sign_in_as_persona(settings, person.user_id).token
    headers = with_session(settings, token)
    pages = [Path(page).stem for page, _ in PAGES_OF.get(person.role, ((COMING, ""),))]
    for path in pages:
        _open(tap, headers, path, search)
    chart = next((path for path in pages if path in CHARTS), None)
    for place, key in enumerate(onlooker.charts if chart else ()):
        keep_place(settings, person, {PATIENT: key})
        _open(tap, headers, chart, search if place in OPENED_WHOLE else None)
    sign_out(settings, token)


def _open(tap: Tap, headers: dict[str, str], path: str, search: str | None) -> None:
    """Open a page, and all that it has to open; only the page without a search."""
    mark = tap.mark()
    with opened(tap.address, headers, path) as page:
        if search is not None:
            page.open_everything(search)
        for file in set(FILE.findall(tap.since(mark))):
            ask(tap.address, file.decode(), headers=headers)
    ask(tap.address, f"/{path}", headers=headers | {"Accept": "text/html"})
