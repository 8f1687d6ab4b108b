"""How long the laboratory takes, by test and priority."""

from dashboards.quality.turnaround import show_turnarounds

show_turnarounds()
