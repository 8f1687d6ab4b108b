"""Reads waiting rows again, through adapter and suite as they are now, and lands them.

What lands has its line, and the receipt of its file as ``known_from``, as if it had
never been refused, under a delivery of its own that the books call a replay.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from psycopg import sql

from pipelines.feeds.catalogue import FEEDS
from pipelines.feeds.contract import Feed
from pipelines.landing.delivery import Delivery
from pipelines.landing.discovery import DeliveredFile
from pipelines.landing.keys import PatientKeys
from pipelines.landing.known_versions import table_of
from pipelines.landing.origin import Origin
from pipelines.landing.preparing import JudgedRows
from pipelines.landing.report import FeedCounts, FileCounts, LoadReport
from pipelines.refused.releasable import may_be_released
from pipelines.refused.rereading import Placed, by_file, made_again
from pipelines.refused.waiting_rows import WaitingRow

READING = "replay"  # never equal to a reading of a whole file
CAME_AGAIN = """
    select fact.record_id, max(fact.delivery_id)
    from {} as fact
    inner join raw.delivery as delivery
        on fact.delivery_id = delivery.delivery_id
    where fact.source_system = %s and fact.record_id = any(%s)
        and not delivery.is_replay
    group by fact.record_id
"""


@dataclass
class Found:
    """What became of waiting rows.

    ``released`` has, by row, the file that it landed under; ``rules`` what rows that
    keep waiting break now; ``came_again`` those whose record was delivered since.
    """

    released: dict[int, int] = field(default_factory=dict)
    rules: dict[int, str] = field(default_factory=dict)
    came_again: list[int] = field(default_factory=list)


class Replay:
    """Replays rows of one source inside its delivery.

    ``overrules``: rows land in spite of the rules that they were refused for.
    """

    def __init__(self, delivery: Delivery, *, overrules: bool = False) -> None:
        self._delivery = delivery
        self._overrules = overrules
        self._report = LoadReport(
            delivery.delivery_id, delivery.run.source_system, delivery.run.adapter.name
        )
        self.found = Found()

    def land(self, rows: Sequence[WaitingRow]) -> None:
        """Land what may land of the rows, and enter it in the books."""
        for file in by_file(rows):
            origin = self._origin(file[0])
            counts: dict[str, FeedCounts] = {}
            for feed, judged, placed in self._judged(file):
                landing = [each for each in placed if self._may_land(each, judged)]
                if landing:
                    counts[feed.name] = self._land_rows(feed, judged, landing, origin)
            if counts:
                self._enter(file[0], origin, counts)
        if self.found.released:
            self._delivery.close(self._report)

    def find_delivered_again(self, rows: Sequence[WaitingRow]) -> None:
        """Find the rows whose record came in a later delivery, and landed."""
        for file in by_file(rows):
            for feed, judged, placed in self._judged(file):
                latest = self._latest_deliveries(feed, judged)
                self.found.came_again += [
                    each.row.row_id
                    for each in placed
                    if latest.get(judged.rows["record_id"][each.position], 0)
                    > each.row.delivery_id
                ]

    def _judged(
        self, rows: Sequence[WaitingRow]
    ) -> Iterator[tuple[Feed, JudgedRows, list[Placed]]]:
        """Yield each feed's rows as it is judged now, and which of them wait."""
        delivery = self._delivery
        for made in made_again(rows, delivery.run, delivery.corrections):
            feed = FEEDS[made.feed]
            yield feed, delivery.preparer.judged(feed, made.frame), made.placed

    def _may_land(self, placed: Placed, judged: JudgedRows) -> bool:
        """Return whether a row may land; else remember what it breaks now."""
        broken = judged.reasons[placed.position]
        if broken is None:
            return True
        row = placed.row
        is_overruled = set(broken.split(", ")) <= set(row.rules.split(", "))
        if self._overrules and is_overruled and may_be_released(broken):
            return True
        self.found.rules[row.row_id] = broken
        return False

    def _land_rows(
        self, feed: Feed, judged: JudgedRows, placed: list[Placed], origin: Origin
    ) -> FeedCounts:
        delivery = self._delivery
        new_patients = delivery.preparer.take_new_patients()
        source = origin.source_system
        PatientKeys.register(delivery.connection, source, new_patients)
        rows = judged.rows[[each.position for each in placed]]
        if feed.event_at:
            delivery.note_event(rows[feed.event_at].max())
        landed = delivery.writer.write(feed, rows, origin)
        released = {each.row.row_id: origin.file_id for each in placed}
        self.found.released.update(released)
        return FeedCounts(rows.height, landed, rows.height - landed)

    def _enter(
        self, row: WaitingRow, origin: Origin, counts: dict[str, FeedCounts]
    ) -> None:
        """Enter the rows of one file in the books; each is a record of its own."""
        records = sum(each.made for each in counts.values())
        file = FileCounts(records=records, mapped=records, table=row.table_name)
        books = self._delivery.books
        books.enter_file(origin, READING, file, replayed_file_id=row.file_id)
        for feed, each in counts.items():
            books.enter_feed(origin.file_id, feed, each)
        self._report.add_file(str(origin.file_id), file, counts)

    def _origin(self, row: WaitingRow) -> Origin:
        run = self._delivery.run
        path, table = row.archive_path, row.table_of(run.adapter)
        file = DeliveredFile(row.file_name, path, table, is_table_file=True)
        return self._delivery.origin_of(file, run.files.keep(path))

    def _latest_deliveries(self, feed: Feed, judged: JudgedRows) -> dict[str, int]:
        """Return by record the last delivery, no replay, that a version came with."""
        ids = judged.rows["record_id"].drop_nulls().unique().to_list()
        statement = sql.SQL(CAME_AGAIN).format(table_of(feed))
        values = (self._delivery.run.source_system, ids)
        return dict(self._delivery.connection.execute(statement, values).fetchall())
