"""One message for all that is to be told: a text for people, JSON for programs."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.access.rule_words import words_of
from pipelines.alerting.outbox import Alert

MOST_TOLD = 20
PAGES = {
    "incident": "incidents",
    "late": "incidents",
    "held": "loads",
    "proof": "checks",
}
LIVES = {"new": "new", "reopened": "came back", "worse": "worse"}
SEVERITIES = {"critical": "grave", "warning": "a warning", "info": "a note"}


@dataclass(frozen=True)
class Digest:
    """One message; ``message_id`` is the same when the same is sent again."""

    message_id: str
    subject: str
    text: str
    body: bytes


def digest_of(alerts: Sequence[Alert], pages: str) -> Digest:
    """Return the message that tells all of these; at least one."""
    told, more = alerts[:MOST_TOLD], len(alerts) - len(alerts[:MOST_TOLD])
    things = [_thing(each, pages) for each in told]
    numbers = ",".join(str(each.alert_id) for each in alerts)
    message_id = hashlib.sha256(numbers.encode()).hexdigest()[:32]
    lines = [f"- {each['text']}\n  {each['page']}" for each in things]
    if more:
        lines.append(f"- and {more} more: {_page('incidents', pages)}")
    content = {"message_id": message_id, "more": more, "alerts": things}
    return Digest(
        message_id=message_id,
        subject=_subject(alerts),
        text="\n".join(lines) + "\n",
        body=json.dumps(content, ensure_ascii=False).encode(),
    )


def _subject(alerts: Sequence[Alert]) -> str:
    if len(alerts) > 1:
        return f"Data quality: {len(alerts)} things to look at"
    return "Data quality: 1 thing to look at"


def _thing(alert: Alert, pages: str) -> dict[str, object]:
    """Return one alert as programs read it; ``text`` is what people read."""
    return {
        "alert_id": alert.alert_id,
        "kind": alert.kind_code,
        "text": text_of(alert),
        "page": _page(PAGES[alert.kind_code], pages),
        "source": alert.source_system,
        "check_id": alert.check_id,
        "severity": alert.severity,
        "state": alert.life_code,
        "rows_broken": alert.broken_count,
        "rows_judged": alert.applicable_count,
        "patients": alert.patients_count,
        "happened_at": alert.happened_at.isoformat(),
    }


def text_of(alert: Alert) -> str:
    """Return in a sentence what happened."""
    if alert.kind_code == "held":
        return (
            f"Delivery {alert.run_number} of {alert.source_system} is held as a whole: "
            "nothing of it landed."
        )
    if alert.kind_code == "proof":
        return (
            f"The proof of build {alert.run_number} failed: {alert.broken_count} of "
            f"{alert.applicable_count} marts are not what a full rebuild gives."
        )
    if alert.kind_code == "late":
        return f"{alert.source_system}: the next load of {alert.subject} is late."
    source = alert.source_system or "no single source"
    return (
        f"{source}: {LIVES[alert.life_code or '']}, {SEVERITIES[alert.severity]}. "
        f"{_wrong(alert)} {_counted(alert)}Check {alert.check_id}."
    )


def _wrong(alert: Alert) -> str:
    """Return what is expected and not so, or for a load's rule what is wrong."""
    if alert.sentence:
        return f"Not so: {alert.sentence.rstrip('.')}."
    told = words_of(alert.check_id or "", alert.subject).broken
    return f"{alert.subject}: {told.rstrip('.')}."


def _counted(alert: Alert) -> str:
    if alert.broken_count is None or alert.applicable_count is None:
        return ""
    told = f"{alert.broken_count:,} of {alert.applicable_count:,} broke it"
    if alert.patients_count is not None:
        return f"{told}, {alert.patients_count:,} patients. "
    return f"{told}. "


def _page(name: str, pages: str) -> str:
    return f"{pages.rstrip('/')}/{name}"
