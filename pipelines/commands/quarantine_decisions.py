"""``ehr quarantine replay | release | discard | close | correct``: as an operator."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from pipelines.access.audit import Event, append
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings, load_settings

console = Console()
notes = Console(stderr=True)

Source = Annotated[str | None, typer.Option(help="Only rows of this source.")]
Load = Annotated[int | None, typer.Option(help="Only rows of this load.")]
FeedName = Annotated[str | None, typer.Option(help="Only rows of this feed.")]
RuleName = Annotated[str | None, typer.Option(help="Only rows that break this rule.")]
RowIds = Annotated[
    list[int] | None, typer.Option("--row", help="Only these rows; may be repeated.")
]
Reason = Annotated[str, typer.Option(help="Why; kept with the rows and in the audit.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask first.")]


def replay(  # noqa: PLR0913 - one argument for each option
    reason: Reason,
    *,
    source: Source = None,
    load: Load = None,
    feed: FeedName = None,
    rule: RuleName = None,
    row: RowIds = None,
    yes: Yes = False,
) -> None:
    """Read waiting rows again and land those that break no rule now.

    Example: ehr quarantine replay --source lab --reason "its codes are corrected"
    """
    _decide("replay", (source, load, feed, rule, row), reason, is_sure=yes)


def release(  # noqa: PLR0913 - one argument for each option
    reason: Reason,
    *,
    source: Source = None,
    load: Load = None,
    feed: FeedName = None,
    rule: RuleName = None,
    row: RowIds = None,
    yes: Yes = False,
) -> None:
    """Land waiting rows in spite of the limits that they break.

    A row without a key, one that cannot be typed, that lacks what every fact of its
    kind has or that holds an identifier is never released.

    Example: ehr quarantine release --row 17 --reason "the ward confirms this pulse"
    """
    _decide("release", (source, load, feed, rule, row), reason, is_sure=yes)


def discard(  # noqa: PLR0913 - one argument for each option
    reason: Reason,
    *,
    source: Source = None,
    load: Load = None,
    feed: FeedName = None,
    rule: RuleName = None,
    row: RowIds = None,
    yes: Yes = False,
) -> None:
    """Let waiting rows never land.

    Example: ehr quarantine discard --load 12 --reason "a test export, sent by mistake"
    """
    _decide("discard", (source, load, feed, rule, row), reason, is_sure=yes)


def close(  # noqa: PLR0913 - one argument for each option
    reason: Reason,
    *,
    source: Source = None,
    load: Load = None,
    feed: FeedName = None,
    rule: RuleName = None,
    row: RowIds = None,
    yes: Yes = False,
) -> None:
    """Discard waiting rows whose record was delivered again since, and landed.

    Example: ehr quarantine close --source lab --reason "delivered again on Monday"
    """
    _decide("close", (source, load, feed, rule, row), reason, is_sure=yes)


def correct(  # noqa: PLR0913 - one argument for each option
    source: Annotated[str, typer.Option(help="The source that delivers it so.")],
    delivered: Annotated[str, typer.Option(help="The text that is delivered.")],
    reason: Reason,
    *,
    feed: Annotated[str, typer.Option(help="The feed of a code or unit.")] = "",
    column: Annotated[str, typer.Option(help="The column of the feed.")] = "",
    table: Annotated[
        str, typer.Option(help="Of a column's name: the table of the source.")
    ] = "",
    mapped: Annotated[
        str | None,
        typer.Option(help="What it stands for; without it a correction is taken back."),
    ] = None,
) -> None:
    """Correct a code, a unit or a column's name of a source, from now on.

    Landed rows stay as they are; rows that wait are read with it when replayed.

    Example: ehr quarantine correct --source billing --feed payments
    --column status_code --delivered POSTD --mapped posted --reason "their new export"
    """
    from pipelines.refused.mapping import Correction, kind_of  # noqa: PLC0415 - polars
    from pipelines.refused.mapping import correct as keep  # noqa: PLC0415

    if bool(table) == bool(feed and column) or (table and column):
        message = "name a feed and its column, or the table whose column is renamed"
        raise typer.BadParameter(message)
    subject = table or feed
    correction = Correction(source, kind_of(column), subject, column, delivered, mapped)
    settings = load_settings()
    with _audited(settings, "correct refused values", correction.words, reason) as user:
        keep(settings, correction, user, Role.QUALITY, reason)
    console.print(correction.words)
    console.print("rows that wait are read with it: ehr quarantine replay")


def _decide(
    action: str,
    chosen: tuple[str | None, int | None, str | None, str | None, list[int] | None],
    reason: str,
    *,
    is_sure: bool,
) -> None:
    from pipelines.refused.deciding import Action, Order, decide  # noqa: PLC0415 - polars
    from pipelines.refused.selection import Selection, count_waiting  # noqa: PLC0415

    settings = load_settings()
    *filters, rows = chosen
    selection = Selection(*filters, tuple(rows) if rows else None)
    operator = f"operator:{getpass.getuser()}"
    order = Order.by(Action(action), operator, Role.QUALITY, reason)
    with connect(settings, Role.LOADER) as connection:
        count, records = count_waiting(connection, selection)
    console.print(f"{count:,} rows wait and match, for {records:,} records")
    if count and not is_sure:
        typer.confirm(f"{action} them?", abort=True)
    name = "discard" if action == "close" else action
    words = f"{action}: {selection.words}"
    with (
        _audited(settings, f"{name} refused rows", words, reason),
        Progress(console=notes, transient=True) as progress,
    ):
        task = progress.add_task(action, total=count)
        outcome = decide(
            settings,
            order,
            selection,
            lambda done, total: progress.update(task, completed=done, total=total),
        )
    console.print(outcome.words)
    if outcome.released:
        console.print("marts follow with the next build: ehr run")


@contextmanager
def _audited(
    settings: Settings, action: str, subject: str, reason: str
) -> Iterator[str]:
    """Announce an act, and tell how it ended; yields who acts."""
    operator = f"operator:{getpass.getuser()}"
    named = {"user_id": operator, "role": Role.QUALITY, "action": action,
             "subject": subject, "purpose": reason}  # fmt: skip
    intent = append(settings, Event(**named, result="intended"))
    result = "error"
    try:
        yield operator
        result = "ok"
    finally:
        append(settings, Event(**named, result=result, intent_id=intent))
