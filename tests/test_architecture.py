"""Who may know whom, and what every part says of itself."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[1]
OWN = ("pipelines", "dashboards", "expectations", "models", "benchmarks", "tests")
# What a package of ours may import of ours, besides itself.
ALLOWED = {
    "pipelines": ("models", "expectations"),
    # A page reads through access, writes through the actions of record, and asks the
    # settings alone whether this installation is a demonstration. What is printed is
    # made of rows that the page has read.
    "dashboards": (
        "pipelines.access",
        "pipelines.record.actions",
        "pipelines.record.permissions",
        "pipelines.reports",
        "pipelines.settings",
    ),
    "expectations": (),
    "models": (),
}
MODULES = [
    path
    for package in ALLOWED
    for path in sorted((PROJECT / package).rglob("*.py"))
    if "__pycache__" not in path.parts
]
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
DOCUMENTS = [
    *PROJECT.glob("*.md"),
    *(PROJECT / "docs").rglob("*.md"),
    *PROJECT.glob(".env.example"),
]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)")
PATH_OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:work|home|root|Users|mnt)/")
TESTS = sorted((PROJECT / "tests").rglob("*.py"))
CLOCKS = {"now", "today", "ago", "ahead", "from_now"}
MARTS = sorted((PROJECT / "dbt_project" / "models" / "marts").rglob("*.sql"))


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, by their full names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def foreign(package: str, modules: set[str]) -> set[str]:
    """Return modules of ours that a package may not import."""
    may = (package, *ALLOWED[package])
    return {
        module
        for module in modules
        if module.split(".")[0] in OWN
        and not any(f"{module}.".startswith(f"{each}.") for each in may)
    }


def of_project(path: Path) -> str:
    """Return a file's path inside the project, as the name of a case."""
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", MODULES, ids=of_project)
def test_a_module_imports_only_what_its_package_may_know(path: Path) -> None:
    package = path.relative_to(PROJECT).parts[0]

    assert foreign(package, imported(path)) == set()


def test_an_import_across_the_border_would_be_seen() -> None:
    assert foreign("dashboards", {"pipelines.landing.loading.load"})
    assert foreign("expectations", {"pipelines.feeds.catalogue"})
    assert foreign("models", {"expectations.rules"})
    assert not foreign("pipelines", {"expectations.runner.Evaluation", "polars"})


def test_no_module_is_named_after_nothing_in_particular() -> None:
    assert [of_project(path) for path in MODULES if path.stem in VAGUE] == []


def called_when_read(node: ast.AST) -> set[str]:
    """Return what is called while a module is read: not what its functions call."""
    if isinstance(node, ast.FunctionDef):
        parts = [*node.decorator_list, node.args]
    elif isinstance(node, ast.Lambda):
        parts = [node.args]
    else:
        parts = list(ast.iter_child_nodes(node))
    called = set().union(*map(called_when_read, parts))
    if isinstance(node, ast.Call):
        called.add(ast.unparse(node.func).rpartition(".")[2])
    return called


@pytest.mark.parametrize("path", TESTS, ids=of_project)
def test_no_test_reads_the_clock_before_it_runs(path: Path) -> None:
    """A module is read an hour before some of its tests run: see tests/clock.py."""
    assert called_when_read(ast.parse(path.read_text())) & CLOCKS == set()


def test_a_clock_read_too_early_would_be_seen() -> None:
    for early in ("AT = datetime.now(UTC)", "@case(ago(days=1))\ndef test(): ..."):
        assert called_when_read(ast.parse(early)) & CLOCKS
    assert not called_when_read(ast.parse("def test():\n    ago(days=1)")) & CLOCKS


def test_the_settings_file_names_every_setting_and_no_other() -> None:
    from pipelines.settings import Settings  # noqa: PLC0415 - of one test only

    example = (PROJECT / ".env.example").read_text()
    named = set(re.findall(r"^# (EHR_[A-Z_]+)=", example, re.MULTILINE))

    assert named == {f"EHR_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("path", DOCUMENTS, ids=of_project)
def test_a_document_leads_to_nothing_outside_the_project(path: Path) -> None:
    text = path.read_text()
    targets = [link for link in LINK.findall(text) if "://" not in link]

    assert PATH_OF_A_MACHINE.findall(text) == []
    assert [link for link in targets if not (path.parent / link).exists()] == []
    assert [
        link
        for link in targets
        if not (path.parent / link).resolve().is_relative_to(PROJECT)
    ] == []


@pytest.mark.parametrize("path", MARTS, ids=lambda path: path.stem)
def test_a_mart_and_all_its_columns_are_described(path: Path) -> None:
    (model,) = yaml.safe_load(path.with_suffix(".yml").read_text())["models"]

    undescribed = [
        column["name"] for column in model["columns"] if not column.get("description")
    ]
    assert model["name"] == path.stem
    assert model["description"].strip()
    assert undescribed == []


def test_the_command_line_needs_no_setting_to_be_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import pipelines.cli"],
        cwd=PROJECT,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
