"""The results that wait for a doctor."""

from dashboards.worklist.page import View, show_worklist

show_worklist(
    View(
        chart_page="views/doctor/chart.py",
        can_see_others=True,
    )
)
