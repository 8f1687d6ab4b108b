"""From a file to raw rows: archive, records, feeds, versions, quarantine, the books."""
