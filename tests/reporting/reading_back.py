"""Reads a printed report back: its facts, and each table by its heading."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

# What would load from elsewhere, or run.
FOREIGN = (
    "http:", "https:", "//", "src=", "href=", "url(", "@import", "<script", "<link",
    "<iframe",
)  # fmt: skip


@dataclass
class Printed:
    """A report as read: its texts by place, rows as texts."""

    title: str = ""
    subtitle: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    empty: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.printed = Printed()
        self._text: list[str] = []
        self._heading = self._fact = self._class = ""
        self._headers: list[str] = []
        self._row: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h1", "h2", "p", "dt", "dd", "th", "td"}:
            self._text = []
            self._class = dict(attrs).get("class") or ""
        if tag == "thead":
            self._headers = []
        if tag == "tr":
            self._row = []

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = " ".join("".join(self._text).split())
        if tag in {"th", "td"}:
            (self._headers if tag == "th" else self._row).append(text)
        elif tag == "tr" and self._row:
            told = dict(zip(self._headers, self._row, strict=True))
            self.printed.tables.setdefault(self._heading, []).append(told)
        elif tag in {"h1", "h2", "p", "dt", "dd"}:
            self._keep(tag, text)

    def _keep(self, tag: str, text: str) -> None:
        if tag == "h1":
            self.printed.title = text
        elif tag == "h2":
            self._heading = text
        elif tag == "dt":
            self._fact = text
        elif tag == "dd":
            self.printed.facts[self._fact] = text
        elif self._class == "subtitle":
            self.printed.subtitle = text
        elif self._class == "empty":
            self.printed.empty[self._heading] = text


def read_back(html: str) -> Printed:
    """Return what a report says."""
    reader = _Reader()
    reader.feed(html)
    return reader.printed


def foreign_parts(html: str) -> list[str]:
    """Return what a report would load from elsewhere; nothing is right."""
    return [part for part in FOREIGN if part in html.lower()]


def number(text: str) -> int:
    """Return a printed number."""
    return int(text.replace(",", ""))
