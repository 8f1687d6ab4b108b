"""The pages know of the pipelines only what they may."""

import ast
from pathlib import Path

import pytest

DASHBOARDS = Path(__file__).parents[2] / "dashboards"
ALLOWED = (
    "pipelines.access",
    "pipelines.record.actions",
    "pipelines.settings",
)


def imports_of(path: Path) -> set[str]:
    """Return the modules that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    from_imports = {n.module for n in nodes if isinstance(n, ast.ImportFrom)}
    plain = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    return {module for module in from_imports | plain if module}


@pytest.mark.parametrize(
    "path", sorted(DASHBOARDS.rglob("*.py")), ids=lambda path: path.name
)
def test_a_page_imports_only_access_and_actions(path: Path) -> None:
    foreign = {
        module
        for module in imports_of(path)
        if module.split(".")[0] in {"pipelines", "models", "expectations", "psycopg"}
        and not module.startswith(ALLOWED)
    }

    assert foreign == set()


def test_no_page_puts_html_of_its_own_on_the_screen() -> None:
    guilty = [
        path.name
        for path in DASHBOARDS.rglob("*.py")
        if "unsafe_allow_html" in path.read_text()
        or "components.v1" in path.read_text()
    ]

    assert guilty == []


def test_nothing_read_for_one_person_is_cached_for_all() -> None:
    guilty = [
        path.name
        for path in DASHBOARDS.rglob("*.py")
        if "cache_data" in path.read_text() or "cache_resource" in path.read_text()
    ]

    assert guilty == []
