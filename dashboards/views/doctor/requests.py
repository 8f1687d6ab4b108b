"""What patients asked for and nobody has answered yet."""

from dashboards.writing.queue import show_queue

show_queue("views/doctor/chart.py")
