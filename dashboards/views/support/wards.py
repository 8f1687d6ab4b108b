"""Who works on which ward."""

from dashboards.support.wards import show_wards

show_wards()
