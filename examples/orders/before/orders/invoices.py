import os
import subprocess

import click
from flask.cli import with_appcontext

from orders import config
from orders.models import Order


@click.command("invoices")
@with_appcontext
def invoices():
    for order in Order.query.filter_by(booked=True):
        pdf = os.path.join(config.INVOICES, "%d.pdf" % order.id)
        subprocess.check_call(["wkhtmltopdf", "-q", "http://127.0.0.1:8000/orders/%d" % order.id, pdf])


@click.command("forget-baskets")
@click.option("--days", default=30)
def forget_baskets(days):
    from orders.views import baskets
    for key in baskets.scan_iter("basket:*"):
        if baskets.object("idletime", key) > days * 86400:
            baskets.delete(key)
