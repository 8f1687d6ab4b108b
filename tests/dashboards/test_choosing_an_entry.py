"""An entry that was chosen stays chosen, also when a build takes it in meanwhile."""

from streamlit.testing.v1 import AppTest

from tests.dashboards.entering import PATIENCE


def page() -> None:
    """Let one of two entries be chosen, one of which waits for the marts."""
    from datetime import UTC, datetime  # noqa: PLC0415 - the script runs by itself
    from uuid import UUID  # noqa: PLC0415

    import streamlit as st  # noqa: PLC0415

    from dashboards.writing.parts import choose_entry  # noqa: PLC0415
    from pipelines.record.actions.entry import Entry  # noqa: PLC0415

    entries = [
        Entry(
            feed="claims",
            record_id=name,
            version_id=UUID(int=number),
            patient_key=1,
            values={},
            is_entered_in_error=False,
            changed_by_user_id="billing",
            changed_by_name="Billing",
            changed_by_role_code="billing",
            change_reason_text="",
            changed_at=datetime(2026, 1, number, tzinfo=UTC),
            is_pending=st.session_state.get("is_pending", True) and name == "second",
        )
        for number, name in enumerate(("first", "second"), start=1)
    ]
    chosen = choose_entry("Which one", entries, "key", lambda each: each.record_id)
    st.markdown(f"chosen: {chosen and chosen.record_id}")


def said(app: AppTest) -> str:
    """Return what the page says."""
    assert not app.exception
    return "\n".join(str(each.value) for each in (*app.markdown, *app.caption))


def test_a_build_does_not_take_the_choice_away() -> None:
    app = AppTest.from_function(page, default_timeout=PATIENCE).run()
    app = app.selectbox[0].select("second").run()
    assert "chosen: second" in said(app)
    assert "Being processed." in said(app)

    app.session_state["is_pending"] = False
    app = app.run()

    assert "chosen: second" in said(app)
    assert "Being processed." not in said(app)


def test_the_options_say_nothing_that_a_build_changes() -> None:
    app = AppTest.from_function(page, default_timeout=PATIENCE).run()
    before = list(app.selectbox[0].options)

    app.session_state["is_pending"] = False

    assert list(app.run().selectbox[0].options) == before == ["second", "first"]
