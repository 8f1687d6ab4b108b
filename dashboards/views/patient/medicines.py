"""The patient's own medicines, and the way to a refill of each."""

from dashboards.own_record.medicines import show_medicines
from dashboards.own_record.page import newest_words, show_head, today_of
from dashboards.own_record.reading import read_own_record
from dashboards.own_record.statements import MEDICINES
from dashboards.own_wishes.refills import refills_of_own

record = read_own_record("own medicines", MEDICINES)
news = newest_words("Last prescription", record.rows, "started_at")
show_head("My medicines", record, news)
show_medicines(record.rows, today_of(record), refills_of_own())
