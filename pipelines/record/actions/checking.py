"""Checks what somebody wants to write by the suite that its delivery must pass later.

What the warehouse would refuse is refused here, while the person still sees the form;
and so is what it would only count, as far as the person writes it: whoever types an
onset in the future can still say what was meant. A rule is told in words, never with
the value that breaks it.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pipelines.access.rule_words import words_of
from pipelines.feeds.catalogue import FEEDS
from pipelines.record.actions.failures import ActionError

NOTHING = "nothing was saved: "
LONGEST_REASON = 500
SPACES = frozenset("\n\t")
Text = dict[str, str | None]


def spelled(feed: str, values: Mapping[str, Any]) -> Text:
    """Return an entry's columns as the texts that a delivery of it would hold.

    Raises:
        ActionError: a column is none of the feed's, or holds what no text can.
    """
    names = FEEDS[feed].column_names
    strangers = sorted(set(values) - set(names))
    if strangers:
        msg = f"{NOTHING}{feed} has no column {strangers[0]}"
        raise ActionError(msg)
    return {name: _spelled(name, values.get(name)) for name in names}


def check(feed: str, row: Text, written: Collection[str], time_zone: str) -> None:
    """Refuse an entry that the feed's suite would refuse, or find odd.

    ``written`` are the columns that the person fills in now: what was odd before
    keeps nobody from correcting something else.

    Raises:
        ActionError: the message names what is wrong with which columns.
    """
    broken = _broken_rules(feed, row, written, time_zone)
    if not broken:
        return
    told = [words_of(rule, feed) for rule in broken]
    what = "; ".join(dict.fromkeys(each.broken for each in told))
    remedy = " ".join(dict.fromkeys(each.remedy for each in told if each.remedy))
    raise ActionError(f"{NOTHING}{what}. {remedy}".strip())


def one_line(text: str, longest: int = LONGEST_REASON) -> str:
    """Return a reason in one line.

    Raises:
        ActionError: it is too long.
    """
    line = " ".join(
        "".join(sign if sign.isprintable() else " " for sign in text).split()
    )
    if len(line) > longest:
        msg = f"{NOTHING}a reason has at most {longest} characters"
        raise ActionError(msg)
    return line


def _spelled(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            msg = f"{NOTHING}{name} has no time zone"
            raise ActionError(msg)
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return _clean(str(value))


def _clean(text: str) -> str | None:
    """Return a text without spaces around it, and without what no delivery can hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    signs = (sign if sign.isprintable() or sign in SPACES else " " for sign in text)
    return "".join(signs).strip() or None


def _broken_rules(
    feed: str, row: Text, written: Collection[str], time_zone: str
) -> list[str]:
    """Return the rules that the row breaks, the contract's own among them."""
    import polars as pl  # noqa: PLC0415 - a second, and pages that write nothing need it not

    from expectations.catalogue import SUITES  # noqa: PLC0415
    from expectations.runner import Evaluation  # noqa: PLC0415
    from pipelines.landing.landing_rows import with_all_columns  # noqa: PLC0415
    from pipelines.landing.typed import read_typed  # noqa: PLC0415
    from pipelines.sources.adapter import LINE  # noqa: PLC0415

    contract, suite = FEEDS[feed], SUITES[feed]
    frame = pl.DataFrame([row], schema=dict.fromkeys(row, pl.String))
    numbered = frame.with_row_index(LINE, offset=1)
    typed = read_typed(contract, with_all_columns(contract, numbered), time_zone)
    unreadable = [f"{column}:unreadable" for column in typed.unreadable.drop_nulls()]
    if unreadable:
        return unreadable
    evaluation = Evaluation(suite, as_of=datetime.now(UTC), is_measured=False)
    evaluation.add(typed.frame)
    counted = {
        result["expectation_config"]["meta"]["rule"]: result["result"].get(
            "unexpected_count", 0
        )
        for result in evaluation.results()
    }
    return [
        suite.name_of(rule)
        for rule in suite.expectations
        if rule.is_row_level
        and not rule.is_about_refusals
        and counted.get(suite.name_of(rule))
        and (rule.severity == "critical" or set(rule.columns) & set(written))
    ]
