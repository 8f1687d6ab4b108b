"""Lists of what sources wrote, each text once: it may have been one patient's alone.

They know no patients, so that nobody can tell whose a text was. They are emptied, and
the build that follows reads them from everybody who is left.
"""

import psycopg
from psycopg import sql

LISTS_OF_TEXTS = (
    "int_drugs_as_delivered",
    "int_ingredients_as_delivered",
    "int_labels_of_drugs",
    "int_labels_of_reasons",
    "int_sig_texts",
)
IS_BUILT = "select to_regclass('intermediate.' || %s) is not null"


def empty_lists_of_texts(builder: psycopg.Connection) -> None:
    """Empty the lists that a build has made by now."""
    for name in LISTS_OF_TEXTS:
        (is_built,) = builder.execute(IS_BUILT, (name,)).fetchone()
        if is_built:
            table = sql.Identifier("intermediate", name)
            builder.execute(sql.SQL("delete from {}").format(table))
