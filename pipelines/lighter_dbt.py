"""What dbt does again and again in a build that nobody needs: most of a build's time.

dbt has no setting that leaves any of it out. Each part here replaces a function of the
pinned dbt by one that gives the same, made once. A full build of 40 patients took 36 s
of processor time in dbt and 18 s in PostgreSQL, and takes 17 s and 12 s.

- Events of statements: they are of dbt's debug log, which is not written, as it would
  quote rows.
- Types of columns of answers: each answer of the database makes a reader of dates in
  every language's words for itself.
- Names that a macro may use: every small question to the database (is the table there,
  what are its columns) makes all 900 of them anew.
- Looking a relation up: it reads the whole list of known ones, though that has a key.
- Sessions: each model and each test has one of its own, with its password's proof, a
  process of the server's, and all that this learns about tables.
- Who declares a setting of behaviour: each command looks for the file of every module
  of this process, up to 3 s where thousands are loaded. It is always the adapter.
- Looks for circles of objects that nobody holds: Python has one whenever 700 were made,
  and beside all that dbt and Dagster hold that is a tenth of the time.
"""

import gc
from collections.abc import Callable, Iterable
from functools import cache, wraps
from threading import get_ident
from typing import TYPE_CHECKING, Any

import psycopg2
import psycopg2.extensions

if TYPE_CHECKING:
    from agate import TypeTester
    from dbt.adapters.base import BaseAdapter, BaseConnectionManager, BaseRelation

MakeNames = Callable[..., dict[str, Any]]
OBJECTS_BETWEEN_LOOKS = (50_000, 20, 100)


@cache
def lighten_dbt() -> None:
    """Leave out of dbt, in this process, what is described above."""
    _leave_statements_untold()
    _keep_types_of_columns()
    _keep_names_of_macros()
    _look_relations_up_by_key()
    _keep_sessions()
    _name_who_declares_behaviour()
    gc.set_threshold(*OBJECTS_BETWEEN_LOOKS)


def _leave_statements_untold() -> None:
    """Make no events of statements, connections and the cache."""
    from dbt.adapters.events import types  # noqa: PLC0415 - dbt's import costs 4 s
    from dbt_common.events.base_types import DebugLevel  # noqa: PLC0415 - likewise
    from dbt_common.events.event_manager import EventManager  # noqa: PLC0415 - likewise

    untold = {
        each
        for each in vars(types).values()
        if isinstance(each, type)
        and issubclass(each, DebugLevel)
        and each.__module__ == types.__name__
    }
    tell = EventManager.fire_event

    def tell_others(manager: EventManager, event: object, **how: object) -> None:
        if type(event) not in untold:
            tell(manager, event, **how)

    for each in untold:
        each.__init__ = _is_empty
    EventManager.fire_event = tell_others


def _is_empty(_event: object, **_told: object) -> None:
    """Stand for the beginning of an event: what it would tell is not kept."""


def _keep_types_of_columns() -> None:
    """Make the types that a column of an answer may have once, not with each answer.

    A type holds nothing of the values that it reads.
    """
    from agate import TypeTester  # noqa: PLC0415 - dbt's import costs 4 s
    from dbt_common.clients import agate_helper  # noqa: PLC0415 - likewise

    build = agate_helper.build_type_tester

    @cache
    def kept(nulls: tuple[str, ...]) -> "TypeTester":
        return build(("text",), nulls)

    @wraps(build)
    def build_of_kept(
        text_columns: Iterable[str], string_null_values: Iterable[str] = ("null", "")
    ) -> "TypeTester":
        made = kept(tuple(string_null_values))
        # What it was made of is told by nothing that is public.
        types, texts = made._possible_types, made._force  # noqa: SLF001
        return TypeTester(force=dict.fromkeys(text_columns, texts["text"]), types=types)

    agate_helper.build_type_tester = build_of_kept
    # Of a statement that answers nothing; a table of agate's cannot be changed.
    agate_helper.empty_table = cache(agate_helper.empty_table)


def _keep_names_of_macros() -> None:
    """Make the names that a macro may use once for each thread, not with each call.

    A thread runs one macro at a time, and what it asked before is read before it asks
    again, so it may find its names as the last call left them.
    """
    from dbt.adapters.base import BaseAdapter  # noqa: PLC0415 - dbt's import costs 4 s

    take = BaseAdapter.set_macro_context_generator

    def take_keeping(adapter: "BaseAdapter", make: MakeNames) -> None:
        take(adapter, _kept_by_thread(make))

    BaseAdapter.set_macro_context_generator = take_keeping


def _kept_by_thread(make: MakeNames) -> MakeNames:
    """Return what gives names as ``make`` does, made once for a thread and macro."""
    made: dict[tuple[int, str, str | None], dict[str, Any]] = {}

    def names(
        macro: Any, config: Any, manifest: Any, package: str | None
    ) -> dict[str, Any]:
        key = (get_ident(), macro.unique_id, package)
        if key not in made:
            made[key] = make(macro, config, manifest, package)
        return made[key]

    return names


def _look_relations_up_by_key() -> None:
    """Look for a relation under its key, where its schema has been read."""
    from dbt.adapters.base import BaseAdapter  # noqa: PLC0415 - dbt's import costs 4 s
    from dbt.adapters.reference_keys import (  # noqa: PLC0415 - likewise
        _ReferenceKey,
        lowercase,
    )

    look_through_all = BaseAdapter.get_relation

    @wraps(look_through_all)
    def look_up(
        adapter: "BaseAdapter", database: str, schema: str, identifier: str
    ) -> "BaseRelation | None":
        if (database, schema) not in adapter.cache:
            return look_through_all(adapter, database, schema, identifier)
        names = (database, schema, identifier)
        kept = adapter.cache.relations.get(_ReferenceKey(*map(lowercase, names)))
        # dbt's own comparison refuses a name that differs by upper and lower case.
        found = adapter._make_match([kept.inner], *names) if kept else []  # noqa: SLF001
        return found[0] if found else None

    BaseAdapter.get_relation = look_up


def _keep_sessions() -> None:
    """Let each thread keep its session until the command ends, emptied after each node.

    ``discard all`` leaves what a new session would have: no settings, no temporary
    tables, no locks. A session that cannot be emptied is closed, as dbt does with all.
    """
    from dbt.adapters.base.connections import (  # noqa: PLC0415 - dbt costs 4 s
        BaseConnectionManager,
    )

    close = BaseConnectionManager.release

    def release(manager: "BaseConnectionManager") -> None:
        connection = manager.get_if_exists()
        if connection is None or connection.state != "open":
            close(manager)
            return
        try:
            empty_session(connection.handle)
            connection.transaction_open = False
        except psycopg2.Error:
            close(manager)

    BaseConnectionManager.release = release


def _name_who_declares_behaviour() -> None:
    """Name the adapter as the module that declares settings of behaviour."""
    from dbt.adapters.base import BaseAdapter  # noqa: PLC0415 - dbt's import costs 4 s
    from dbt_common.behavior_flags import BehaviorFlagRendered  # noqa: PLC0415

    declared_by = staticmethod(lambda: BaseAdapter.__module__)
    BehaviorFlagRendered._default_source = declared_by  # noqa: SLF001


def empty_session(session: "psycopg2.extensions.connection") -> None:
    """Leave a session as a new one would be.

    Raises:
        psycopg2.Error: it has ended.
    """
    session.rollback()
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute("discard all")
    session.autocommit = False
