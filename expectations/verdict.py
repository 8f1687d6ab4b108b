"""What becomes of the rows of one batch."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Verdict:
    """Which rows are refused and why.

    ``refused`` has one truth value per row of the batch. ``rules`` has one list per
    refused row, in their order: the names of the critical rules that it breaks.
    """

    refused: pl.Series
    rules: pl.Series


def verdict_of(masks: pl.DataFrame, names: Mapping[str, str]) -> Verdict:
    """Gather masks of broken rows; names are listed only where a row is refused.

    Args:
        masks: Columns of truth values, true where a row breaks a rule.
        names: Per column of ``masks`` that refuses a row: the name of its rule.
    """
    broken = {mask: name for mask, name in names.items() if masks[mask].any()}
    if not broken:
        none_refused = pl.Series([False]).new_from_index(0, masks.height)
        return Verdict(none_refused, pl.Series(dtype=pl.List(pl.String)))
    refused = masks.select(pl.any_horizontal(list(broken))).to_series()
    listed = pl.concat_list(
        pl.when(mask).then(pl.lit(name)) for mask, name in broken.items()
    ).list.drop_nulls()
    return Verdict(refused, masks.filter(refused).select(listed).to_series())
