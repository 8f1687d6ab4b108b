"""The warehouse as assets: what is delivered, and what dbt builds of it."""
