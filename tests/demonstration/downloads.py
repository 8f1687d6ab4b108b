"""Files that somebody downloads in Chromium: waited for, and opened."""

import re
import time
import zlib
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from tests.demonstration.chromium import PATIENCE, press

UNFINISHED = ".crdownload"
# As long as it says: compressed bytes may end as a line does.
LENGTH = re.compile(rb"/Length (\d+)")
STREAM = re.compile(rb"\bstream\r?\n")
OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
MAPPED = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
TEXT = rb"\((?:[^()\\]|\\.)*\)"
SHOWN = re.compile(
    rb"/(F\d+) [\d.]+ Tf|(" + TEXT + rb") Tj|\[((?:[^\[\]()]|" + TEXT + rb")*)\] TJ",
    re.DOTALL,
)
TEXTS = re.compile(TEXT, re.DOTALL)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def downloaded(browser: WebDriver, label: str, folder: Path) -> Path:
    """Press a button that hands over a file; return the file once it is whole."""
    folder.mkdir(exist_ok=True)
    before = set(folder.iterdir())
    browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior",
        {"behavior": "allow", "downloadPath": str(folder)},
    )
    press(browser, label)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        new = set(folder.iterdir()) - before
        if new and not any(path.suffix == UNFINISHED for path in new):
            return new.pop()
        time.sleep(0.1)
    pytest.fail(f"{label!r} brought no file")


def text_of_pdf(content: bytes) -> str:
    """Return the text of a PDF of ours, line by line, as its fonts say it is read."""
    objects = {int(number): body for number, body in OBJECT.findall(content)}
    fonts = {
        name.decode(): _letters(objects, int(number))
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", content)
    }
    lines = []
    for body in objects.values():
        letters: dict[int, str] = {}
        for font, whole, in_parts in SHOWN.findall(_stream(body)):
            if font:
                letters = fonts[font.decode()]
                continue
            shown = b"".join(each[1:-1] for each in TEXTS.findall(whole or in_parts))
            lines.append(_read(_unescaped(shown), letters))
    return "\n".join(lines)


def _stream(body: bytes) -> bytes:
    begins, length = STREAM.search(body), LENGTH.search(body)
    if not begins or not length:
        return b""
    content = body[begins.end() : begins.end() + int(length[1])]
    return zlib.decompress(content) if b"/FlateDecode" in body else content


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    """Return what each glyph of a font stands for."""
    (number,) = re.findall(rb"/ToUnicode (\d+) 0 R", objects[font])
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for glyph, text in MAPPED.findall(_stream(objects[int(number)]))
    }


def _unescaped(text: bytes) -> bytes:
    return re.sub(
        rb"\\(.)", lambda match: ESCAPED.get(match[1], match[1]), text, flags=re.DOTALL
    )


def _read(glyphs: bytes, letters: dict[int, str]) -> str:
    pairs = zip(glyphs[::2], glyphs[1::2], strict=True)
    return "".join(letters[high * 256 + low] for high, low in pairs)
