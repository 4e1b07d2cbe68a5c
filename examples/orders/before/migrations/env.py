from alembic import context
from flask import current_app

target_metadata = current_app.extensions["migrate"].db.metadata


def run():
    with current_app.extensions["migrate"].db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata)
        with context.begin_transaction():
            context.run_migrations()


run()
