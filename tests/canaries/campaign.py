"""One campaign: an installation, what is planted, and everything that it says."""

import io
import logging
import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import psycopg

from dashboards import failures
from pipelines import building, cli
from pipelines.assets import warehouse
from pipelines.commands.failures import told
from pipelines.database.connections import administrator_conninfo
from pipelines.database.databases import WAREHOUSE
from pipelines.record.actions import saving
from pipelines.settings import Settings
from tests.canaries.ledger import Ledger
from tests.canaries.scan import signs_in


@dataclass
class Campaign:
    """What the paths share; ``said`` holds texts by where they came out."""

    settings: Settings
    ledger: Ledger
    sources: Path
    patients: list[str] = field(default_factory=list)
    patient_keys: list[int] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    endings: dict[str, int] = field(default_factory=dict)
    quoting: set[str] = field(default_factory=set)

    def ehr(self, *arguments: str, path: str = "") -> None:
        """Run a command in this process; keep what it prints and how it ends."""
        name = path or " ".join(arguments[:2])
        output = io.StringIO()
        with (
            redirect_stdout(output),
            redirect_stderr(output),
            patch.object(sys, "argv", ["ehr", *arguments]),
        ):
            try:
                cli.main()
                ending = 0
            except SystemExit as end:
                ending = int(end.code or 0)
        self.endings[name] = ending
        self.said[f"ehr {name}"].append(output.getvalue())

    def trying(self, name: str, function: Callable[[], object]) -> None:
        """Do what may fail; keep the error as a trace would show it."""
        output = io.StringIO()
        with redirect_stdout(output), redirect_stderr(output):
            try:
                function()
                self.endings[name] = 0
            except Exception as problem:  # noqa: BLE001 - what it says is looked at
                self.endings[name] = 1
                trace = "".join(traceback.format_exception(problem))
                self.said[name] += [told(problem), trace]
        self.said[name].append(output.getvalue())


class Listener(logging.Handler):
    """Keeps every line that is logged, with the trace of its error."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__()
        self._lines = campaign.said["logged"]
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self._lines.append(self.format(record))


@contextmanager
def listening(campaign: Campaign) -> Iterator[None]:
    """Keep what is logged meanwhile; Streamlit's lines do not reach the root."""
    listener = Listener(campaign)
    loggers = [logging.getLogger(), logging.getLogger("streamlit")]
    for logger in loggers:
        logger.addHandler(listener)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(listener)


# What turns an error into words for a person: here a value would come through.
WORDS_OF_ERRORS = (
    (cli, "told"),
    (failures, "told_failure"),
    (saving, "_words_of"),
)
WORDS_OF_BUILDS = ((building, "quoteless"), (warehouse, "quoteless"))


@contextmanager
def noting_quotes(campaign: Campaign) -> Iterator[None]:
    """Note where an error came that quotes a canary: there was something to hide."""

    def noting(module: ModuleType, name: str) -> Callable[[object], str]:
        words_of = getattr(module, name)

        def noted(problem: object) -> str:
            if signs_in(str(problem)):
                campaign.quoting.add(f"{module.__name__}.{name}")
            return words_of(problem)

        return noted

    with ExitStack() as stack:
        for module, name in (*WORDS_OF_ERRORS, *WORDS_OF_BUILDS):
            stack.enter_context(patch.object(module, name, noting(module, name)))
        yield


POISON = """
    create or replace function {schema}.poison() returns trigger language plpgsql as $$
    declare canary text := substring(new::text from '(?i)qkanari[a-z]+');
    begin
        if canary is not null then perform canary::numeric; end if;
        return new;
    end $$;
    create trigger poison before insert or update on {schema}.{table}
    for each row execute function {schema}.poison()
"""
UNPOISON = "drop function if exists {schema}.poison() cascade"
BOUND = """
    alter table {schema}.{table}
    add constraint poison check ({column} !~* 'qkanari') not valid
"""
UNBOUND = "alter table {schema}.{table} drop constraint if exists poison"


@contextmanager
def poisoned(
    settings: Settings, schema: str, table: str, database: str = WAREHOUSE
) -> Iterator[None]:
    """Let a table refuse canaries with an error of the database that quotes them."""
    names = {"schema": schema, "table": table}
    with administrator(settings, database) as connection:
        connection.execute(POISON.format(**names))
        try:
            yield
        finally:
            connection.execute(UNPOISON.format(**names))


@contextmanager
def bound(settings: Settings, schema: str, table: str, column: str) -> Iterator[None]:
    """Let a table refuse canaries by a constraint: PostgreSQL quotes the whole row."""
    names = {"schema": schema, "table": table, "column": column}
    with administrator(settings, WAREHOUSE) as connection:
        connection.execute(BOUND.format(**names))
        try:
            yield
        finally:
            connection.execute(UNBOUND.format(**names))


@contextmanager
def administrator(settings: Settings, database: str) -> Iterator[psycopg.Connection]:
    """Yield a connection past every rule."""
    parameters = administrator_conninfo(settings, database)
    with psycopg.connect(**parameters, autocommit=True) as connection:
        yield connection
