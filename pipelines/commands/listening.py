"""``ehr listen``: HL7 v2 over MLLP."""

import asyncio
import signal
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from pipelines.settings import load_settings
from pipelines.sources.naming import naming_problem

if TYPE_CHECKING:
    from pipelines.listening.listener import Listener

console = Console()


class ListenError(Exception):
    """It cannot listen like this; the message says why."""


def listen(  # noqa: PLR0913 - the options of a command
    source: Annotated[str, typer.Argument(help="Name of the source that sends.")],
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 2575,
    certificate: Annotated[
        Path | None, typer.Option(help="TLS certificate, as PEM.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Its key, as PEM.")] = None,
    senders: Annotated[
        Path | None, typer.Option(help="Certificates of senders, as PEM: no others.")
    ] = None,
    every: Annotated[
        float, typer.Option(help="Seconds after which what came is delivered.")
    ] = 5,
) -> None:
    """Take HL7 v2 messages over MLLP, and acknowledge each once it is kept.

    They become deliveries of the source, which the sensor lands.

    Example: ehr listen laboratory --port 2575
    """
    from pipelines.listening.listener import Listener  # noqa: PLC0415 - polars' import costs a second
    from pipelines.listening.spool import Spool  # noqa: PLC0415
    from pipelines.sources.catalogue import ADAPTERS  # noqa: PLC0415

    problem = naming_problem(source, ADAPTERS["hl7v2"])
    if problem:
        raise ListenError(problem)
    if certificate is None and host not in ("127.0.0.1", "::1", "localhost"):
        msg = "beyond this machine messages need TLS: give --certificate and --key"
        raise ListenError(msg)
    context = _tls(certificate, key, senders) if certificate else None
    spool = Spool(load_settings(), source)
    console.print(f"listening on {host}:{port} for {source}")
    asyncio.run(_listen(Listener(spool, every, console.print), host, port, context))


def _tls(certificate: Path, key: Path | None, senders: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    if senders is not None:
        context.load_verify_locations(senders)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def _listen(
    listener: "Listener", host: str, port: int, context: ssl.SSLContext | None
) -> None:
    """Listen until somebody ends it."""
    task = asyncio.create_task(listener.run(host, port, context))
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        console.print("ended; what had come is handed over")
