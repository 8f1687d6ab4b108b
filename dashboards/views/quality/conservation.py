"""Whether anything is lost between the bytes that came and what is shown."""

from dashboards.quality.conservation import show_conservation

show_conservation()
