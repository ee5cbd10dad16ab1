"""Alembic migrations, dated, in order, run by `server.database.migrate`; a test holds them and the models equal."""
