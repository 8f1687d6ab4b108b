"""Who may see what: people, sign-in, audit, encryption, and reading for a person."""
