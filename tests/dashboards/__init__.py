"""The pages, on a small hospital made by hand."""
