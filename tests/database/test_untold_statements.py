"""dbt tells what became of each model, and makes no event of a statement."""

from dbt.adapters.events import types
from dbt_common.events.event_manager_client import get_event_manager
from dbt_common.events.functions import fire_event

from pipelines.assets.dbt_events import stream_dbt
from pipelines.settings import Settings
from pipelines.untold_statements import leave_statements_untold

MODEL = "stg_patients"
STATEMENTS = {"SQLQuery", "SQLQueryStatus", "SQLCommit", "ConnectionUsed"}


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
    leave_statements_untold()
    told: list[str] = []
    manager = get_event_manager()
    manager.callbacks.append(lambda event: told.append(event.info.name))
    try:
        fire_event(types.SQLQuery(conn_name="model", sql="select 1", node_info={}))
        fire_event(types.AdapterEventWarning(name="postgres", base_msg="x", args=[]))
    finally:
        manager.callbacks.pop()

    assert told == ["AdapterEventWarning"]
