"""The fields of a delivered line: what may be shown, then what is masked."""

from collections.abc import Sequence

import streamlit as st

from dashboards.chart.words import plain
from pipelines.access.masking import Field


def show_fields(fields: Sequence[Field]) -> None:
    """Show what may be shown, then what is masked."""
    told = {
        is_masked: " · ".join(
            f"{plain(field.column)}: {plain(field.text)}"
            for field in fields
            if field.is_masked == is_masked
        )
        for is_masked in (False, True)
    }
    if told[False]:
        st.markdown(told[False])
    if told[True]:
        st.caption(f"Masked: {told[True]}")
