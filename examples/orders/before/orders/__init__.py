from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


def create_app():
    app = Flask(__name__)
    app.config.from_object("orders.config")
    db.init_app(app)
    Migrate(app, db)

    from orders import invoices, views
    app.register_blueprint(views.orders)
    app.cli.add_command(invoices.invoices)
    app.cli.add_command(invoices.forget_baskets)
    return app
