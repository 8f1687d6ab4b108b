"""Checks of the marts: what no constraint of PostgreSQL and no suite can tell.

A column's type, its constraints and its meaning stand in the mart's own yml, a feed's
rules in its suite. Here stands what is about several rows or several relations: keys
that name something, times within a life and a visit, shares, and what must come out the
same when it is worked out again. Nothing here reads a database.
"""
