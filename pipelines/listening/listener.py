"""A listener for MLLP: takes messages in frames, keeps them, and only then says so.

Messages that come at the same time are kept together, with one write to the disk. What
is no message, or too long, or could not be kept, is told as such (AR, AE), and its
sender sends it again. No word of a message stands in the log.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable

from pipelines.landing.blocks import LONGEST_RECORD_BYTES
from pipelines.listening.spool import END, START, Spool

log = logging.getLogger(__name__)
ACCEPTED, FAILED, REFUSED = "AA", "AE", "AR"
IDLE_SECONDS = 600
MOST_CONNECTIONS = 200
LOOK_EVERY_SECONDS = 0.5
DEFAULT_DELIMITERS = b"|^~\\&"


class Listener:
    """Keeps what comes in a spool; a delivery is handed over every few seconds."""

    def __init__(
        self,
        spool: Spool,
        hand_over_seconds: float,
        told: Callable[[str], object] = log.info,
    ) -> None:
        self._spool = spool
        self._hand_over_seconds = hand_over_seconds
        self._told = told
        self._waiting: list[tuple[bytes, asyncio.Future[bool]]] = []
        self._has_come = asyncio.Event()
        self._connections = 0

    async def run(
        self, host: str, port: int, context: ssl.SSLContext | None = None
    ) -> None:
        """Listen until it is cancelled; then hand over what was kept."""
        server = await asyncio.start_server(
            self._serve, host, port, ssl=context, limit=LONGEST_RECORD_BYTES
        )
        keeping = asyncio.create_task(self._keep_what_comes())
        try:
            async with server:
                await server.serve_forever()
        finally:
            keeping.cancel()
            self._spool.hand_over()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take one sender's messages, one after another, until it goes."""
        self._connections += 1
        try:
            if self._connections <= MOST_CONNECTIONS:
                while await self._take(reader, writer):
                    pass
        except (
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            TimeoutError,
            ConnectionError,
        ) as problem:
            self._told(f"a sender is gone: {type(problem).__name__}")
        finally:
            self._connections -= 1
            writer.close()

    async def _take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Take one frame and answer it; return whether there may be another."""
        async with asyncio.timeout(IDLE_SECONDS):
            frame = await reader.readuntil(END)
        message = frame[: -len(END)].rpartition(START)[2]
        if not message.startswith(b"MSH"):
            code = REFUSED
        else:
            code = ACCEPTED if await self._kept(message) else FAILED
        writer.write(START + answer_to(message, code) + END)
        await writer.drain()
        return True

    async def _kept(self, message: bytes) -> bool:
        """Return whether a message has been kept."""
        is_kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, is_kept))
        self._has_come.set()
        return await is_kept

    async def _keep_what_comes(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_EVERY_SECONDS):
                    await self._has_come.wait()
            except TimeoutError:
                pass
            self._has_come.clear()
            waiting, self._waiting = self._waiting, []
            if waiting:
                await self._keep(waiting)
            if self._spool.is_full or self._spool.age >= self._hand_over_seconds:
                self._spool.hand_over()

    async def _keep(self, waiting: list[tuple[bytes, "asyncio.Future[bool]"]]) -> None:
        try:
            messages = [message for message, _ in waiting]
            await asyncio.to_thread(self._spool.keep, messages)
            is_kept = True
        except OSError as problem:
            self._told(f"messages could not be kept: {problem.strerror}")
            is_kept = False
        for _, future in waiting:
            if not future.cancelled():
                future.set_result(is_kept)


def answer_to(message: bytes, code: str) -> bytes:
    """Return an acknowledgement: to whom the message came from, naming its number."""
    head = message.split(b"\r", 1)[0].split(b"\n", 1)[0]
    if not head.startswith(b"MSH"):
        head = b"MSH"  # no message: its answer has the usual signs and no number
    separator = head[3:4] or b"|"
    fields = head.split(separator)
    fields += [b""] * (12 - len(fields))
    signs = fields[1] or DEFAULT_DELIMITERS[1:]
    event = fields[8].split(signs[:1])[1:2]
    kind = signs[:1].join([b"ACK", *event])
    stamp = time.strftime("%Y%m%d%H%M%S+0000", time.gmtime()).encode()
    answer = [
        *(b"MSH", signs, fields[4], fields[5], fields[2], fields[3], stamp, b""),
        *(kind, b"ACK" + fields[9], fields[10] or b"P", fields[11] or b"2.5"),
    ]
    confirmed = [b"MSA", code.encode(), fields[9]]
    return separator.join(answer) + b"\r" + separator.join(confirmed)
