"""The results of a nurse's own patients that wait for a doctor."""

from dashboards.worklist.page import View, show_worklist

show_worklist(
    View(
        chart_page="views/nurse/chart.py",
        can_see_others=False,
    )
)
