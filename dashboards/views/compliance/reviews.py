"""The weekly reviews of the trail, and their signatures."""

from dashboards.compliance.reviews import show_reviews

show_reviews()
