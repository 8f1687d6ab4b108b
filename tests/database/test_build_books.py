"""How much a build has to build, and what it leaves for the next."""

import threading
from collections.abc import Iterator

import pytest

from pipelines.build_books import Scope
from pipelines.building import BuildError, building
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.settings import Settings
from pipelines.terminology.loading import load_code_titles

PATIENT = "insert into raw.touched_patients (patient_key, delivery_id) values (%s, %s)"
FEED = "insert into raw.touched_feeds (feed, delivery_id) values (%s, %s)"
SOURCE = "insert into raw.source values ('s', 'csv', %s, '2110-05-01')"
STOPPED = "stopped on purpose"


@pytest.fixture
def books(installation: Settings) -> Settings:
    """Return an installation whose marts were built in full, and nothing came since."""
    execute(
        installation,
        "truncate raw.touched_patients, raw.touched_feeds, raw.building_patients, "
        "raw.build, raw.source_as_of",
        "delete from raw.source",
    )
    with connect(installation, Role.BUILDER) as connection:
        load_code_titles(connection)  # else the first build takes seconds to begin
    build(installation, Scope.USUAL)
    return installation


def execute(settings: Settings, *statements: str) -> None:
    with connect(settings, Role.OWNER) as owner:
        for statement in statements:
            owner.execute(statement)


def land(settings: Settings, delivery: int, *feeds: str, patient: int = 11) -> None:
    """Enter what a load enters for the next build."""
    with connect(settings, Role.LOADER) as loader:
        loader.execute(PATIENT, (patient, delivery))
        for feed in feeds:
            loader.execute(FEED, (feed, delivery))


def build(
    settings: Settings, scope: Scope, *, fails: bool = False
) -> tuple[Scope, tuple[str, ...]]:
    """Build nothing, as a build does; return how much it had to build."""
    with building(settings, scope) as begun:
        if fails:
            raise BuildError(STOPPED)
        begun.succeed()
    return begun.scope, begun.feeds


def waiting_feeds(settings: Settings) -> list[str]:
    with connect(settings, Role.OWNER) as owner:
        found = owner.execute("select feed from raw.touched_feeds order by touch_id")
        return [feed for (feed,) in found]


def test_the_first_build_is_a_full_one_whatever_was_wanted(books: Settings) -> None:
    execute(books, "truncate raw.build")

    assert build(books, Scope.NEWS) == (Scope.FULL, ())


def test_the_news_are_the_feeds_that_landed_since(books: Settings) -> None:
    land(books, 1, "acknowledgements")
    land(books, 2, "lab_results", "acknowledgements", patient=12)

    assert build(books, Scope.NEWS) == (Scope.NEWS, ("lab_results", "acknowledgements"))
    assert waiting_feeds(books) == []


def test_without_news_there_is_nothing_to_do(books: Settings) -> None:
    with building(books, Scope.NEWS) as begun:
        assert begun.has_nothing_to_do
    with building(books, Scope.USUAL) as begun:
        assert not begun.has_nothing_to_do


def test_a_feed_that_no_model_can_read_is_no_news(books: Settings) -> None:
    land(books, 1, "identity_statements")

    assert build(books, Scope.NEWS) == (Scope.NEWS, ())
    assert waiting_feeds(books) == []


def test_what_a_failed_build_was_to_build_the_next_one_builds_too(
    books: Settings,
) -> None:
    land(books, 1, "conditions")
    with pytest.raises(BuildError):
        build(books, Scope.NEWS, fails=True)
    land(books, 2, "acknowledgements")

    _, feeds = build(books, Scope.NEWS)

    assert set(feeds) == {"conditions", "acknowledgements"}


def test_patients_of_whom_nobody_says_what_changed_are_built_as_usual(
    books: Settings,
) -> None:
    land(books, 1, "acknowledgements")
    land(books, 2)

    assert build(books, Scope.NEWS) == (Scope.USUAL, ())


def test_a_project_that_changed_is_built_in_full(books: Settings) -> None:
    execute(books, "update raw.build set project_digest = 'of another time'")
    land(books, 1, "acknowledgements")

    assert build(books, Scope.NEWS) == (Scope.FULL, ())


@pytest.mark.parametrize("is_historical", [True, False])
def test_a_historical_today_that_moved_moves_every_mart(
    books: Settings, *, is_historical: bool
) -> None:
    with connect(books, Role.OWNER) as owner:
        owner.execute(SOURCE, (is_historical,))
    build(books, Scope.USUAL)
    execute(books, "update raw.source set last_event_at = '2110-05-02'")
    land(books, 1, "acknowledgements")
    with pytest.raises(BuildError):
        build(books, Scope.NEWS, fails=True)

    scope, _ = build(books, Scope.NEWS)  # the failed build has not made it good

    assert scope is (Scope.USUAL if is_historical else Scope.NEWS)
    land(books, 2, "acknowledgements")
    assert build(books, Scope.NEWS) == (Scope.NEWS, ("acknowledgements",))


def test_the_feed_of_a_load_that_commits_late_is_never_cleared_unbuilt(
    books: Settings,
) -> None:
    built: list[str] = []

    def build_once() -> None:
        built.extend(build(books, Scope.NEWS)[1])

    with connect(books, Role.LOADER) as late:
        late.execute(FEED, ("conditions", 1))  # takes the lower number, commits last
        land(books, 2, "acknowledgements")
        thread = threading.Thread(target=build_once)
        thread.start()
        thread.join(timeout=1)
        assert built == []
    thread.join()

    assert set(built) == {"conditions", "acknowledgements"}
    assert waiting_feeds(books) == []


def test_each_feed_with_news_selects_its_readers_alone(books: Settings) -> None:
    land(books, 1, "lab_results", "acknowledgements")

    with building(books, Scope.NEWS) as begun:
        selection = begun.selection

    chosen = selection[1 : selection.index("--exclude")]
    assert all("," in each for each in chosen)  # a comma: both must hold
    assert {each.partition(",")[0] for each in chosen} == {
        "source:persons.lab_results+",
        "source:persons.acknowledgements+",
    }


@pytest.fixture
def listed(books: Settings) -> Iterator[Settings]:
    """Yield the installation with a list of texts in which one was read before."""
    with connect(books, Role.BUILDER) as builder:
        builder.execute("create table intermediate.int_sig_texts (sig_text text)")
        builder.execute("insert into intermediate.int_sig_texts values ('daily')")
    yield books
    with connect(books, Role.BUILDER) as builder:
        builder.execute("drop table intermediate.int_sig_texts")


def texts(settings: Settings) -> int:
    with connect(settings, Role.BUILDER) as builder:
        found = builder.execute("select count(*) from intermediate.int_sig_texts")
        return found.fetchone()[0]


def test_after_deliveries_a_list_of_texts_goes_on(listed: Settings) -> None:
    land(listed, 1, "prescriptions")

    build(listed, Scope.NEWS)

    assert texts(listed) == 1


def test_after_an_erasure_every_list_of_texts_begins_anew(listed: Settings) -> None:
    land(listed, 1, "prescriptions")
    land(listed, 0, "prescriptions", "dispenses")

    build(listed, Scope.NEWS)

    assert texts(listed) == 0
