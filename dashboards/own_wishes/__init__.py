"""What patients write: requests, contacts, and what they decide about their record."""
