"""Results of a patient who wishes to be asked first: no value before a click."""

from streamlit.testing.v1 import AppTest


def page(is_asked_first: bool) -> None:  # noqa: FBT001 - an argument of a script
    """Show one result far outside its range."""
    import pandas as pd  # noqa: PLC0415 - the script runs by itself

    from dashboards.own_record.results import show_results  # noqa: PLC0415

    row = {
        "test_name": "Potassium",
        "is_test_explained": True,
        "test_explanation": "A salt.",
        "specimen_words": "in blood",
        "germ_name": None,
        "antibiotic_name": None,
        "comparator": None,
        "number_or_bound": 7.7,
        "value_words": None,
        "value_text": "7.7",
        "unit_words": "mmol per litre",
        "is_unit_explained": True,
        "range_low": 3.5,
        "range_high": 5.0,
        "range_words": None,
        "range_basis_code": "delivered",
        "judgement_code": "far_above",
        "susceptibility_code": None,
        "is_final": True,
        "is_corrected": False,
        "taken_at": pd.Timestamp("2026-02-01"),
    }
    show_results(pd.DataFrame([row]), is_asked_first=is_asked_first)


def said(app: AppTest) -> str:
    """Return all that the page says."""
    assert not app.exception
    kinds = ("markdown", "caption", "info", "warning")
    return "\n".join(each.value for kind in kinds for each in app.get(kind))


def test_nothing_of_a_value_shows_before_it_is_asked_for() -> None:
    app = AppTest.from_function(page, kwargs={"is_asked_first": True}).run()

    before = said(app)
    assert "Potassium" in before
    assert "7.7" not in before
    assert "far" not in before.replace("It is never", "")
    assert not app.warning
    app.button[0].click().run()
    assert "7.7" in said(app)
    assert app.warning


def test_without_the_wish_it_shows_at_once() -> None:
    app = AppTest.from_function(page, kwargs={"is_asked_first": False}).run()

    assert "7.7" in said(app)
    assert not [each for each in app.button if each.label == "Show it"]


def held_page(is_held: bool) -> None:  # noqa: FBT001 - an argument of a script
    """Show no result."""
    import pandas as pd  # noqa: PLC0415 - the script runs by itself

    from dashboards.own_record.results import show_results  # noqa: PLC0415

    show_results(pd.DataFrame(), is_held=is_held)


def test_where_results_are_released_later_nobody_is_told_that_there_is_none() -> None:
    held = said(AppTest.from_function(held_page, kwargs={"is_held": True}).run())
    at_once = said(AppTest.from_function(held_page, kwargs={"is_held": False}).run())

    assert "only some hours after they are ready" in held
    assert "whether you have such a result is not told" in held
    assert "No result has come in" not in held
    assert "No result has come in" in at_once
    assert "hours" not in at_once
