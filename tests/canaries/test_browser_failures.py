"""What a browser is told when something fails: a number, and no value of anybody."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines.access.people import PersonRole
from pipelines.access.sign_in import sign_in_as_persona
from pipelines.database import embedded
from pipelines.database.provisioning import bring_up
from pipelines.feeds.catalogue import FEEDS
from tests.canaries.campaign import Campaign, administrator
from tests.canaries.ledger import Canary, Kind
from tests.canaries.onlookers import Onlooker
from tests.canaries.open_pages import opened
from tests.canaries.planting import FORMATS, rows_of, write
from tests.canaries.to_browsers import Tap, canaries_in
from tests.dashboards.asking import ask, with_session
from tests.demonstration.chromium import (
    DESKTOP,
    awaited,
    chromium,
    enter,
    press,
    see,
    settle,
)

TOLD = b"rror number"
# Not folded while it is planned, whatever rows there are: it fails as the page reads.
POISON = """
    create policy poison on marts.{table} as restrictive
    using ((current_setting('server_version') || '{canary}')::numeric > 0)
"""
UNPOISON = "drop policy if exists poison on marts.{table}"
READ_FIRST = ("fct_result_worklist", "dim_patients", "own_results", "own_profile")
# A file, an address that is shut, and one that asks for what others cached.
REFUSED = ("/media/{}.csv", "/_stcore/metrics?{}", "/_stcore/message?hash={}")
LEAKS = ("leak-by-toast", "leak-by-exception", "leak-by-table")

pytestmark = pytest.mark.browser


class Broken(NamedTuple):
    """What can be broken: the installation, its pages, and what the error says."""

    campaign: Campaign
    tap: Tap
    canary: Canary


@pytest.fixture
def broken(built: Campaign, tap: Tap) -> Broken:
    """Return what can be broken, with a canary of its own."""
    value = built.ledger.word("a page", Kind.IDENTIFYING, "failing page")
    return Broken(built, tap, built.ledger.planted[value.lower()])


def fault(name: str) -> Callable[[Broken], AbstractContextManager[None]]:
    """Return what lets a program fail."""

    @contextmanager
    def faulty(broken: Broken) -> Iterator[None]:
        broken.tap.let_fail(name, broken.canary.value)
        try:
            yield
        finally:
            broken.tap.mend()

    return faulty


@contextmanager
def quoting(broken: Broken) -> Iterator[None]:
    """Let every statement of a page fail with words of the database that quote."""
    with administrator(broken.campaign.settings, "warehouse") as connection:
        for table in READ_FIRST:
            names = {"table": table, "canary": broken.canary.value}
            connection.execute(POISON.format(**names))
        try:
            yield
        finally:
            for table in READ_FIRST:
                connection.execute(UNPOISON.format(table=table))


@contextmanager
def away(broken: Broken) -> Iterator[None]:
    """Take the database away."""
    embedded.stop(broken.campaign.settings)
    try:
        yield
    finally:
        bring_up(broken.campaign.settings)


def page_of(tap: Tap, headers: dict[str, str], path: str) -> None:
    """Load a page, and let it run."""
    with opened(tap.address, headers, path):
        pass


def address_of(tap: Tap, headers: dict[str, str], path: str) -> None:
    """Load what a page is made of."""
    assert ask(tap.address, f"/{path}", headers=headers).status == 500


FAILURES = {
    "a page raises": ("doctor", fault("page"), page_of, "worklist"),
    "a page without patients raises": ("quality", fault("page"), page_of, "loads"),
    "the gate raises": ("nurse", fault("gate"), address_of, "patients"),
    "a statement quotes": ("doctor", quoting, page_of, "worklist"),
    "a patient's statement quotes": ("patient", quoting, page_of, "results"),
    "the database is away": ("doctor", away, address_of, "worklist"),
}


def headers_of(campaign: Campaign, onlooker: Onlooker) -> dict[str, str]:
    """Return what a persona's browser sends, signed in."""
    token = sign_in_as_persona(campaign.settings, onlooker.person.user_id).token
    return with_session(campaign.settings, token)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_is_told_as_a_number(
    failure: str, broken: Broken, onlookers: dict[PersonRole, Onlooker]
) -> None:
    role, breaks, deed, path = FAILURES[failure]
    headers = headers_of(broken.campaign, onlookers[PersonRole(role)])
    with breaks(broken):
        mark = broken.tap.mark()
        deed(broken.tap, headers, path)
        sent = broken.tap.since(mark)

    assert TOLD in sent
    assert canaries_in(sent, broken.tap.ledger) == set()


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_refused_says_nothing_of_what_was_asked(
    path: str, broken: Broken, onlookers: dict[PersonRole, Onlooker]
) -> None:
    headers = headers_of(broken.campaign, onlookers[PersonRole.DOCTOR])
    mark = broken.tap.mark()
    asked = path.format(broken.canary.value)
    statuses = {
        ask(broken.tap.address, asked, headers=sent).status
        for sent in (headers, {}, headers | {"Origin": "http://evil.example"})
    }

    assert statuses <= {401, 403, 404}
    assert broken.tap.canaries_since(mark) == set()


def test_chromium_shows_a_failure_and_its_console_no_more(
    broken: Broken, onlookers: dict[PersonRole, Onlooker], tmp_path: Path
) -> None:
    """Also where a click fails, which comes another way than the page."""
    tap, engineer = broken.tap, onlookers[PersonRole.QUALITY].person
    with chromium(DESKTOP, tmp_path / "profile") as browser:
        enter(browser, tap.address, engineer.user_id)
        with fault("page")(broken):
            browser.get(f"{tap.address}/loads")
            see(browser, TOLD.decode())
            shown = browser.page_source
        browser.get(f"{tap.address}/loads")
        see(browser, "Sign out")
        settle(browser)
        with fault("callback")(broken):
            press(browser, "Sign out")
            see(browser, TOLD.decode())
            shown += browser.page_source
        shown += "\n".join(entry["message"] for entry in browser.get_log("browser"))

    assert canaries_in(shown.encode(), tap.ledger) == set()


def test_a_broken_upload_shows_its_sender_nothing_but_the_file_itself(
    broken: Broken, onlookers: dict[PersonRole, Onlooker], tmp_path: Path
) -> None:
    tap, ledger = broken.tap, broken.campaign.ledger
    before = set(ledger.planted)
    rows = list(rows_of(FEEDS["lab_results"], ledger, ["nobody"], "uploaded"))
    own = {ledger.planted[sign] for sign in set(ledger.planted) - before}
    path = write(tmp_path, "lab_results", rows)
    path.write_bytes(FORMATS["nul"](path.read_text()))
    technician = onlookers[PersonRole.LAB_TECHNICIAN].person
    with chromium(DESKTOP, tmp_path / "profile") as browser:
        enter(browser, f"{tap.address}/upload", technician.user_id)
        mark = tap.mark()
        awaited(browser, "input[type=file]").send_keys(str(path))
        awaited(browser, "[data-testid=stAlertContentError]")
        settle(browser)
        console = browser.get_log("browser")

    assert tap.canaries_since(mark) <= own
    assert canaries_in(str(console).encode(), ledger) == set()


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_on_a_page_is_found(
    leak: str, broken: Broken, onlookers: dict[PersonRole, Onlooker]
) -> None:
    kind = Kind.NUMBER if leak == "leak-by-table" else Kind.IDENTIFYING
    tap, quality = broken.tap, onlookers[PersonRole.QUALITY]
    canary = next(e for e in tap.ledger.planted.values() if e.kind is kind)
    headers = headers_of(broken.campaign, quality)
    mark = tap.mark()
    with fault(leak)(broken._replace(canary=canary)):
        page_of(tap, headers, "loads")

    assert canary in tap.canaries_since(mark)
    assert not quality.may_get(canary)
