"""How many alerts about medicines there are, and how often they are overridden."""

from dashboards.quality.medication_alerts import show_medication_alerts

show_medication_alerts()
