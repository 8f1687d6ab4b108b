"""``ehr limits propose``: learn limits of laboratory values from the marts."""

import typer
from rich.console import Console

from pipelines.settings import load_settings

app = typer.Typer(help="Limits of laboratory values, learned from the site's results.")
console = Console()


@app.callback()
def limits() -> None:
    """Limits of laboratory values, learned from the site's own results."""


@app.command("propose")
def propose() -> None:
    """Learn limits anew; quality staff sign them on the page Limits.

    Example: ehr limits propose
    """
    from pipelines.limits.learning import learn_limits  # noqa: PLC0415 - psycopg's import costs 0.1 s

    with console.status("learning from the laboratory results"):
        learned = learn_limits(load_settings())
    console.print(
        f"looked at {learned.cells:,} groups of results; limits are proposed for "
        f"{learned.proposed:,}; {learned.with_two_groups:,} may be of two units"
    )
