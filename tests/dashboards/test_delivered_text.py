"""Delivered text is shown as it is: no picture is fetched, no sign is swallowed."""

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.chart import header, patient_list, problems
from dashboards.chart.vital_signs import _show_sign
from dashboards.chart.words import plain
from dashboards.risk.section import show_risk
from dashboards.worklist import words
from pipelines.access.identity import Identity
from tests.dashboards.test_risk import RISK

PICTURE = "![x](http://evil.example/p.png)"
WHEN = pd.Timestamp("2026-06-01")


def markdown_of(show: Callable[..., None], **arguments: object) -> str:
    """Return all text that a part of a page hands to Streamlit's Markdown."""

    def script(show: object, arguments: dict) -> None:
        show(**arguments)

    page = AppTest.from_function(script, args=(show, arguments)).run()
    assert not page.exception
    texts = [*page.markdown, *page.title, *page.caption, *page.error]
    return "\n".join([text.value for text in texts] + [b.label for b in page.button])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (PICTURE, r"!\[x\](http:" + "\u2060//evil.example/p.png)"),
        ("https://evil.example", "https:\u2060//evil.example"),
        (":material/delete: :smile:", ":\u2060material/delete: :\u2060smile:"),
        (":+1: :-1: :100:", ":\u2060+1: :\u2060-1: :\u2060100:"),
        ("12:30, 07:05:59, ratio 1:80", "12:30, 07:05:59, ratio 1:80"),
        ("Note: see below", "Note: see below"),
        ("5~10~ *sic* $3$ a_b `c` \\", r"5\~10\~ \*sic\* \$3\$ a\_b \`c\` " + "\\\\"),
        ("two\nlines", "two lines"),
        ("Potassium (serum) <3.5 mmol/L", "Potassium (serum) <3.5 mmol/L"),
    ],
)
def test_text_stays_text(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_problem_or_an_allergy_loads_no_picture() -> None:
    condition = pd.DataFrame(
        {
            "condition_name": [PICTURE],
            "condition_code": ["1"],
            "is_active": [True],
            "started_at": [WHEN],
            "ended_at": [pd.NaT],
        }
    )
    allergy = pd.DataFrame(
        {
            "substance_name": [PICTURE],
            "reaction_1_name": [None],
            "reaction_1_severity_code": [None],
            "reaction_2_name": [None],
            "reaction_2_severity_code": [None],
            "is_active": [True],
        }
    )

    shown = markdown_of(problems.show_problems, problems=condition)
    shown += markdown_of(problems.show_allergies, allergies=allergy)

    assert shown.count(r"\[x\](http") == 2
    assert "![x]" not in shown


def test_a_vital_sign_loads_no_picture() -> None:
    sign = pd.DataFrame(
        {
            "vital_sign_name": [PICTURE],
            "value_number": [1.0],
            "unit": ["[x](http://evil.example)"],
            "measured_at": [WHEN],
            "measured_text": ["today"],
        }
    )

    shown = markdown_of(_show_sign, name=PICTURE, values=sign, period=(WHEN, WHEN))

    assert "![x]" not in shown
    assert "[x](" not in shown.replace(r"\[x\](", "")


@pytest.mark.parametrize("module", [header, patient_list])
def test_names_are_shown_plain(module: object) -> None:
    assert module.plain is plain


def test_a_row_of_the_worklist_loads_no_picture() -> None:
    row = pd.Series(
        {
            "test_name": PICTURE,
            "specimen_name": PICTURE,
            "value_text": PICTURE,
            "number_or_bound": None,
            "comparator": None,
            "unit": PICTURE,
            "finding_flag": "ABNORMAL",
            "flag_source": "laboratory",
            "range_low": None,
            "range_high": None,
            "result_status_code": "final",
            "collected_at": WHEN,
            "practitioner_name": PICTURE,
            "novelty_code": "changed",
            "previous_value_text": PICTURE,
            "previous_unit": "mmol/L",
            "comment_text": PICTURE,
            "organism_name": None,
            "previous_flag": "HIGH",
            "previous_collected_at": WHEN,
            "latest_value_text": PICTURE,
            "latest_unit": PICTURE,
            "latest_flag": "HIGH",
            "latest_collected_at": WHEN + pd.Timedelta(days=1),
            "sex_code": "female",
            "is_deceased": False,
            "birth_date": None,
            "as_of": WHEN,
            "is_own": False,
        }
    )
    who = Identity(PICTURE, PICTURE, PICTURE)
    findings = pd.DataFrame([row, row])

    shown = "\n".join(
        [
            words.patient_text(row, who, is_own_told=True),
            words.finding_text(row),
            words.finding_text(pd.Series({**row, "organism_name": PICTURE})),
            words.facts_text(row),
            words.why_text(row),
            words.comment_text(row),
            words.findings_text(findings),
        ]
    )

    assert shown.count(r"\[x\](http") == shown.count("http") > 10
    assert "![x]" not in shown


def test_a_reason_of_a_risk_loads_no_picture() -> None:
    risk = pd.DataFrame([RISK | {"reason_1_name": PICTURE, "reason_1_value": PICTURE}])

    shown = markdown_of(show_risk, risks=risk)

    assert shown.count(r"\[x\](http") == 2
    assert "![x]" not in shown
