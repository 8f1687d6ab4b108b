"""What is left out of dbt changes nothing of what it does or tells."""

import inspect
import json
from collections.abc import Iterator
from threading import RLock
from types import SimpleNamespace

import psycopg2
import pytest
from dbt.adapters.base import BaseAdapter, BaseRelation
from dbt.adapters.base.impl import DEFAULT_BASE_BEHAVIOR_FLAGS
from dbt.adapters.events import types
from dbt.adapters.postgres.connections import PostgresConnectionManager
from dbt_common.behavior_flags import Behavior
from dbt_common.clients import agate_helper
from dbt_common.events.event_manager_client import get_event_manager
from dbt_common.events.functions import fire_event

from pipelines.assets.dbt_events import stream_dbt
from pipelines.building import TIMES_FILE, run_dbt
from pipelines.database.connections import connect, conninfo
from pipelines.database.roles import Role
from pipelines.lighter_dbt import empty_session, lighten_dbt
from pipelines.settings import Settings

MODEL = "stg_patients"
MODELS_OF_STAGING = 30
STATEMENTS = {"SQLQuery", "SQLQueryStatus", "SQLCommit", "ConnectionUsed"}
SESSIONS = "select sessions from pg_stat_database where datname = current_database()"
OF_DBT = "select count(*) from pg_stat_activity where application_name = 'ehr_dbt'"


@pytest.fixture
def session(installation: Settings) -> Iterator[psycopg2.extensions.connection]:
    """Yield a session as dbt has one."""
    opened = psycopg2.connect(**conninfo(installation, Role.BUILDER))
    yield opened
    opened.close()


def test_a_model_is_told_and_none_of_its_statements(installation: Settings) -> None:
    command = ("build", "--exclude-resource-type", "unit_test", "--select", MODEL)
    events = list(stream_dbt(installation, *command))
    names = {event["info"]["name"] for event in events}
    ended = [
        event["data"]["node_info"]["node_status"]
        for event in events
        if event["info"]["name"] == "NodeFinished"
        and event["data"]["node_info"]["node_name"] == MODEL
    ]

    assert ended == ["success"]
    assert not names & STATEMENTS


def test_a_warning_of_the_database_is_told_and_a_statement_is_not() -> None:
    lighten_dbt()
    told: list[str] = []
    manager = get_event_manager()
    manager.callbacks.append(lambda event: told.append(event.info.name))
    try:
        fire_event(types.SQLQuery(conn_name="model", sql="select 1", node_info={}))
        fire_event(types.AdapterEventWarning(name="postgres", base_msg="x", args=[]))
    finally:
        manager.callbacks.pop()

    assert told == ["AdapterEventWarning"]


def test_a_command_keeps_its_sessions_from_model_to_model_and_leaves_none(
    installation: Settings,
) -> None:
    with connect(installation, Role.OWNER, autocommit=True) as owner:
        (before,) = owner.execute(SESSIONS).fetchone()
        assert run_dbt(installation, "run", "--select", "staging") == {}
        (after,) = owner.execute(SESSIONS).fetchone()
        (left,) = owner.execute(OF_DBT).fetchone()

    # Each of two threads has its own, and what reads the schemas before them.
    times = json.loads((installation.root / "dbt" / TIMES_FILE).read_text())
    assert len(times) > MODELS_OF_STAGING
    assert after - before < MODELS_OF_STAGING / 3
    assert left == 0


def test_the_next_model_finds_nothing_of_the_one_before(
    session: psycopg2.extensions.connection,
) -> None:
    with session.cursor() as cursor:
        cursor.execute("set work_mem = '1MB'")
        cursor.execute("select pg_advisory_lock(1)")
        cursor.execute("create temporary table rows_of_a_model as select 1 as number")
        session.commit()
        cursor.execute("create temporary table left_open as select 1 as number")
        empty_session(session)
        cursor.execute(
            "select current_setting('work_mem') <> '1MB', "
            "to_regclass('pg_temp.rows_of_a_model'), to_regclass('pg_temp.left_open'), "
            "(select count(*) from pg_locks where locktype = 'advisory' "
            "and pid = pg_backend_pid())"
        )
        assert cursor.fetchone() == (True, None, None, 0)
    assert not session.autocommit


def test_a_session_that_has_ended_is_closed_and_the_next_model_opens_another(
    installation: Settings, session: psycopg2.extensions.connection
) -> None:
    lighten_dbt()
    kept = SimpleNamespace(
        name="model", state="open", handle=session, transaction_open=True
    )
    manager = SimpleNamespace(
        lock=RLock(), get_if_exists=lambda: kept, close=PostgresConnectionManager.close
    )
    PostgresConnectionManager.release(manager)
    assert kept.state == "open"

    with connect(installation, Role.BUILDER, autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(%s, 5000)", (session.info.backend_pid,)
        )
    PostgresConnectionManager.release(manager)
    assert kept.state == "closed"


def test_the_adapter_declares_its_settings_of_behaviour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_asked: object) -> None:
        message = "the modules of this process were looked through"
        raise AssertionError(message)

    lighten_dbt()
    monkeypatch.setattr(inspect, "getmodule", refuse)
    told: list[str] = []
    manager = get_event_manager()
    manager.callbacks.append(lambda event: told.append(event.data.flag_source))
    try:
        settings = Behavior(DEFAULT_BASE_BEHAVIOR_FLAGS, {})
        assert not settings.enable_truthy_nulls_equals_macro
    finally:
        manager.callbacks.pop()

    assert told == ["dbt.adapters.base.impl"]


def test_a_relation_is_found_under_its_key_as_dbt_finds_it(
    installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lighten_dbt()
    look_up = BaseAdapter.get_relation
    found: list[BaseRelation | None] = []
    through_all: list[BaseRelation | None] = []

    def both(adapter: BaseAdapter, *names: str, **named: str) -> BaseRelation | None:
        found.append(look_up(adapter, *names, **named))
        through_all.append(look_up.__wrapped__(adapter, *names, **named))
        return found[-1]

    monkeypatch.setattr(BaseAdapter, "get_relation", both)
    assert run_dbt(installation, "run", "--select", MODEL) == {}
    assert run_dbt(installation, "run", "--select", MODEL) == {}

    assert {each is None for each in found} == {True, False}
    assert found == through_all


@pytest.mark.parametrize("texts", [(), ("code",), ("code", "name")])
@pytest.mark.parametrize("nulls", [(), ("null", "")])
def test_answers_have_the_types_that_dbt_gives_them(
    texts: tuple[str, ...], nulls: tuple[str, ...]
) -> None:
    lighten_dbt()
    rows = [
        ("007", "", 3, 2.5, "2026-01-02", True),
        (None, "null", 4, None, None, None),
    ]
    columns = ("code", "name", "count", "share", "day", "is_there")
    build = agate_helper.build_type_tester
    kept = build(texts, nulls).run(rows, columns)
    made_anew = build.__wrapped__(texts, nulls).run(rows, columns)

    assert [type(each) for each in kept] == [type(each) for each in made_anew]
    for row in rows:
        assert [each.cast(value) for each, value in zip(kept, row, strict=True)] == [
            each.cast(value) for each, value in zip(made_anew, row, strict=True)
        ]
