"""What patients asked for and nobody has answered yet, and refills due unasked."""

from dashboards.writing.queue import show_queue

show_queue("views/doctor/chart.py")
