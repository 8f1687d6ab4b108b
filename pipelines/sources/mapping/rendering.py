"""Prints a preview: rows before and after, counts, codes that no list has."""

import polars as pl
from rich.console import Console
from rich.table import Table

from pipelines.sources.mapping.preview import FilePreview, Preview


def render_preview(console: Console, shown: Preview) -> None:
    """Print a preview. It holds patients' values: the files are the reader's own."""
    for file in shown.files:
        _render_file(console, file)
    for name in shown.unknown:
        console.print(
            f"{name}: no pattern of the mapping names this file", markup=False
        )


def _render_file(console: Console, file: FilePreview) -> None:
    console.rule(file.name)
    console.print(_frame_table("before", file.before))
    if file.missing_required:
        names = ", ".join(file.missing_required)
        console.print(f"Nothing made: the file has no column {names}.", markup=False)
        return
    if file.missing_columns:
        names = ", ".join(file.missing_columns)
        console.print(f"Not in the file, so empty: {names}.", markup=False)
    for feed, frame in file.after.items():
        console.print(_frame_table(f"after: {feed}", frame))
    console.print(_counts(file))
    if file.unmapped:
        console.print(_unmapped(file))


def _frame_table(title: str, frame: pl.DataFrame) -> Table:
    """Return a frame as a table; columns that are empty in all rows are left out."""
    filled = [name for name in frame.columns if frame[name].null_count() < frame.height]
    table = Table(*filled, title=title, title_justify="left")
    for row in frame.select(filled).iter_rows():
        table.add_row(*("" if value is None else str(value) for value in row))
    return table


def _counts(file: FilePreview) -> Table:
    table = Table("records", f"{file.records:,}", title="all records of the file")
    for feed, count in file.made.items():
        table.add_row(f"rows of {feed}", f"{count:,}")
    for kind, reasons in (("excluded", file.excluded), ("refused", file.refused)):
        for reason, count in reasons.most_common():
            table.add_row(f"{kind}: {reason}", f"{count:,}")
    return table


def _unmapped(file: FilePreview) -> Table:
    table = Table("column", "code", "records", title="codes that no list has")
    for column, code, count in file.most_unmapped():
        table.add_row(column, code, f"{count:,}")
    return table
