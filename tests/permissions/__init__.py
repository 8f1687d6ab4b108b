"""The permission table, cell by cell, against the running databases and the app."""
