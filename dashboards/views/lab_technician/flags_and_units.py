"""Flags that differ from ranges, and units that seem mixed up."""

from dashboards.quality.flags_and_units import show_flags_and_units

show_flags_and_units()
