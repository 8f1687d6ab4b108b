"""How the clock of critical results reads."""

HOUR, DAY = 60, 24 * 60
# In the order of time, as the columns of agg_critical_clocks name them.
BANDS = {
    "in_30_minutes": "up to 30 minutes",
    "in_1_hour": "30 minutes to 1 hour",
    "in_4_hours": "1 to 4 hours",
    "in_24_hours": "4 to 24 hours",
    "later": "more than 24 hours",
}
ACKNOWLEDGED, OPEN = "Acknowledged", "Still waiting"


def minutes_text(minutes: float) -> str:
    """Return a length of time; minutes up to two hours, then hours, then days."""
    if minutes < 2 * HOUR:
        return f"{minutes:.0f} min" if minutes >= 1 else "below 1 min"
    if minutes < 2 * DAY:
        hours, rest = divmod(round(minutes), HOUR)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, rest = divmod(round(minutes / HOUR), 24)
    return f"{days} d {rest} h" if rest else f"{days} d"
