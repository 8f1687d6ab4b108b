"""``ehr vectors``: golden vectors against the rules of this installation."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import load_settings
from pipelines.vectors.rules import installed_rules
from pipelines.vectors.running import Outcome, VectorError, run_file, second_files

console = Console()
MOST_SHOWN = 20


def vectors(
    folder: Annotated[Path, typer.Argument(help="Folder of csv files of cases.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Run cases with known answers by the rules that the marts are built with.

    A file is run by the rule of its name; see docs/vectors.md for the form of a file.

    Example: ehr vectors my_cases/
    """
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not files:
        msg = f"{folder} is no folder with csv files of cases"
        raise VectorError(msg)
    settings = load_settings()
    rules = installed_rules(settings)
    read_beside = set().union(*map(second_files, rules.values()))
    outcomes, without_rule = {}, []
    with connect(settings, Role.BUILDER, autocommit=True) as connection:
        for path in files:
            if path.stem in rules:
                outcomes[path.name] = run_file(connection, path, rules[path.stem])
            elif path.stem not in read_beside:
                without_rule.append(path.name)
    if as_json:
        _print_json(outcomes, without_rule)
    else:
        _print_table(outcomes, without_rule)
    if any(each.failed for each in outcomes.values()):
        raise typer.Exit(1)


def _print_json(outcomes: dict[str, Outcome], without_rule: list[str]) -> None:
    files = {
        name: {"passed": each.passed, "failed": each.failed}
        for name, each in outcomes.items()
    }
    said = {"files": files, "without_rule": without_rule}
    sys.stdout.write(json.dumps(said, indent=2) + "\n")


def _print_table(outcomes: dict[str, Outcome], without_rule: list[str]) -> None:
    table = Table("file", "passed", "failed")
    for name, each in outcomes.items():
        table.add_row(name, str(each.passed), str(each.failed))
    console.print(table)
    for name, each in outcomes.items():
        if each.problem:
            console.print(f"{name}: {each.problem}", markup=False)
        for wrong in each.differences[:MOST_SHOWN]:
            console.print(
                f"{name}, {wrong.case}: {wrong.column} is {wrong.found or 'nothing'}, "
                f"expected {wrong.expected or 'nothing'}",
                markup=False,
            )
    if without_rule:
        console.print(f"no rule answers: {', '.join(without_rule)}", markup=False)
