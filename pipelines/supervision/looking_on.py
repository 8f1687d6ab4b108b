"""What somebody may ask of Dagster who only looks on.

Pages, and questions of GraphQL: nothing that changes anything, and nothing of what
programs wrote while they ran. What is not understood here is refused.
"""

import json
from collections.abc import Iterator
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, OperationType, parse, visit
from graphql.error import GraphQLError
from graphql.language import Node, Visitor

from pipelines.supervision.same_origin import Receive, Scope

GRAPHQL = "/graphql"
# Captured output, dumps of runs, notebooks, and reports of what took place elsewhere.
CLOSED_TO_LOOKERS = (
    "/logs",
    "/download_debug",
    "/notebook",
    "/dagit",
    "/report_asset_",
)
CLOSED_FIELDS = {"capturedLogs", "capturedLogsMetadata", "capturedLogsEventCursor"}
LARGEST_QUESTION = 2**20


def header(scope: Scope, name: str) -> str:
    """Return a header of a request; empty if it is not there."""
    found = [value for key, value in scope["headers"] if key.lower() == name.encode()]
    return found[0].decode("latin-1") if found else ""


async def as_looker(scope: Scope, receive: Receive) -> Receive | None:
    """Return what the pages may receive of a request; None if it is refused.

    Sockets bring Dagster's news as they happen; its pages do without.
    """
    if scope["type"] == "websocket" or scope["path"].startswith(CLOSED_TO_LOOKERS):
        return None
    if scope["method"] in {"GET", "HEAD"}:
        return None if scope["path"].startswith(GRAPHQL) else receive
    return await _question(scope, receive)


def changes_nothing(question: str) -> bool:
    """Return whether a GraphQL text only asks, and for nothing that programs wrote."""
    try:
        document = parse(question, max_tokens=20_000)
    except (GraphQLError, RecursionError):
        return False
    operations = [
        node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    ]
    asks = all(node.operation is OperationType.QUERY for node in operations)
    return bool(operations) and asks and not CLOSED_FIELDS & set(_fields_of(document))


def _fields_of(document: Node) -> Iterator[str]:
    names: list[str] = []

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            names.append(node.name.value)

    visit(document, Fields())
    yield from names


async def _question(scope: Scope, receive: Receive) -> Receive | None:
    """Return a question as we understood it; None if it is refused."""
    is_json = header(scope, "content-type").split(";")[0] == "application/json"
    if scope["method"] != "POST" or scope["path"] != GRAPHQL or not is_json:
        return None
    try:
        asked: Any = json.loads(await _body(receive))
    except ValueError:
        return None
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        return None
    # What was understood is passed on, so that nobody below understands it otherwise.
    kept = {key: asked.get(key) for key in ("query", "variables", "operationName")}
    if not changes_nothing(kept["query"]):
        return None
    return _repeating(json.dumps(kept).encode())


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_QUESTION:
            msg = "too large"
            raise ValueError(msg)
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return body


def _repeating(body: bytes) -> Receive:
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive
