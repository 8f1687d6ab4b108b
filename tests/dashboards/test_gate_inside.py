"""The gate from inside: open pages that lose their session, errors, and files."""

import asyncio
import logging

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from dashboards.serving import socket
from dashboards.serving.gate import Gate
from dashboards.serving.media import SPEAKING, OwnMedia
from dashboards.serving.socket import WatchedSocket
from pipelines.settings import Settings

LARGE = 2 * 2**20


def press(fragment: str = "", *, by_clock: bool = False) -> dict:
    """Return what a browser sends when somebody presses a button."""
    message = BackMsg()
    state = message.rerun_script
    state.page_script_hash = "page"
    state.fragment_id = fragment
    state.is_auto_rerun = by_clock
    state.widget_states.widgets.add(id="save", trigger_value=True)
    return {"type": "websocket.receive", "bytes": message.SerializeToString()}


def received(messages: list[dict], *, lives: list[bool]) -> tuple[list[dict], list]:
    """Return what the application receives, and what the session was asked."""
    asked: list[bool] = []

    async def check(is_of_a_person: bool) -> bool:  # noqa: FBT001
        asked.append(is_of_a_person)
        return lives[min(len(asked), len(lives)) - 1]

    async def run() -> list[dict]:
        waiting = list(messages)

        async def receive() -> dict:
            if waiting:
                return waiting.pop(0)
            return await asyncio.Event().wait()

        got = []
        async with WatchedSocket(receive, check) as watched:
            while True:
                try:
                    got.append(await asyncio.wait_for(watched.receive(), 0.3))
                except TimeoutError:
                    return got
                if got[-1]["type"] == "websocket.disconnect":
                    return got

    return asyncio.run(run()), asked


def asked_for(message: dict) -> BackMsg:
    """Return what a message asks."""
    found = BackMsg()
    found.ParseFromString(message["bytes"])
    return found


def test_a_press_in_a_live_session_arrives_as_it_was_sent() -> None:
    got, asked = received([press("part")], lives=[True])

    assert got == [press("part")]
    assert asked == [True]


def test_a_press_after_the_session_ended_does_nothing_but_show_the_page() -> None:
    got, _ = received([press("part"), press("part")], lives=[True, False])
    state = asked_for(got[1]).rerun_script

    assert state.page_script_hash == "page"
    assert not state.HasField("widget_states")
    assert state.fragment_id == ""
    assert asked_for(got[0]).rerun_script.fragment_id == "part"


def test_nothing_that_comes_later_arrives_at_all() -> None:
    got, _ = received([press(), press(), press()], lives=[False])

    assert len(got) == 1


def test_a_clock_of_the_page_keeps_no_session_alive() -> None:
    beat = BackMsg(app_heartbeat=True).SerializeToString()
    heartbeat = {"type": "websocket.receive", "bytes": beat}
    _, asked = received([press(by_clock=True), heartbeat, press()], lives=[True])

    assert asked == [False, False, True]


def test_what_cannot_be_read_is_checked_too() -> None:
    garbage = {"type": "websocket.receive", "bytes": b"\xff\xff\xff"}
    text = {"type": "websocket.receive", "text": "hello"}
    got, asked = received([garbage, text], lives=[True, True])

    assert got == [garbage, text]
    assert asked == [False, False]


def test_an_open_page_that_nobody_touches_leads_away_and_its_socket_is_shut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "LOOK_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(socket, "LEAD_AWAY_SECONDS", 0.05)
    got, asked = received([press()], lives=[True, True, False])

    assert [message["type"] for message in got] == [
        "websocket.receive",
        "websocket.receive",
        "websocket.disconnect",
    ]
    assert not asked_for(got[1]).rerun_script.HasField("widget_states")
    assert asked == [True, False, False]


def test_an_open_page_looks_often_enough() -> None:
    assert socket.LOOK_EVERY_SECONDS + socket.LEAD_AWAY_SECONDS < 60


def test_an_error_reaches_the_browser_as_a_number_and_the_log_without_its_text(
    hospital: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        msg = "SSN 078-05-1120 of Ada Meyer"
        raise ValueError(msg)

    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/sign-in",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
    }
    with caplog.at_level(logging.ERROR):
        asyncio.run(Gate(broken, hospital, None)(scope, asyncio.sleep, send))

    told = sent[1]["body"].decode()
    assert sent[0]["status"] == 500
    assert told.startswith("Error number ")
    assert told.removeprefix("Error number ") in caplog.text
    assert "078-05" not in told + caplog.text
    assert "Meyer" not in told + caplog.text


def kept(media: OwnMedia, content: bytes, owner: str, name: str = "export.csv") -> str:
    """Return the id of a file that a session's page offers."""
    SPEAKING.set(owner)
    return media.load_and_get_id(content, "text/csv", MediaFileKind.DOWNLOADABLE, name)


def test_two_large_files_that_streamlit_would_confuse_are_two(
    hospital: Settings,
) -> None:
    first = b"0" * LARGE
    second = first[: 2**18] + b"1" + first[2**18 + 1 :]
    theirs = MemoryMediaFileStorage("/media")
    media = OwnMedia(hospital, "/media")
    kind = MediaFileKind.DOWNLOADABLE

    confused = {
        theirs.load_and_get_id(each, "text/csv", kind, "export.csv")
        for each in (first, second)
    }
    ids = [kept(media, each, "token") for each in (first, second)]

    assert len(confused) == 1
    assert len(set(ids)) == 2
    assert media.get_file(ids[1]).content == second


def test_a_file_is_of_the_session_that_made_it(hospital: Settings) -> None:
    media = OwnMedia(hospital, "/media")
    hers, again = (kept(media, b"same", "hers") for _ in range(2))
    his = kept(media, b"same", "his")
    nobodys = kept(media, b"same", "")

    assert hers == again
    assert len({hers, his, nobodys}) == 3
    assert media.is_of(hers, "hers")
    assert not media.is_of(hers, "his")
    assert not media.is_of(nobodys, "")
    assert not media.is_of("unknown", "")
    media.delete_file(hers)
    assert not media.is_of(hers, "hers")
