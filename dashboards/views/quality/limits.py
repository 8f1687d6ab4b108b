"""Limits of laboratory values: proposed, signed off, retired."""

from dashboards.quality.limits import show_limits

show_limits()
