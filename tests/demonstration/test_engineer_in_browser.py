"""Dagster in a browser: engineers run, data quality looks on, others may not."""

import json
from datetime import UTC, datetime

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from pipelines.access.people import PersonRole
from pipelines.access.rule_words import words_of
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.record.actions.keeping_contacts import add_contact
from pipelines.settings import Settings
from tests.clinicians.filling_in import click, found, select
from tests.demonstration.chromium import (
    OVERFLOW,
    awaited,
    enter,
    failures_on,
    go_to,
    see,
    settle,
    words_on,
)
from tests.demonstration.people import events_of
from tests.demonstration.way_back import asked, person, somebody, waited

JOB = "review_audit"
# As Dagster's own pages start a run: its script in the browser asks by GraphQL.
LAUNCH = """
    const done = arguments[arguments.length - 1];
    fetch('/graphql', {
        method: 'POST',
        headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({query: arguments[0]}),
    }).then(answer => answer.text()).then(done, problem => done(String(problem)));
"""
RUN = """
    mutation {{ launchRun(executionParams: {{
        selector: {{
            repositoryLocationName: "{location}", repositoryName: "{repository}",
            jobName: "{job}"
        }}
    }}) {{ __typename ... on LaunchRunSuccess {{ run {{ runId }} }} }} }}
"""
PLACES = """
    { repositoriesOrError { ... on RepositoryConnection {
        nodes { name location { name } }
    } } }
"""
STATUS = '{{ runOrError(runId: "{run}") {{ ... on Run {{ status }} }} }}'
REFUSED = "select feed, rules from quarantine.row where feed is not null limit 1"
MASKED = "••••"
SHOW_LINE = "//button[contains(., 'Show the whole line')]"

BROUGHT_BACK = """
    select 1 from marts.dim_contacts where patient_key = %s and known_from >= %s
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def _one_run(installation: Settings) -> None:
    """Let somebody write something: the run that brings it back is there to see."""
    registrar = person(installation, PersonRole.REGISTRAR)
    key, begun = somebody(installation).patient_key, datetime.now(UTC)
    friend = {
        "contact_name": "Sam Rowan",
        "relationship_code": "friend",
        "phone": "+1 555 0100",
    }
    add_contact(installation, registrar, key, values=friend)
    waited(lambda: asked(installation, BROUGHT_BACK, key, begun))


@pytest.fixture
def engineer(browser: WebDriver, address: str) -> WebDriver:
    """Return an engineer's browser on Dagster's pages."""
    enter(browser, address, PersonRole.ENGINEER)
    browser.get(f"{address}/dagster/runs")
    awaited(browser, "a[href*='/runs/']")
    return browser


@pytest.fixture
def quality(browser: WebDriver, address: str) -> WebDriver:
    """Return the browser of data quality."""
    enter(browser, address, PersonRole.QUALITY)
    return browser


def asked_in(browser: WebDriver, query: str) -> dict:
    """Return what Dagster answers to the page that is open."""
    return json.loads(browser.execute_async_script(LAUNCH, query))


def run_of(browser: WebDriver) -> str:
    """Return the mutation that starts a small job."""
    answer = asked_in(browser, PLACES)["data"]["repositoriesOrError"]
    (node,) = answer["nodes"]
    return RUN.format(
        location=node["location"]["name"], repository=node["name"], job=JOB
    )


def test_an_engineer_sees_runs_and_starts_one(engineer: WebDriver) -> None:
    see(engineer, "write_back")
    started = asked_in(engineer, run_of(engineer))["data"]["launchRun"]
    assert started["__typename"] == "LaunchRunSuccess"
    run = started["run"]["runId"]

    def ended() -> list[tuple]:
        answer = asked_in(engineer, STATUS.format(run=run))["data"]["runOrError"]
        assert answer["status"] not in {"FAILURE", "CANCELED"}
        return [(run,)] if answer["status"] == "SUCCESS" else []

    assert waited(ended)
    engineer.refresh()
    see(engineer, JOB)


def test_data_quality_sees_runs_and_starts_none(
    quality: WebDriver, address: str
) -> None:
    quality.get(f"{address}/dagster/runs")
    awaited(quality, "a[href*='/runs/']")
    see(quality, "write_back")

    answer = quality.execute_async_script(LAUNCH, run_of(quality))
    assert answer == "for engineers only"


@pytest.mark.parametrize("role", [PersonRole.RESEARCHER, PersonRole.DOCTOR])
def test_nobody_else_sees_dagsters_pages(
    role: PersonRole, browser: WebDriver, address: str
) -> None:
    enter(browser, address, role)
    browser.get(f"{address}/dagster/runs")

    see(browser, "for engineers only")


def test_data_quality_triages_a_refused_row_and_reads_its_line_for_a_reason(
    installation: Settings, quality: WebDriver
) -> None:
    begun = datetime.now(UTC)
    with connect(installation, Role.OWNER) as owner:
        feed, rules = owner.execute(REFUSED).fetchone()
    go_to(quality, "/refused_rows")
    see(quality, "Refused rows")
    settle(quality)
    words = words_of(rules.split(", ")[0], feed).broken
    select(quality, "Reason", words)
    see(quality, "the latest first")
    settle(quality)
    before = words_on(quality)
    assert words in before
    assert MASKED in before
    click(quality, found(quality, SHOW_LINE, "way to a whole line"))
    field = awaited(quality, "[data-testid=stPopoverBody] input")
    field.send_keys("the sender asks which row it is")
    click(quality, quality.find_element(By.XPATH, "//button[contains(., 'Show it')]"))
    see(quality, "Recorded in the audit.")

    (line,) = [
        each.text
        for each in quality.find_elements(
            By.CSS_SELECTOR, "[data-testid=stPopoverBody] code"
        )
    ]
    assert line
    assert line not in before
    assert quality.execute_script(OVERFLOW) <= 0
    assert failures_on(quality) == []
    assert "unmask" in {a for a, *_ in events_of(installation, "quality", begun)}
