"""Which transactions committed where in the server's log, and in which database."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.database.server_programs import execute
from pipelines.database.service_user import Place

LINE = re.compile(r"tx:\s+(\d+), lsn: ([0-9A-F]+)/([0-9A-F]+)")
DATABASE = re.compile(r"rel \d+/(\d+)/\d+")
SUBTRANSACTIONS = re.compile(r"subxacts: ([\d ]+)")
SHARED = 0  # the number of what belongs to no database


@dataclass(frozen=True)
class Commit:
    """A transaction's end: where in the log, and which databases it wrote into."""

    number: int
    position: int
    # None: unknown, so perhaps any.
    databases: frozenset[str] | None

    def may_belong_to(self, database: str) -> bool:
        """Return whether it may have changed a database."""
        return self.databases is None or database in self.databases


def read_commits(where: Place, segment: str, names: Mapping[int, str]) -> list[Commit]:
    """Read the log from the segment before this one, if it is there, to its end.

    ``names`` are the databases by their numbers.
    """
    log = where.data_folder / "pg_wal"
    number = int(segment[8:16], 16) * 256 + int(segment[16:], 16)
    before = f"{segment[:8]}{(number - 1) // 256:08X}{(number - 1) % 256:08X}"
    first = number - 1 if (log / before).exists() else number
    arguments = ("-p", str(log), "-t", str(int(segment[:8], 16)))
    begin = f"{first // 256:X}/{first % 256 << 24:X}"
    # It reads to where the log ends, which it calls an error.
    printed = execute(where, "pg_waldump", *arguments, "-s", begin).stdout
    return _commits(printed.splitlines(), names)


def _commits(lines: list[str], names: Mapping[int, str]) -> list[Commit]:
    wrote: dict[int, set[int]] = defaultdict(set)
    commits = []
    for line in lines:
        if not (found := LINE.search(line)):
            continue
        number = int(found[1])
        wrote[number] |= {int(each) for each in DATABASE.findall(line)}
        if "desc: COMMIT" in line:
            below = SUBTRANSACTIONS.search(line)
            parts = [
                number,
                *(int(each) for each in (below[1].split() if below else ())),
            ]
            databases = set().union(*(wrote[each] for each in parts))
            position = (int(found[2], 16) << 32) + int(found[3], 16)
            commits.append(Commit(number, position, _named(databases, names)))
    return commits


def _named(numbers: set[int], names: Mapping[int, str]) -> frozenset[str] | None:
    if not numbers or SHARED in numbers:
        return None
    return frozenset(names[each] for each in numbers if each in names)
