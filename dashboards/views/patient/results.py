"""The patient's own laboratory results."""

from dashboards import session
from dashboards.own_record.page import newest_words, show_head
from dashboards.own_record.reading import read_own_record
from dashboards.own_record.results import show_results
from dashboards.own_record.statements import RESULTS
from dashboards.own_wishes.privacy import is_asked_first
from pipelines.access.release import holds_results

record = read_own_record("own results", RESULTS)
news = newest_words("Last news from the laboratory", record.rows, "taken_at")
show_head("My results", record, news)
show_results(
    record.rows,
    is_asked_first=is_asked_first(),
    is_held=holds_results(session.settings(), session.person()),
)
