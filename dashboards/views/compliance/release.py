"""When patients read which results."""

from dashboards.compliance.release import show_release

show_release()
