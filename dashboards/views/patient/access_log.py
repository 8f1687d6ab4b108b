"""Who looked at the patient's record."""

from dashboards.own_record.looks import show_looks
from dashboards.own_record.page import newest_words, show_head
from dashboards.own_record.reading import read_own_record
from dashboards.own_record.statements import LOOKS

record = read_own_record("who looked", LOOKS)
news = newest_words("Last look", record.rows, "happened_at")
show_head("Who looked at my record", record, news)
show_looks(record.rows)
