"""Alerts: told at least once and not twice, to receivers that work and that do not."""

import base64
import dataclasses
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import ValidationError

from pipelines.alerting.digest import MOST_TOLD
from pipelines.alerting.states import channel_states, state_lines
from pipelines.alerting.telling import Told, tell
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from tests.record.laboratory import line
from tests.reporting.receivers import (
    Mailed,
    Posted,
    mailing,
    make_certificate,
    posting,
)

SECRET = "a secret of this webhook"  # noqa: S105 - of a test
# Of a longer one an error would show the ends alone.
SHORT_SECRET = "Zx9"  # noqa: S105 - of a test
PASSWORD = "a password of this mail server"  # noqa: S105 - of a test
GRAVE, NOTED = "fct_a:grave", "fct_a:warns"
DEFINITION = """
    insert into quality.check_definition values
    (%s, 'fct_a', 'mart', 'It is so', %s, '0', 'standard', 'who', 'why',
        'Completeness', '')
    on conflict do nothing
"""
MEASURE = """
    insert into quality.incident_measure (
        source_system, check_id, measured_in, run_number, measured_at, subject,
        life_code, applicable_count, broken_count, patients_count
    )
    values ('ward', %s, %s, %s, now() - make_interval(days => %s), %s, %s, 1000, 20, 3)
"""
WAIVED = """
    insert into quality.incident_decision (
        source_system, check_id, action_code, waived_until, words, applicable_count,
        broken_count, decided_by
    )
    values ('ward', %s, 'waive', current_date, 'is known', 1000, %s, 'officer')
"""
PROOF = "insert into quality.rebuild_proof values (%s, %s, %s, 3, 7, %s)"
RESTED = "update quality.alert_channel set next_try_at = now()"
PAUSE = """
    select failed_tries, round(extract(epoch from next_try_at - failed_at))
    from quality.alert_channel
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate of this machine, and its key."""
    return make_certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def webhook() -> Iterator[Posted]:
    """Yield a receiver of webhooks."""
    with posting() as posted:
        yield posted


@pytest.fixture
def by_webhook(installation: Settings, webhook: Posted) -> Settings:
    """Return settings that lead to the receiver."""
    return changed(
        installation,
        alert_webhook_url=webhook.address,
        alert_webhook_secret=SECRET,
        alert_timeout_seconds=1,
        public_url="https://warehouse.example.org/",
    )


@pytest.fixture
def mail(certificate: tuple[Path, Path]) -> Iterator[Mailed]:
    """Yield a mail server."""
    with mailing(certificate) as mailed:
        yield mailed


@pytest.fixture
def by_mail(
    installation: Settings, mail: Mailed, certificate: tuple[Path, Path]
) -> Settings:
    """Return settings that lead to the mail server."""
    return changed(
        installation,
        alert_smtp_host="127.0.0.1",
        alert_smtp_port=mail.port,
        alert_smtp_user="ehr",
        alert_smtp_password=PASSWORD,
        alert_email_from="warehouse@example.org",
        alert_email_to="one@example.org, two@example.org",
        alert_ca_file=certificate[0],
        alert_timeout_seconds=5,
    )


@pytest.fixture(autouse=True)
def defined(owner: psycopg.Connection) -> Iterator[None]:
    """Define two checks of this test's own."""
    owner.execute(DEFINITION, (GRAVE, "critical"))
    owner.execute(DEFINITION, (NOTED, "warning"))
    yield
    owner.execute("delete from quality.check_definition where subject = 'fct_a'")


def changed(settings: Settings, **values: object) -> Settings:
    """Return settings with others among them, checked."""
    return Settings(_env_file=None, **(settings.model_dump() | values))


def turned(
    owner: psycopg.Connection,
    life: str = "new",
    *,
    check: str = GRAVE,
    run: int = 1,
    measured_in: str = "build",
    days_ago: int = 0,
) -> None:
    """Let an incident turn."""
    subject = check.split(":", maxsplit=1)[0]
    owner.execute(MEASURE, (check, measured_in, run, days_ago, subject, life))


def test_a_turn_is_told_once_signed_with_counts_and_a_link(
    by_webhook: Settings, webhook: Posted, owner: psycopg.Connection
) -> None:
    turned(owner)
    first, again = tell(by_webhook), tell(by_webhook)

    assert (first, again) == ([Told("webhook", 1)], [])
    ((headers, body),) = webhook.requests
    signed = headers["X-EHR-Timestamp"].encode() + b"." + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-EHR-Signature"] == f"sha256={expected}"
    assert abs(int(headers["X-EHR-Timestamp"]) - time.time()) < 60
    (content,) = webhook.contents
    assert headers["X-EHR-Message"] == content["message_id"]
    (told,) = content["alerts"]
    assert (told["check_id"], told["state"], told["source"]) == (GRAVE, "new", "ward")
    assert (told["rows_broken"], told["rows_judged"], told["patients"]) == (20, 1000, 3)
    assert told["page"] == "https://warehouse.example.org/incidents"
    assert "Not so: It is so. 20 of 1,000 broke it, 3 patients." in told["text"]


@pytest.mark.parametrize(
    ("life", "is_told"),
    [
        ("new", True),
        ("reopened", True),
        ("worse", True),
        ("persisting", False),
        ("better", False),
        ("resolved", False),
    ],
)
def test_what_is_told_is_new_came_back_or_got_worse(
    by_webhook: Settings, owner: psycopg.Connection, life: str, *, is_told: bool
) -> None:
    turned(owner, life)

    assert bool(tell(by_webhook)) == is_told


def test_the_least_severity_that_is_told_is_set(
    by_webhook: Settings, webhook: Posted, owner: psycopg.Connection
) -> None:
    turned(owner, check=NOTED)
    assert tell(by_webhook) == []
    assert tell(changed(by_webhook, alert_least_severity="warning"))[0].count == 1
    assert webhook.contents[0]["alerts"][0]["severity"] == "warning"


def test_what_is_old_when_alerts_begin_is_no_news(
    by_webhook: Settings, owner: psycopg.Connection
) -> None:
    turned(owner, days_ago=8)
    assert tell(by_webhook) == []
    turned(owner, "worse", run=2, days_ago=6)
    assert tell(by_webhook)[0].count == 1


@pytest.mark.parametrize(("broken_then", "is_told"), [(20, False), (5, True)])
def test_what_is_waived_is_told_only_when_it_is_worse_than_then(
    by_webhook: Settings, owner: psycopg.Connection, broken_then: int, *, is_told: bool
) -> None:
    owner.execute(WAIVED, (GRAVE, broken_then))
    turned(owner, "worse")

    assert bool(tell(by_webhook)) == is_told


def test_a_held_delivery_a_late_one_and_a_failed_proof_are_told(
    by_webhook: Settings,
    webhook: Posted,
    owner: psycopg.Connection,
    deliver: Callable[..., int],
) -> None:
    held = deliver(*(line(f"SECRETID{each}", code="") for each in range(60)))
    turned(owner, check="lab_results:series:rhythm", measured_in="series")
    owner.execute(PROOF, (7, "fct_a", "different", 2))
    owner.execute(PROOF, (7, "fct_b", "equal", 0))
    owner.execute(PROOF, (8, "fct_a", "equal", 0))
    tell(by_webhook)
    (content,) = webhook.contents
    told = {each["kind"]: each for each in content["alerts"]}

    assert f"Delivery {held} of " in told["held"]["text"]
    assert told["held"]["page"].endswith("/loads")
    assert told["late"]["text"] == "ward: the next load of lab_results is late."
    assert "build 7 failed: 1 of 2 marts" in told["proof"]["text"]
    assert sum(each["kind"] == "proof" for each in content["alerts"]) == 1


def test_no_message_holds_a_value_an_identifier_or_a_files_name(
    by_webhook: Settings, webhook: Posted, deliver: Callable[..., int]
) -> None:
    value = "417.293"  # no time or count of a message looks like it
    bad = (
        line(f"SECRETID{each}", patient="P000451", code="", value=value)
        for each in range(3)
    )
    deliver(*(line(each, value=value) for each in ("A1", "A2", "A3", "A4")), *bad)
    tell(by_webhook)
    told = webhook.requests[0][1].decode()

    assert "test_code" in told
    canaries = ("SECRETID", "P000451", "Canary", value)
    assert [each for each in canaries if each in told] == []


def test_a_storm_is_one_message(
    by_webhook: Settings, webhook: Posted, owner: psycopg.Connection
) -> None:
    for run in range(1, MOST_TOLD + 31):
        turned(owner, "worse", run=run)

    assert tell(by_webhook) == [Told("webhook", MOST_TOLD + 30)]
    (content,) = webhook.contents
    assert (len(content["alerts"]), content["more"]) == (MOST_TOLD, 30)


@pytest.mark.parametrize(
    ("status", "seconds", "problem"),
    [
        (500, 0, "the receiver answered 500"),
        (302, 0, "the receiver answered 302"),
        (204, 2, "the receiver did not answer in time"),
    ],
)
def test_what_a_receiver_does_not_take_is_told_again_later(
    by_webhook: Settings,
    webhook: Posted,
    owner: psycopg.Connection,
    status: int,
    seconds: float,
    problem: str,
) -> None:
    webhook.status, webhook.seconds = status, seconds
    turned(owner)
    failed, resting = tell(by_webhook), tell(by_webhook)
    webhook.status, webhook.seconds = 204, 0
    owner.execute(RESTED)
    well = tell(by_webhook)

    assert failed == [Told("webhook", 0, problem)]
    assert resting == []
    assert well == [Told("webhook", 1)]
    first, last = webhook.contents
    assert first == last  # the same message: a receiver can drop a second one


def test_a_receiver_that_is_away_is_tried_less_and_less_often(
    by_webhook: Settings, webhook: Posted, owner: psycopg.Connection
) -> None:
    port = int(webhook.address.split(":")[2].split("/")[0])
    away = changed(by_webhook, alert_webhook_url=f"http://127.0.0.1:{port - 1}/x")
    turned(owner)
    pauses = []
    for _ in range(9):
        owner.execute(RESTED)
        assert tell(away) == [Told("webhook", 0, "the receiver took no connection")]
        pauses.append(owner.execute(PAUSE).fetchone())
    owner.execute(RESTED)

    assert pauses[:3] == [(1, 30), (2, 60), (3, 120)]
    assert pauses[-1] == (9, 3600)
    assert tell(by_webhook) == [Told("webhook", 1)]
    assert (
        owner.execute("select failed_tries from quality.alert_channel").fetchone()[0]
        == 0
    )


def test_status_tells_what_could_not_be_sent(
    by_webhook: Settings, webhook: Posted, owner: psycopg.Connection
) -> None:
    webhook.status = 500
    turned(owner)
    tell(by_webhook)
    with connect(by_webhook, Role.LOADER) as loader:
        states = channel_states(by_webhook, loader)
        others = channel_states(changed(by_webhook, alert_webhook_url=""), loader)

    (told,) = state_lines(states)
    assert "1 were not taken by webhook since 1 tries" in told
    assert "the receiver answered 500" in told
    assert webhook.address not in told
    assert others == []


def test_of_two_who_send_at_once_one_sends(
    by_webhook: Settings, webhook: Posted, owner: psycopg.Connection
) -> None:
    turned(owner)
    with connect(by_webhook, Role.LOADER) as other:
        other.execute("select pg_advisory_lock(5290417)")
        assert tell(by_webhook) == []
    assert tell(by_webhook) == [Told("webhook", 1)]
    assert len(webhook.requests) == 1


def test_mail_is_sent_encrypted_to_all_receivers(
    by_mail: Settings, mail: Mailed, owner: psycopg.Connection
) -> None:
    turned(owner)

    assert tell(by_mail) == [Told("e-mail", 1)]
    (message,) = mail.messages
    assert message["To"] == "one@example.org, two@example.org"
    assert message["Subject"] == "Data quality: 1 thing to look at"
    assert "Not so: It is so" in message.get_payload(decode=True).decode()
    assert mail.were_encrypted == [True]
    (sign_in,) = mail.sign_ins
    assert PASSWORD in base64.b64decode(sign_in.split()[-1]).decode()


def test_no_mail_goes_to_a_server_that_offers_no_encryption(
    by_mail: Settings, mail: Mailed, owner: psycopg.Connection
) -> None:
    mail.has_tls = False
    turned(owner)
    (told,) = tell(by_mail)

    assert "no encryption (STARTTLS)" in told.problem
    assert (mail.messages, mail.sign_ins) == ([], [])


def test_a_mail_server_that_refuses_is_tried_again(
    by_mail: Settings, mail: Mailed, owner: psycopg.Connection
) -> None:
    mail.code = 451
    turned(owner)
    (failed,) = tell(by_mail)
    mail.code = 250
    owner.execute(RESTED)

    assert failed == Told("e-mail", 0, "the mail server refused the message")
    assert tell(by_mail) == [Told("e-mail", 1)]
    assert len(mail.messages) == 1


def test_a_wrong_certificate_is_refused(
    by_mail: Settings,
    mail: Mailed,
    owner: psycopg.Connection,
    tmp_path: Path,
    certificate: tuple[Path, Path],
) -> None:
    turned(owner)
    elsewhere = make_certificate(tmp_path, "127.0.0.2")
    with posting(elsewhere) as posted:
        both = changed(
            by_mail,
            alert_ca_file=elsewhere[0],
            alert_webhook_url=posted.address,
            alert_webhook_secret=SECRET,
        )
        told = tell(both)
    with posting(certificate) as posted:
        right = changed(
            by_mail, alert_webhook_url=posted.address, alert_webhook_secret=SECRET
        )
        owner.execute(RESTED)
        well = tell(right)

    assert {each.channel for each in told} == {"e-mail", "webhook"}
    assert all("certificate was not accepted" in each.problem for each in told)
    assert [dataclasses.astuple(each) for each in well] == [
        ("e-mail", 1, ""),
        ("webhook", 1, ""),
    ]
    assert len(mail.messages) == 1


def test_a_channel_that_comes_later_is_not_told_of_what_was(
    by_webhook: Settings, by_mail: Settings, mail: Mailed, owner: psycopg.Connection
) -> None:
    turned(owner)
    tell(by_webhook)
    both = changed(
        by_mail,
        alert_webhook_url=by_webhook.alert_webhook_url,
        alert_webhook_secret=SECRET,
    )
    assert tell(both) == []
    turned(owner, "worse", run=2)
    assert tell(both) == [Told("e-mail", 1), Told("webhook", 1)]
    assert len(mail.messages) == 1


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"alert_webhook_url": "http://alerts.example.org"}, "must be https"),
        ({"alert_webhook_url": "http://127.0.0.1.example.org"}, "must be https"),
        ({"alert_webhook_url": "ftp://127.0.0.1"}, "must be https"),
        ({"alert_webhook_url": "https://"}, "name a host"),
        ({"alert_webhook_url": "https://x", "alert_webhook_secret": ""}, "to sign"),
        ({"alert_smtp_host": "mail"}, "EHR_ALERT_EMAIL_FROM"),
        ({"alert_least_severity": "all"}, "critical"),
    ],
)
def test_a_channel_that_could_be_overheard_or_is_half_set_up_is_refused(
    values: dict[str, str], told: str
) -> None:
    given = {"alert_webhook_secret": SHORT_SECRET} | values
    with pytest.raises(ValidationError, match=told) as refused:
        Settings(_env_file=None, **given)

    assert SHORT_SECRET not in str(refused.value)


def test_secrets_are_not_in_what_is_printed_of_settings(by_mail: Settings) -> None:
    both = changed(
        by_mail,
        alert_webhook_url="https://receiver.example.org",
        alert_webhook_secret=SECRET,
    )
    assert both.alert_webhook_secret.get_secret_value() == SECRET
    assert PASSWORD not in repr(both)
    assert SECRET not in repr(both)


# Of the two, one has another day than UTC at any hour.
@pytest.mark.parametrize(
    ("time_zone", "told"), [("Etc/GMT+12", 0), ("Pacific/Kiritimati", 1)]
)
def test_a_waiver_ends_with_a_day_of_the_site(
    by_webhook: Settings, owner: psycopg.Connection, time_zone: str, told: int
) -> None:
    turned(owner)
    last_of_the_west = "cast(now() at time zone 'Etc/GMT+12' as date)"
    owner.execute(WAIVED.replace("current_date", last_of_the_west), (GRAVE, 20))

    sent = tell(changed(by_webhook, time_zone=time_zone))

    assert sum(each.count for each in sent) == told


def test_a_channel_that_cannot_be_spelt_leaves_the_other_be(
    by_mail: Settings, webhook: Posted, owner: psycopg.Connection
) -> None:
    both = changed(
        by_mail,
        alert_smtp_password="schl\u00fcssel",  # noqa: S106 - of a test
        alert_webhook_url=webhook.address,
        alert_webhook_secret=SECRET,
    )
    turned(owner)

    by_channel = {each.channel: each for each in tell(both)}

    assert by_channel["webhook"] == Told("webhook", 1)
    assert by_channel["e-mail"].count == 0
    assert "UnicodeEncodeError" in by_channel["e-mail"].problem
