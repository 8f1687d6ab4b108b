"""The patient's own visits."""

from dashboards.own_record.page import newest_words, show_head
from dashboards.own_record.reading import read_own_record
from dashboards.own_record.statements import VISITS
from dashboards.own_record.visits import show_visits

record = read_own_record("own visits", VISITS)
news = newest_words("Last visit", record.rows, "started_at")
show_head("My visits", record, news)
show_visits(record.rows)
