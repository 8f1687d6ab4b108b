"""``ehr map``: tables of another shape, turned into feeds by a mapping file."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

console = Console()


def map_tables(
    path: Annotated[Path, typer.Argument(help="Folder or file to map.")],
    *,
    into: Annotated[
        Path | None, typer.Option(help="Where to write the mapping.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping to try on the files.")
    ] = None,
    rows: Annotated[int, typer.Option(help="How many rows to show.")] = 20,
) -> None:
    """Propose a mapping, or show what one makes of the files.

    Example: ehr map exports/lab --into lab.yaml; then
    ehr map exports/lab --mapping lab.yaml
    """
    from pipelines.sources.mapping import (  # noqa: PLC0415 - polars' import costs a second
        preview,
        propose_mapping,
        render_preview,
    )

    if mapping:
        render_preview(console, preview(mapping, path, rows=rows))
        return
    proposed = propose_mapping(path)
    if into is None:
        sys.stdout.write(proposed)
        return
    into.write_text(proposed)
    console.print(
        f"proposed mapping in {into}; try it: ehr map {path} --mapping {into}"
    )
