"""The yardsticks: ``python -m benchmarks.parsing hl7v2 FILE``, or ``fhir FOLDER``.

A loop over the records of a delivery that parses each with a library and keeps nothing:
``hl7.parse`` of messages, ``json.loads`` of lines. Reading the file, decoding it and
finding the records in it are not counted. Prints seconds and records as JSON.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.corpora import END, START
from benchmarks.loading import BenchmarkError
from pipelines.settings import PROJECT

RECORDS_AT_A_TIME = 50_000
LINE_END = re.compile(r"\r\n|\n")


@dataclass(frozen=True)
class Parsed:
    """What a loop over a delivery took; ``failed`` of the records are counted, too."""

    seconds: float
    processor_seconds: float
    records: int
    failed: int


def parse_apart(format_name: str, path: Path) -> Parsed:
    """Parse a delivery in a new process and return what it took.

    Raises:
        BenchmarkError: it failed.
    """
    done = subprocess.run(  # noqa: S603 - the product's own program
        [sys.executable, "-m", "benchmarks.parsing", format_name, str(path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"parsing {path.name} failed:\n{done.stderr}"
        raise BenchmarkError(msg)
    return Parsed(**json.loads(done.stdout))


def messages_of(path: Path) -> Iterator[str]:
    """Yield the messages of a file as the library wants them: segments end in CR."""
    for framed in path.read_bytes().split(END)[:-1]:
        content = framed.removeprefix(START)
        try:
            text = content.decode()
        except UnicodeDecodeError:
            text = content.decode("latin-1")
        yield LINE_END.sub("\r", text)


def lines_of(folder: Path) -> Iterator[str]:
    """Yield the lines of every file of a folder."""
    for path in sorted(folder.iterdir()):
        with path.open(encoding="utf-8") as lines:
            yield from lines


def time_loop(records: Iterator[str], parse: Callable[[str], object]) -> Parsed:
    """Parse every record, a batch of them in memory at a time, and keep nothing."""
    seconds, worked, count, failed = 0.0, 0.0, 0, 0
    while batch := list(islice(records, RECORDS_AT_A_TIME)):
        started, began = perf_counter(), process_time()
        for record in batch:
            try:
                parse(record)
            except Exception:  # noqa: BLE001 - what a library cannot read took time, too
                failed += 1
        seconds += perf_counter() - started
        worked += process_time() - began
        count += len(batch)
    return Parsed(seconds, worked, count, failed)


def main() -> None:
    """Parse what the arguments name."""
    format_name, path = sys.argv[1], Path(sys.argv[2])
    if format_name == "hl7v2":
        import hl7  # noqa: PLC0415 - a library of development alone

        parsed = time_loop(messages_of(path), hl7.parse)
    else:
        parsed = time_loop(lines_of(path), json.loads)
    sys.stdout.write(json.dumps(asdict(parsed)))


if __name__ == "__main__":
    main()
