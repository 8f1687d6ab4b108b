"""``ehr status | doctor``: how the installation is, and what it lacks."""

import json
import sys
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from pipelines.access.audit import find_unfinished, waiting
from pipelines.alerting.states import channel_states, state_lines
from pipelines.checking.counting import count_checks
from pipelines.checking.counting import told as told_checks
from pipelines.commands.backup_status import backup_state, told
from pipelines.commands.proof_status import print_proofs, proof_state
from pipelines.commands.protection import print_protection, protection
from pipelines.database.connections import connect, server_address
from pipelines.database.roles import Role
from pipelines.diagnosis import Finding, examine
from pipelines.own_code import described
from pipelines.settings import Settings, load_settings

console = Console()

SOURCES = """
    select
        source.source_system,
        source.adapter,
        max(delivery.landed_at) filter (where delivery.status = 'landed') as last_load,
        count(*) filter (where delivery.status = 'held') as held_deliveries,
        case when source.is_historical then source.last_event_at else now() end as as_of
    from raw.source as source
    left join raw.delivery as delivery using (source_system)
    group by source.source_system, source.adapter, source.is_historical,
        source.last_event_at
    order by source.source_system collate "C"
"""
LAST_BUILD = """
    select build_id, status, started_at, ended_at
    from raw.build order by build_id desc limit 1
"""
WAITING = "select count(distinct patient_key) from raw.touched_patients"
QUARANTINE = """
    select
        cast(coalesce(sum(refused_count), 0) as bigint) as refused,
        cast(coalesce(sum(waiting_count), 0) as bigint) as waiting,
        cast(coalesce(sum(released_count), 0) as bigint) as released,
        cast(coalesce(sum(discarded_count), 0) as bigint) as discarded
    from quarantine.balance
"""


def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show server, version, last loads, freshness and services.

    Example: ehr status --json
    """
    state = state_of(load_settings())
    if as_json:
        sys.stdout.write(json.dumps(state, indent=2, default=str) + "\n")
    else:
        _print_state(state)
    if not state["server"]["running"]:
        raise typer.Exit(1)


def state_of(settings: Settings) -> dict[str, Any]:
    """Return everything that ``ehr status`` shows."""
    from pipelines.supervision.services import service_states  # noqa: PLC0415 - 0.2 s

    state: dict[str, Any] = {
        "mode": settings.mode.value,
        "home": str(settings.root),
        "server": {"running": False, **_address(settings)},
        "services": service_states(settings),
        **protection(settings),
        "audit_spool": _spool(settings),
    }
    try:
        with connect(settings, Role.LOADER) as connection:
            state |= _warehouse_state(connection)
            state["backup"] = backup_state(settings, connection)
            state["alerts"] = channel_states(settings, connection)
            state["other_record"] = _other_record(settings)
            state["actions_without_outcome"] = _actions_without_outcome(settings)
            version = connection.info.server_version
            state["server"] |= {
                "running": True,
                "version": f"{version // 10000}.{version % 10000}",
            }
    except psycopg.OperationalError:
        state["server"]["remedy"] = "run 'ehr up'"
    return state


def doctor() -> None:
    """Test every connection, folder, port, key and version; name the remedy.

    Example: ehr doctor
    """
    findings = examine(load_settings())
    table = Table("checked", "state", "remedy", title="Doctor")
    for finding in findings:
        state = "[green]ok[/green]" if finding.is_well else "[red]not well[/red]"
        table.add_row(finding.subject, f"{state} {finding.detail}", finding.remedy)
    console.print(table)
    if not all(map(_is_well, findings)):
        raise typer.Exit(1)


def _is_well(finding: Finding) -> bool:
    return finding.is_well


def _address(settings: Settings) -> dict[str, str]:
    address = server_address(settings)
    kind = "external" if settings.database_url else "embedded"
    return {"kind": kind, "host": str(address.get("host", ""))}


def _warehouse_state(connection: psycopg.Connection) -> dict[str, Any]:
    from pipelines.checking.rhythm import late_deliveries  # noqa: PLC0415 - polars

    (patients,) = connection.execute(WAITING).fetchone() or (0,)
    (quarantine,) = _rows(connection, QUARANTINE)
    builds = _rows(connection, LAST_BUILD)
    return {
        "sources": _rows(connection, SOURCES),
        "last_build": builds[0] if builds else None,
        "patients_waiting_for_a_build": patients,
        "records_waiting_in_quarantine": quarantine["waiting"],
        "quarantine": quarantine,
        "quality": count_checks(connection),
        **proof_state(connection),
        "late_deliveries": late_deliveries(connection),
    }


def _actions_without_outcome(settings: Settings) -> int:
    with connect(settings, Role.COMPLIANCE) as connection:
        return len(find_unfinished(connection))


def _other_record(settings: Settings) -> str:
    """Return what can be told of another system's record; nothing if none is read."""
    if settings.record_url is None:
        return ""
    from pipelines.other_record import is_other_news_waiting  # noqa: PLC0415 - polars' import costs a second

    try:
        waits = is_other_news_waiting(settings)
    except Exception as problem:  # noqa: BLE001 - made safe to show
        why = f"{described(problem)}; see 'ehr doctor'"
        return f"[red]the record of source {settings.record_source}:[/red] {why}"
    news = "holds what has not landed yet" if waits else "has landed, all of it"
    return f"the record of source {settings.record_source} {news}"


def _spool(settings: Settings) -> dict[str, Any]:
    state = waiting(settings)
    return {"events": state.length, "seconds": round(state.seconds)}


def _rows(connection: psycopg.Connection, query: str) -> list[dict[str, Any]]:
    found = connection.execute(query)
    names = [column.name for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found]


def _print_state(state: dict[str, Any]) -> None:
    server = state["server"]
    running = f"PostgreSQL {server['version']}" if server["running"] else "stopped"
    console.print(f"{state['mode']} installation in {state['home']}")
    console.print(f"server: {running} ({server['kind']}, {server['host']})")
    if not server["running"]:
        console.print(server["remedy"])
    else:
        _print_warehouse(state)
    if state["audit_spool"]["events"]:
        console.print(
            f"[red]audit store away:[/red] {state['audit_spool']['events']:,} events "
            f"wait in the spool, the first for {state['audit_spool']['seconds']:,} s; "
            "see 'ehr audit replay'"
        )
    services = Table("service", "state", "address", "memory", title="Services")
    for service in state["services"]:
        services.add_row(
            service["title"],
            service["state"],
            service["address"] or "",
            f"{service['memory_mb']:.0f} MB",
        )
    console.print(services)
    print_protection(console, state)


def _print_warehouse(state: dict[str, Any]) -> None:
    sources = Table(
        "source", "format", "last load", "held", "today is", title="Sources"
    )
    for source in state["sources"]:
        sources.add_row(
            source["source_system"],
            source["adapter"],
            f"{source['last_load']:%Y-%m-%d %H:%M}" if source["last_load"] else "",
            str(source["held_deliveries"]),
            f"{source['as_of']:%Y-%m-%d}" if source["as_of"] else "",
        )
    console.print(sources)
    if state["other_record"]:
        console.print(state["other_record"], soft_wrap=True)
    build = state["last_build"]
    if build:
        console.print(
            f"marts: build {build['build_id']} {build['status']}, "
            f"begun {build['started_at']:%Y-%m-%d %H:%M}"
        )
    else:
        console.print("marts: never built; run 'ehr run'")
    console.print(
        f"waiting: {state['patients_waiting_for_a_build']:,} patients for a build, "
        f"{state['records_waiting_in_quarantine']:,} records in quarantine"
    )
    quarantine = state["quarantine"]
    console.print(
        f"quarantine: {quarantine['refused']:,} records refused = "
        f"{quarantine['waiting']:,} waiting + {quarantine['released']:,} released + "
        f"{quarantine['discarded']:,} discarded"
    )
    console.print(told_checks(state["quality"]))
    print_proofs(console, state)
    for late in state["late_deliveries"]:
        console.print(
            f"[red]late:[/red] {late['feed']} of source {late['source_system']} was "
            f"due by {late['due_at']:%Y-%m-%d %H:%M}",
            soft_wrap=True,
        )
    for line in (*state_lines(state["alerts"]), *told(state["backup"])):
        console.print(line, soft_wrap=True)
    if unfinished := state["actions_without_outcome"]:
        console.print(
            f"[red]{unfinished:,} actions without a known outcome:[/red] "
            "see 'ehr audit verify'"
        )
