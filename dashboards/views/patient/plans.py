"""The patient's own treatment plans."""

from dashboards.own_record.page import newest_words, show_head
from dashboards.own_record.plans import show_plans
from dashboards.own_record.reading import read_own_record
from dashboards.own_record.statements import PLANS

record = read_own_record("own treatment plans", PLANS)
news = newest_words("Newest plan", record.rows, "started_at")
show_head("My treatment plans", record, news)
show_plans(record.rows)
