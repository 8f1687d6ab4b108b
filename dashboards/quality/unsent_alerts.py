"""What could not be told by e-mail or webhook, so that it is told here."""

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.quality.words import count_text

UNSENT = """
    select
        kept.channel,
        kept.problem,
        kept.failed_at,
        kept.next_try_at,
        (
            select count(*)
            from quality.unsent_alert as alert
            where alert.channel = kept.channel
        ) as waiting
    from quality.alert_channel as kept
    where kept.problem is not null
    order by kept.channel
"""


def show_unsent(channels: pd.DataFrame) -> None:
    """Say which channel of alerts does not work; nothing while all do."""
    set_up = session.settings().alert_channels
    for each in channels[channels["channel"].isin(set_up)].itertuples():
        st.warning(
            plain(
                f"{count_text(each.waiting, 'alert')} could not be sent by "
                f"{each.channel}: {each.problem}. Last try "
                f"{time_text(each.failed_at)}, next {time_text(each.next_try_at)}."
            )
        )
