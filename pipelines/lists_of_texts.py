"""Lists of what sources wrote, each text once; a build goes on from what it read.

They know no patients, so that nobody can tell whose a text was: it may have been that
of one who was erased. They are emptied as a build begins, and read from everybody who
is left, whenever somebody was touched by something else than a delivery.
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
# An erasure, a merge, a label: none of them has a delivery.
IS_TOUCHED_OTHERWISE = """
    select exists (select from raw.touched_patients where delivery_id = 0)
"""
IS_BUILT = "select to_regclass('intermediate.' || %s) is not null"


def empty_lists_of_texts(builder: psycopg.Connection) -> None:
    """Empty the lists that are there if the build that begins is not of deliveries."""
    (is_touched_otherwise,) = builder.execute(IS_TOUCHED_OTHERWISE).fetchone()
    if not is_touched_otherwise:
        return
    for name in LISTS_OF_TEXTS:
        (is_built,) = builder.execute(IS_BUILT, (name,)).fetchone()
        if is_built:
            table = sql.Identifier("intermediate", name)
            builder.execute(sql.SQL("delete from {}").format(table))
