"""Tests of the assets, the jobs and the delivery folder."""
