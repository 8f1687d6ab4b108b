"""No canary stands outside the places where its kind may."""

import logging
import signal
from pathlib import Path

import pytest

from pipelines.access.encryption import load_keyring
from pipelines.feeds.catalogue import FEEDS
from pipelines.landing.archive import Archive
from pipelines.landing.unpacking import unpack
from tests.canaries.campaign import WORDS_OF_ERRORS, Campaign, listening
from tests.canaries.ledger import Kind, plantable
from tests.canaries.places import ALLOWED, is_allowed, leaks_among
from tests.canaries.scan import Finding, in_file, signs_in
from tests.rotation.sealed_values import opened_values

FEWEST = 200
MOST_ACTIONS = 20  # one or two take any word, and one takes no word
SUCCEEDING = (
    *("fill", "land record", "load good", "load spoilt", "land entries"),
    *("quarantine --limit", "status", "audit verify", "audit export", "upload"),
)


def test_every_column_that_can_hold_one_holds_a_canary(campaign: Campaign) -> None:
    wanted = {f"{f.name}.{c.name}" for f in FEEDS.values() for c in plantable(f)}

    assert wanted <= campaign.ledger.columns()
    assert len(campaign.ledger.planted) >= FEWEST


def test_no_canary_stands_where_its_kind_may_not(
    campaign: Campaign, findings: list[Finding]
) -> None:
    assert not leaks_among(campaign, findings)


def test_canaries_came_through_the_paths(
    campaign: Campaign, findings: list[Finding]
) -> None:
    """A canary that never arrived proves nothing."""
    planted = campaign.ledger.planted
    arrived = {
        (each.place, planted[each.sign].path)
        for each in findings
        if each.sign in planted
    }
    sealed = signs_in("\n".join(opened_values(campaign.settings).values()))
    archived = set().union(*map(signs_in, archived_texts(campaign)))
    identifying = campaign.ledger.of_kind(Kind.IDENTIFYING)

    assert ("warehouse: raw.lab_results", "landed") in arrived
    assert ("warehouse: raw.conditions", "recorded") in arrived
    assert ("record: history.conditions", "saved") in arrived
    assert len(sealed & identifying) >= FEWEST / 4
    assert len(archived) >= FEWEST


def test_the_failing_paths_failed(campaign: Campaign) -> None:
    endings = campaign.endings

    assert endings["killed load"] == -signal.SIGKILL
    assert endings["load held"] == 2
    assert {path: endings[path] for path in SUCCEEDING} == dict.fromkeys(SUCCEEDING, 0)
    assert ended(endings, "saved: ", 0) >= MOST_ACTIONS
    assert ended(endings, "refused: ", 1) >= MOST_ACTIONS
    for path in (
        *("load fails", "load fails, json", "failing query"),
        *("failing page", "the record refuses", "the audit is away"),
        "reading without audit",
    ):
        assert endings[path] >= 1, path


def test_the_errors_did_quote_canaries(campaign: Campaign) -> None:
    """An error without a value proves nothing about those that have one."""
    wanted = {f"{module.__name__}.{name}" for module, name in WORDS_OF_ERRORS}

    assert campaign.quoting >= wanted


@pytest.mark.parametrize("form", ["text", "upper", "utf_16", "hexadecimal"])
def test_a_leak_into_a_file_is_found(
    campaign: Campaign, tmp_path: Path, form: str
) -> None:
    sign = next(iter(campaign.ledger.of_kind(Kind.IDENTIFYING)))
    value = campaign.ledger.planted[sign].value
    leaks = {
        "text": f"row: ({value}, 4.1)".encode(),
        "upper": value.upper().encode(),
        "utf_16": value.encode("utf-16"),
        "hexadecimal": value.encode().hex().encode(),
    }
    path = tmp_path / "leak.log"
    path.write_bytes(leaks[form])

    assert in_file(path) == {sign}


def test_a_logger_that_prints_a_row_is_found(campaign: Campaign) -> None:
    sign = next(iter(campaign.ledger.of_kind(Kind.NUMBER)))
    before = len(campaign.said["logged"])
    with listening(campaign):
        value = campaign.ledger.planted[sign].value
        logging.getLogger("pipelines").warning("row %s", (value,))
    leaked = signs_in("\n".join(campaign.said["logged"][before:]))
    del campaign.said["logged"][before:]

    assert leaked == {sign}
    assert not is_allowed("said: logged", campaign.ledger.planted[sign])


def test_every_line_of_the_allow_list_has_a_reason() -> None:
    assert all(each.reason.endswith(".") for each in ALLOWED)
    assert not any(Kind.IDENTIFYING in each.kinds for each in ALLOWED)


def archived_texts(campaign: Campaign) -> list[str]:
    """Return every delivery of the archive, opened."""
    keyring = load_keyring(campaign.settings.keys_folder)
    archive = Archive(campaign.settings.archive_folder, keyring)
    return [
        b"".join(unpack(archive.read(address))).decode("latin-1")
        for address in archive.addresses()
    ]


def ended(endings: dict[str, int], kind: str, how: int) -> int:
    """Return how many actions of a kind ended so."""
    return sum(
        name.startswith(kind) and ending == how for name, ending in endings.items()
    )
