"""How fresh the own record is, as one would say it."""

from datetime import datetime, timedelta

import pandas as pd

from dashboards.own_record.wording import day_words

LONG = timedelta(days=7)
NOTHING = "Nothing has come in for you yet."
MAY_MISS = "Something done in the last hours may not be here yet."
NOTHING_SINCE = (
    "Nothing new has come in since then. If you were seen meanwhile, ask your care "
    "team: what was done may not be here."
)


def freshness_words(profile: pd.DataFrame, now: datetime) -> str:
    """Return when the record last came in, and what that means for what is missing.

    ``profile`` is what ``PROFILE`` brings, ``now`` the time on the site's clock.
    """
    landed = profile["last_landed_at"].max()
    if pd.isna(landed):
        return NOTHING
    told = profile.iloc[0]
    words = f"Your record was last updated {moment_words(landed, now)}."
    if told.is_historical and not pd.isna(told.as_of):
        return f"{words} It is an old record, seen as of {day_words(told.as_of)}."
    return f"{words} {NOTHING_SINCE if now - landed > LONG else MAY_MISS}"


def moment_words(moment: datetime, now: datetime) -> str:
    """Return a moment as today at 14:05, yesterday at 14:05 or on 3 November 2026."""
    days_ago = (now.date() - moment.date()).days
    if days_ago in (0, 1):
        return f"{('today', 'yesterday')[days_ago]} at {moment:%H:%M}"
    return f"on {day_words(moment)}"
