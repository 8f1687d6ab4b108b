"""The laboratory's pages beside uploads: orders, specimens, results."""
