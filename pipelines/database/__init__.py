"""The databases: embedded server or external one, logins, migrations, connections."""
