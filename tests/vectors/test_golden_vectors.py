"""Golden vectors by the rules that the marts are built with, in PostgreSQL.

The cases of the reference, and cases of our own at every boundary that those leave out.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from pipelines.building import run_dbt
from pipelines.cli import app
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from pipelines.vectors.rules import installed_rules
from pipelines.vectors.running import run_file
from tests.conftest import installation_with_marts

BOUNDARIES = Path(__file__).parent / "boundaries"
RULES = (
    "aki_kdigo_creatinine",
    "anion_gap",
    "bmi",
    "ckd_staging",
    "corrected_calcium",
    "ddi_check",
    "dose_change",
    "drug_era_expected",
    "egfr_ckdepi2021",
    "fib4",
    "lab_flag",
    "lab_value_parsing",
    "map",
    "mme",
    "news2",
    "pdc_expected",
    "refill_due",
    "unit_conversion",
)
LISTS = ("result_words", "lab_unit_conversions", "path:seeds/medicines")
WORDS = re.compile(r"'[^']*'")
COMPARISON = re.compile(r"(?<![<>=!|-])(<=|>=|<|>)(?=\s)")
MOVED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


@dataclass(frozen=True)
class Bench:
    """The rules of an installation, and a connection to run them."""

    settings: Settings
    rules: dict[str, str]
    connection: psycopg.Connection

    def failed(self, rule: str, folders: list[Path], query: str = "") -> int:
        """Return how many cases a rule, or another query in its place, fails."""
        paths = [folder / f"{rule}.csv" for folder in folders]
        return sum(
            run_file(self.connection, path, query or self.rules[rule]).failed
            for path in paths
            if path.exists()
        )


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Yield the rules of an installation that has its lists and nothing else."""
    for settings in installation_with_marts(tmp_path_factory.mktemp("vectors")):
        assert run_dbt(settings, "seed", "--select", *LISTS) == {}
        rules = ("int_interaction_pairs_graded", "int_interaction_rules")
        assert run_dbt(settings, "run", "--select", *rules) == {}
        with connect(settings, Role.BUILDER, autocommit=True) as connection:
            yield Bench(settings, installed_rules(settings), connection)


@pytest.fixture(scope="module")
def folders(shared_clinical: Path) -> list[Path]:
    """Return the folders of cases: the reference's, and ours."""
    return [shared_clinical / "vectors", BOUNDARIES]


def test_every_rule_is_tried(bench: Bench) -> None:
    assert set(bench.rules) == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_answers_every_case_as_expected(
    bench: Bench, folders: list[Path], rule: str
) -> None:
    outcomes = [
        run_file(bench.connection, folder / f"{rule}.csv", bench.rules[rule])
        for folder in folders
        if (folder / f"{rule}.csv").exists()
    ]

    assert [each.differences for each in outcomes if each.differences] == []
    assert [each.problem for each in outcomes if each.problem] == []
    assert sum(each.passed for each in outcomes) >= 10


@pytest.mark.parametrize("rule", RULES)
def test_every_boundary_that_is_moved_fails_a_case(
    bench: Bench, folders: list[Path], rule: str
) -> None:
    query = bench.rules[rule]
    without_words = WORDS.sub(lambda word: "'" * len(word.group()), query)
    survived = [
        (found.group(), query[max(0, found.start() - 60) : found.end() + 12])
        for found in COMPARISON.finditer(without_words)
        if not bench.failed(
            rule,
            folders,
            query[: found.start()] + MOVED[found.group()] + query[found.end() :],
        )
    ]

    assert survived == [], survived


@pytest.mark.parametrize(
    ("rule", "limit", "moved"),
    [
        ("drug_era_expected", "<= 30", "<= 31"),
        ("drug_era_expected", "<= 30", "<= 29"),
        ("pdc_expected", "* 80", "* 79"),
        ("pdc_expected", "* 80", "* 81"),
        ("pdc_expected", "<= 0", "<= 2"),
        ("pdc_expected", "<= 0", "<= -1"),
        ("mme", ">= 50", ">= 51"),
        ("mme", ">= 50", ">= 49"),
        ("mme", ">= 90", ">= 91"),
        ("mme", ">= 90", ">= 89"),
        ("refill_due", "days_late > grace_days", "days_late > grace_days + 1"),
        ("pdc_expected", 'case", ingredient\n', 'case"\n'),
    ],
)
def test_a_limit_of_medicines_that_is_moved_fails_a_case(
    bench: Bench, folders: list[Path], rule: str, limit: str, moved: str
) -> None:
    query = bench.rules[rule].replace(limit, moved)

    assert query != bench.rules[rule]
    assert bench.failed(rule, folders, query)


def test_binary_numbers_fail_a_case(bench: Bench, folders: list[Path]) -> None:
    rule = "aki_kdigo_creatinine"
    query = bench.rules[rule].replace("as numeric", "as double precision")

    assert query != bench.rules[rule]
    assert bench.failed(rule, folders, query)


@pytest.mark.parametrize("rule", ["ckd_staging", "bmi", "map"])
def test_rounding_halves_to_even_fails_a_case(
    bench: Bench, folders: list[Path], rule: str
) -> None:
    """PostgreSQL rounds a double's half to even, and a decimal's half up."""
    query = bench.rules[rule]
    whole = re.sub(r"round\((\w+)\)", r"round(\1::double precision)", query)
    tenths = re.sub(
        r"round\((\w+), 1\)", r"(round((\1 * 10)::double precision) / 10)", whole
    )

    assert tenths != query
    assert bench.failed(rule, folders, tenths)


def test_the_command_counts_per_file(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = list(csv.reader((BOUNDARIES / "map.csv").open()))
    rows[-1][rows[0].index("below_65")] = "2"
    with (tmp_path / "map.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    (tmp_path / "unheard_of.csv").write_text("id,expected\n1,1\n")
    monkeypatch.setenv("EHR_HOME", str(bench.settings.root))
    monkeypatch.setenv("EHR_MODE", "test")
    runner = CliRunner()

    said = runner.invoke(app, ["vectors", str(tmp_path), "--json"])
    shown = runner.invoke(app, ["vectors", str(tmp_path)])

    cases = len(rows) - 1
    assert said.exit_code == shown.exit_code == 1
    assert f'"map.csv": {{\n      "passed": {cases - 1},' in said.stdout
    assert '"failed": 1' in said.stdout
    assert "unheard_of.csv" in said.stdout
    assert "below_65 is nothing, expected 2" in shown.stdout


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "holds no case"),
        ("id,sbp,dbp\nM1,120\n", "fewer fields"),
        ("id,sbp\nM1,120\n", 'column "dbp" does not exist'),
        ("id,sbp,dbp,expected_map_4dp\nM1,high,80,93\n", "invalid input syntax"),
        ("id,sbp,dbp\nM1,120,80\n", ""),
    ],
)
def test_a_file_that_cannot_be_run_says_why_and_passes_nothing(
    bench: Bench, tmp_path: Path, content: str, problem: str
) -> None:
    path = tmp_path / "map.csv"
    path.write_text(content)
    outcome = run_file(bench.connection, path, bench.rules["map"])

    assert problem in outcome.problem
    assert (outcome.passed, outcome.failed) == (0, 1)


def test_an_answer_that_nobody_asked_for_fails(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text("id,sbp,dbp,below_65\nM1,120,80,0\n")
    query = "select 'M1' as id, 0 as below_65 union all select 'M2', 0"
    outcome = run_file(bench.connection, tmp_path / "map.csv", query)

    assert (outcome.passed, outcome.failed) == (1, 1)
    assert [each.expected for each in outcome.differences] == ["no answer"]


def test_the_second_file_of_a_pair_is_read_beside_the_first(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "pdc_expected.csv"
    path.write_bytes((BOUNDARIES / "pdc_expected.csv").read_bytes())
    outcome = run_file(bench.connection, path, bench.rules["pdc_expected"])

    assert (outcome.passed, outcome.failed) == (0, 1)
    assert "pdc_fills.csv cannot be read" in outcome.problem


def test_nothing_of_a_run_stays(bench: Bench, folders: list[Path]) -> None:
    bench.failed("map", folders)
    tables = "select count(*) from pg_class where relname = 'vector_rows'"

    assert bench.connection.execute(tables).fetchone() == (0,)
