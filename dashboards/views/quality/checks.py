"""What the suites found in the last loads of a source."""

from dashboards.quality.checks import show_checks

show_checks()
