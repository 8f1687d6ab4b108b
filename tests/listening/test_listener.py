"""What was acknowledged is kept, whatever kills the listener; and nothing twice."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.deliveries import COMPLETE, find_deliveries
from pipelines.landing.messages import MessageReader
from pipelines.listening.listener import answer_to
from pipelines.listening.spool import END, FILE, START, UNFINISHED, Spool
from pipelines.settings import PROJECT, Mode, Settings

PROGRAM = "from pipelines.cli import main; main()"
SENDERS, MESSAGES, KILLS = 10, 500, 20
PATIENCE = 30
MESSAGE = (
    "MSH|^~\\&|LAB|H|EHR|W|20260102||ORU^R01|{number}|P|2.5\rPID|1||{number}^^^H^MR"
)


class Listening:
    """A listener in a process of its own, killed and started again."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home, mode=Mode.TEST, _env_file=None)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen | None = None
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        own = {"EHR_HOME": str(self.settings.root), "EHR_MODE": "test"}
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-c", PROGRAM, "listen", "ward"),
                *("--port", str(self.port), "--every", "0.5"),
            ],
            cwd=PROJECT,
            env=os.environ | own,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail("the listener does not answer")

    def end(self, how: signal.Signals) -> None:
        """End it, however; nobody else is."""
        self._process.send_signal(how)
        self._process.wait(PATIENCE)

    def kept(self) -> Counter[str]:
        """Return the numbers of the messages of all complete deliveries."""
        numbers: Counter[str] = Counter()
        for delivery in find_deliveries(self.settings.deliveries_folder):
            assert delivery.is_marked_complete
            for block in MessageReader(
                iter([(delivery.path / FILE).read_bytes()])
            ).blocks():
                assert not block.refused
                texts = block.originals(block.line_numbers.tolist()).values()
                numbers.update(each.decode().split("|")[9] for each in texts)
        return numbers


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Listening]:
    """Yield a listener; it is ended whatever happens."""
    made = Listening(tmp_path / "home")
    try:
        yield made
    finally:
        made.end(signal.SIGKILL)


def sent(port: int, number: str) -> str | None:
    """Send a message; return the code of its acknowledgement, None without one."""
    content = START + MESSAGE.format(number=number).encode() + END
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
            client.sendall(content)
            answer = b""
            while not answer.endswith(END):
                piece = client.recv(4096)
                if not piece:
                    return None
                answer += piece
    except OSError:
        return None
    fields = answer.strip(START + END).split(b"\r")[1].split(b"|")
    assert fields[2].decode() == number
    return fields[1].decode()


def send_all(
    listening: Listening, sender: int, acknowledged: set[str], again: Counter[str]
) -> None:
    """Send each message until it is acknowledged."""
    for place in range(MESSAGES):
        number = f"{sender}-{place}"
        while sent(listening.port, number) != "AA":
            again[number] += 1
            time.sleep(0.05)
        acknowledged.add(number)


def kill(listening: Listening) -> None:
    """Kill the listener at random moments, and start it again."""
    chance = random.Random(1)  # noqa: S311 - moments, no secrets
    for _ in range(KILLS):
        listening.end(signal.SIGKILL)
        listening.start()
        time.sleep(chance.uniform(0.1, 0.6))


def test_every_acknowledged_message_is_there_once_after_twenty_kills(
    listening: Listening,
) -> None:
    """Ten senders; whoever got no answer sends the same again."""
    acknowledged: set[str] = set()
    again: Counter[str] = Counter()
    senders = [
        threading.Thread(target=send_all, args=(listening, n, acknowledged, again))
        for n in range(SENDERS)
    ]
    killer = threading.Thread(target=kill, args=(listening,))
    for each in (*senders, killer):
        each.start()
    for each in senders:
        each.join()
    killer.join()
    listening.end(signal.SIGTERM)

    kept = listening.kept()
    assert len(acknowledged) == SENDERS * MESSAGES
    assert set(kept) >= acknowledged
    # A message comes twice only where its sender had no answer, and is one fact then.
    assert {number for number, times in kept.items() if times > 1} <= set(again)
    assert all(times <= 1 + again[number] for number, times in kept.items())


def test_one_connection_sends_many_and_each_has_its_answer(
    listening: Listening,
) -> None:
    frames = [START + MESSAGE.format(number=n).encode() + END for n in range(50)]
    with socket.create_connection(("127.0.0.1", listening.port), PATIENCE) as client:
        client.sendall(b"".join(frames))
        answers = b""
        while answers.count(END) < len(frames):
            answers += client.recv(65536)
    listening.end(signal.SIGTERM)

    said = [each.split(b"MSA|")[1] for each in answers.split(END) if each]
    assert said == [f"AA|{n}".encode() for n in range(50)]
    assert listening.kept() == Counter(str(n) for n in range(50))


def test_what_is_no_message_is_refused(listening: Listening) -> None:
    with socket.create_connection(("127.0.0.1", listening.port), PATIENCE) as client:
        client.sendall(START + b"GET / HTTP/1.1" + END)
        answer = client.recv(4096)
    listening.end(signal.SIGTERM)

    assert b"MSA|AR|" in answer
    assert not listening.kept()


def test_half_a_message_that_a_killed_listener_left_is_cut_off(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, mode=Mode.TEST, _env_file=None)
    spool = Spool(settings, "ward")
    spool.keep([b"MSH|^~\\&|whole"])
    (unfinished,) = settings.deliveries_folder.glob(f"*/*/{UNFINISHED}")
    with unfinished.open("ab") as file:
        file.write(START + b"MSH|^~\\&|half")

    Spool(settings, "ward")

    (left,) = settings.deliveries_folder.glob(f"*/*/{FILE}")
    assert left.read_bytes() == START + b"MSH|^~\\&|whole" + END
    assert (left.parent / COMPLETE).exists()


def test_what_cannot_be_kept_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio  # noqa: PLC0415 - of one test only

    from pipelines.listening.listener import Listener  # noqa: PLC0415

    spool = Spool(Settings(home=tmp_path, mode=Mode.TEST, _env_file=None), "ward")

    def full(_messages: list[bytes]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool, "keep", full)
    told: list[str] = []

    async def ask() -> bytes:
        listener = Listener(spool, 5, told.append)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        serving = asyncio.create_task(listener.run("127.0.0.1", port))
        await asyncio.sleep(0.1)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(START + MESSAGE.format(number=1).encode() + END)
        answer = await reader.readuntil(END)
        writer.close()
        serving.cancel()
        return answer

    assert b"MSA|AE|1" in asyncio.run(ask())
    assert told == ["messages could not be kept: No space left on device"]


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|77|P|2.3", b"MSA|AA|77"),
        (b"MSH#*+!%#A#B#C#D#2026##ADT*A01#77#P#2.3", b"MSA#AA#77"),
        (b"MSH|", b"MSA|AA|"),
    ],
)
def test_an_answer_goes_back_in_the_senders_own_delimiters(
    message: bytes, answer: bytes
) -> None:
    head, confirmed = answer_to(message, "AA").split(b"\r")

    assert confirmed == answer
    assert head.startswith(b"MSH")
    if b"2.3" in message:
        separator = message[3:4]
        assert head.split(separator)[2:6] == [b"C", b"D", b"A", b"B"]


def test_beyond_the_machine_it_listens_with_tls_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "listen", "ward", "--host", "192.0.2.1"],
        cwd=PROJECT,
        env=os.environ | {"EHR_HOME": str(tmp_path), "EHR_MODE": "test"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert "need TLS" in done.stderr
