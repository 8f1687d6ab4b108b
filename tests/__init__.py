"""Tests, by package; rules of single models are dbt unit tests beside them."""

import os

# Tests beside each other are told a width, which consoles keep once they are made.
os.environ.pop("COLUMNS", None)
