"""Signs of life of the services: a page, a socket, a heartbeat."""

import http.client
import json
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.supervision.dagster_gate import SUPERVISION

HOST = "127.0.0.1"
ANSWER_SECONDS = 3
LOCATIONS = """{ workspaceOrError { ... on Workspace { locationEntries {
    locationOrLoadError { __typename } } } } }"""
HEARTBEATS = """{ instance { daemonHealth { allDaemonStatuses {
    required healthy lastHeartbeatTime } } } }"""


@dataclass(frozen=True)
class Door:
    """A web server of ours on this machine, and what opens its gate."""

    port: int
    has_tls: bool = False
    key: str = field(default="", repr=False)


def page_answers(door: Door, path: str) -> bool:
    """Return whether a page on this machine is there."""
    return _request(door, "GET", path) is not None


def socket_accepts(path: Path) -> bool:
    """Return whether somebody listens on a unix socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(ANSWER_SECONDS)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def definitions_are_loaded(door: Door) -> bool:
    """Return whether Dagster's web server has loaded every code location."""
    answer = _query(door, LOCATIONS)
    entries = answer.get("workspaceOrError", {}).get("locationEntries", [])
    loaded = [
        (entry["locationOrLoadError"] or {}).get("__typename") == "RepositoryLocation"
        for entry in entries
    ]
    return bool(loaded) and all(loaded)


def daemons_beat(door: Door, since: float) -> bool:
    """Return whether every daemon that Dagster needs has beaten after ``since``."""
    health = _query(door, HEARTBEATS).get("instance", {}).get("daemonHealth", {})
    required = [
        status for status in health.get("allDaemonStatuses", []) if status["required"]
    ]
    return bool(required) and all(
        status["healthy"] and (status["lastHeartbeatTime"] or 0) >= since
        for status in required
    )


def _query(door: Door, query: str) -> dict[str, Any]:
    """Return what Dagster's web server answers; nothing if it does not."""
    answer = _request(door, "POST", "/graphql", json.dumps({"query": query}))
    return (json.loads(answer).get("data") or {}) if answer else {}


def _request(door: Door, method: str, path: str, body: str | None = None) -> str | None:
    """Return the body of a page that answers with 200, else None."""
    connection = _connection(door)
    headers = {"Content-Type": "application/json"} if body else {}
    headers |= {SUPERVISION: door.key} if door.key else {}
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return text if answer.status == http.client.OK else None


def _connection(door: Door) -> http.client.HTTPConnection:
    if not door.has_tls:
        return http.client.HTTPConnection(HOST, door.port, timeout=ANSWER_SECONDS)
    # The certificate is for the name that people type, not for this machine's own.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(
        HOST, door.port, timeout=ANSWER_SECONDS, context=context
    )
