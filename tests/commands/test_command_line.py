"""Every command says what is wrong in one line, and shows how it is used."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import typer
from pydantic import ValidationError

from pipelines.cli import app
from pipelines.commands.failures import told
from pipelines.settings import PROJECT, Settings

EHR = Path(sys.executable).parent / "ehr"
QUOTING = "Failing row contains (Ann Miller, 1950)"
COMMANDS = [
    *(
        "up",
        "down",
        "status",
        "doctor",
        "load",
        "map",
        "run",
        "prove",
        "simulate",
        "demo",
    ),
    *(
        "quarantine replay",
        "quarantine release",
        "quarantine discard",
        "quarantine close",
        "quarantine correct",
        "psql",
        "user add",
        "user list",
        "user sql-login",
        "user second-factor",
        "user link",
        "audit verify",
        "audit export",
        "audit replay",
        "audit close-months",
        "audit staff-address",
        "backup drill",
        "backup holder",
        "backup list",
        "backup verify",
        "restore",
        "erase",
        "key rotate",
        "key status",
    ),
    *("limits propose", "risk train", "risk score", "risk show", "vectors", "listen"),
    *("report delivery", "report month"),
]


def run(home: Path, *arguments: str, mode: str = "test") -> subprocess.CompletedProcess:
    """Run the program itself, as a person would."""
    environment = {**os.environ, "EHR_HOME": str(home), "EHR_MODE": mode}
    environment.pop("EHR_DATABASE_URL", None)
    return subprocess.run(
        [EHR, *arguments],
        env={**environment, "COLUMNS": "200", "NO_COLOR": "1"},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_command_is_listed_here() -> None:
    group = typer.main.get_command(app)
    names = {
        f"{name} {below}".strip()
        for name, command in group.commands.items()
        for below in getattr(command, "commands", {"": None})
    }

    assert names == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_shows_an_example(ehr, command: str) -> None:
    result = ehr(*command.split(), "--help")

    assert result.exit_code == 0
    assert f"Example: ehr {command}" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["load", "nowhere"], "nowhere"),
        (["load", ".", "--format", "nonsense"], "no format 'nonsense'; there are"),
        (["load", "--template", "lab_result"], "did you mean lab_results"),
        (["load", ".", "--mapping", "nowhere.yaml"], "nowhere.yaml"),
        (["map", "nowhere"], "nowhere"),
        (["psql", "--as", "surgeon"], "no role named 'surgeon'; there are doctor"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_without_a_trace(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = run(tmp_path, *arguments)

    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.startswith("ehr: ")
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_debug_shows_the_trace(tmp_path: Path) -> None:
    done = run(tmp_path, "load", "--template", "nonsense", "--debug")

    assert "Traceback" in done.stderr
    assert "UnknownFeedError" in done.stderr


def test_load_without_a_path_says_what_to_name(tmp_path: Path) -> None:
    done = run(tmp_path, "load")

    assert done.returncode == 2
    assert "name a folder or a file, or --template FEED" in done.stderr


def test_psql_stays_shut_in_production(tmp_path: Path) -> None:
    done = run(tmp_path, "psql", "--as", "doctor", "-c", "select 1", mode="production")

    assert done.returncode == 1
    assert "needs EHR_MODE=demo or test" in done.stderr


def test_a_wrong_setting_is_named_without_its_value(tmp_path: Path) -> None:
    done = run(tmp_path, "status", mode="wide-open")

    assert done.returncode == 1
    assert "EHR_MODE" in done.stderr
    assert "wide-open" not in done.stderr


def test_a_driver_that_quotes_a_row_is_not_quoted() -> None:
    with pytest.raises(psycopg.Error) as caught:
        raise psycopg.errors.CheckViolation(QUOTING)

    assert "Miller" not in told(caught.value)
    assert "CheckViolation at" in told(caught.value)


def test_the_place_of_an_error_is_a_line_of_ours_and_not_of_python() -> None:
    module = PROJECT / "pipelines" / "made_up.py"
    ends_in_python = (
        "import contextlib\n"
        "with contextlib.ExitStack() as stack:\n"
        "    stack.callback(int, 'Miller')\n"
    )

    with pytest.raises(ValueError, match="Miller") as caught:
        exec(compile(ends_in_python, str(module), "exec"))  # noqa: S102 - the text above

    assert told(caught.value).startswith(f"ValueError at {module}:2;")


def test_a_setting_that_holds_a_password_is_not_quoted() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(mode="secret", _env_file=None)

    assert "secret" not in told(caught.value)
    assert "EHR_MODE" in told(caught.value)


def test_the_help_needs_none_of_the_slow_libraries() -> None:
    program = (
        "import sys, pipelines.cli; "
        "slow = {'polars', 'pandas', 'dbt', 'dagster', 'sqlalchemy', 'streamlit', "
        "'great_expectations'}; sys.exit(' '.join(slow & set(sys.modules)) or 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stderr.strip() == ""
