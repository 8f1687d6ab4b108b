"""What became of the uploads of the person who made them."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

from dashboards import session
from dashboards.chart.words import plain, time_text
from dashboards.failures import show_failure
from dashboards.uploads.words import STAGES, rows_text
from pipelines.record.actions.uploading import (
    LISTED_DAYS,
    UploadStatus,
    own_uploads,
)

# A fresh upload is looked after for this long; then the page stops asking.
WATCHED = timedelta(minutes=3)
EVERY_SECONDS = 4
MOST_SHOWN = 20


def show_own_uploads() -> None:
    """List the person's uploads, newest first; fresh ones are watched on their way."""
    st.subheader(f"Your uploads of the last {LISTED_DAYS} days", anchor=False)
    uploads = own_uploads(session.settings(), session.person())
    if any(_is_on_its_way(upload) for upload in uploads):
        st.fragment(_watch, run_every=EVERY_SECONDS)()
    else:
        _show(uploads)


def _watch() -> None:
    """Show the uploads again and again, as long as the session lasts."""
    if session.check() is None:
        st.rerun()
    try:
        uploads = own_uploads(session.settings(), session.person())
        _show(uploads)
    except Exception as error:  # noqa: BLE001 - the app's own net is outside fragments
        show_failure(error)
        return
    if not any(_is_on_its_way(upload) for upload in uploads):
        st.rerun()


def _is_on_its_way(upload: UploadStatus) -> bool:
    is_fresh = datetime.now(UTC) - upload.submitted_at < WATCHED
    return is_fresh and upload.stage in {"waiting", "preparing"}


def _show(uploads: list[UploadStatus]) -> None:
    if not uploads:
        st.info("You have uploaded nothing in these days.")
        return
    for upload in uploads[:MOST_SHOWN]:
        with st.container(border=True):
            st.markdown(f"**{STAGES[upload.stage]}**")
            st.caption(_description(upload))
    if len(uploads) > MOST_SHOWN:
        st.caption(f"{len(uploads) - MOST_SHOWN:,} earlier ones are not shown.")


def _description(upload: UploadStatus) -> str:
    zone = session.settings().time_zone
    at = pd.Timestamp(upload.submitted_at).tz_convert(zone)
    parts = [
        f"submitted {time_text(at)}",
        plain(upload.source_system),
        f"{rows_text(upload.records)} in the file",
    ]
    if upload.stage in {"preparing", "on_chart"}:
        parts.append(
            f"{upload.landed_rows:,} went in, {upload.unchanged_rows:,} already here, "
            f"{upload.refused_rows:,} refused"
        )
    if upload.held_because:
        parts.append("quality staff have been given the file and the reason")
    return " · ".join(parts)
