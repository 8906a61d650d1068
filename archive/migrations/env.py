"""Where Alembic looks first: runs the migrations on the connection it was handed."""

from alembic import context

from archive.db.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite's tables are made inside transactions like any row
    render_as_batch=True,
)
context.run_migrations()
