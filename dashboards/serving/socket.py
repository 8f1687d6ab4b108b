"""The socket through which a page works: every message of it needs a live session.

Streamlit runs the callback of a button before the page itself, and runs parts of a page
without the rest: a check within the page would come too late. So each message is
checked here. What comes after the end of a session is replaced by the bare wish to see
the page, and the page then leads to the sign-in.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from dashboards.serving.asking import Message, Receive

# How soon an open page notices, untouched, that its session has ended.
LOOK_EVERY_SECONDS = 20
# Time for the page to lead away before the socket is shut.
LEAD_AWAY_SECONDS = 5
POLICY_VIOLATION = 1008

# Asked with whether a person did something; returns whether the session is live.
Check = Callable[[bool], Awaitable[bool]]


class WatchedSocket:
    """What an application receives from a browser, as long as the session lives."""

    def __init__(self, receive: Receive, check: Check) -> None:
        """Pass on what ``receive`` brings while ``check`` agrees."""
        self._receive = receive
        self._check = check
        self._inbox: asyncio.Queue[Message] = asyncio.Queue(maxsize=32)
        self._last_state = ClientState()
        self._has_ended = False
        self._tasks: list[asyncio.Task] = []

    async def __aenter__(self) -> "WatchedSocket":
        """Begin to listen and to watch."""
        self._tasks = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._watch()),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop both."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def receive(self) -> Message:
        """Return the next message that the application may see."""
        return await self._inbox.get()

    async def _listen(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.receive" and not self._has_ended:
                await self._inbox.put(await self._checked(message))
            elif message["type"] != "websocket.receive":
                await self._inbox.put(message)
            if message["type"] == "websocket.disconnect":
                return

    async def _watch(self) -> None:
        while not self._has_ended:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            if not self._has_ended and not await self._check(False):  # noqa: FBT003
                await self._inbox.put(self._wish_to_see())
        await asyncio.sleep(LEAD_AWAY_SECONDS)
        gone = {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
        await self._inbox.put(gone)

    async def _checked(self, message: Message) -> Message:
        """Return a message, or the bare wish once the session has ended."""
        asked = _read(message)
        if asked.WhichOneof("type") == "rerun_script":
            self._last_state = asked.rerun_script
        if await self._check(_is_of_a_person(asked)):
            return message
        return self._wish_to_see()

    def _wish_to_see(self) -> Message:
        """Return a message that asks for the whole page and does nothing else."""
        self._has_ended = True
        wish = BackMsg()
        wish.rerun_script.CopyFrom(self._last_state)
        for name in ("widget_states", "fragment_id", "is_auto_rerun"):
            wish.rerun_script.ClearField(name)
        return {"type": "websocket.receive", "bytes": wish.SerializeToString()}


def _read(message: Message) -> BackMsg:
    """Return what the browser asks; nothing if it cannot be read."""
    asked = BackMsg()
    with contextlib.suppress(DecodeError):
        asked.ParseFromString(message.get("bytes") or b"")
    return asked


def _is_of_a_person(asked: BackMsg) -> bool:
    """Return whether somebody did something: a clock keeps nothing alive."""
    kind = asked.WhichOneof("type")
    if kind == "rerun_script":
        return not asked.rerun_script.is_auto_rerun
    return kind in {"file_urls_request", "backend_operation_request"}
