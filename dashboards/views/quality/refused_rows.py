"""Refused rows with their reasons and what may be shown of their lines."""

from dashboards.quality.refused import show_refused

show_refused()
