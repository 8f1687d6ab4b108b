"""One adapter per source format: from a file's records to rows of feeds."""
