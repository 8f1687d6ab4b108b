"""``ehr risk train | score | show``: the readmission model, beside its schedule."""

import typer
from rich.console import Console
from rich.table import Table

from pipelines.settings import load_settings

app = typer.Typer(help="Train the readmission model, score stays, show its scorecard.")
console = Console()

NO_MODEL = "there is no model yet: 'ehr risk train'"


@app.command("train")
def train() -> None:
    """Train on what is known now, and score every stay.

    Example: ehr risk train
    """
    from pipelines.risk.renewal import train_and_score  # noqa: PLC0415 - scikit-learn's import costs seconds

    console.print(train_and_score(load_settings()))


@app.command("score")
def score() -> None:
    """Score every stay with the newest model.

    Example: ehr risk score
    """
    from pipelines.risk.scoring import score_stays  # noqa: PLC0415 - scikit-learn's import costs seconds

    scored = score_stays(load_settings())
    console.print(
        f"scored {scored.stays:,} stays; new {scored.new:,}, retired {scored.retired:,}"
    )


@app.command("show")
def show() -> None:
    """Print the scorecard of the newest model.

    Example: ehr risk show
    """
    from pipelines.risk.registry import newest_scorecard  # noqa: PLC0415 - psycopg's import costs 0.1 s

    model = newest_scorecard(load_settings())
    if model is None:
        console.print(NO_MODEL)
        raise typer.Exit(1)
    table = Table("measure", "value", "95 % interval", title=model.title)
    for name, value in model.measures.items():
        low, high = model.intervals.get(name, (None, None))
        interval = "" if low is None else f"{low:.3f} to {high:.3f}"
        table.add_row(name, f"{value:.4g}", interval)
    groups = Table("group", "stays", "readmissions", "AUROC", title="By group")
    for each in model.subgroups:
        numbers = [each.get(name) for name in ("n", "events", "auroc")]
        told = [each["judgement"], "", ""] if "judgement" in each else _told(numbers)
        groups.add_row(f"{each['group']} {each['value']}", *told)
    console.print(table, groups)
    console.print(f"shown to people: {model.why_not_shown or 'yes'}")


def _told(numbers: list[float]) -> list[str]:
    stays, events, auroc = numbers
    return [f"{stays:,}", f"{events:,}", f"{auroc:.3f}"]
