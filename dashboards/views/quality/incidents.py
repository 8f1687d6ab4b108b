"""What is wrong with the data now, by how many patients it hits."""

from dashboards.quality.incidents import show_incidents

show_incidents()
