import redis
from flask import Blueprint, abort, current_app, jsonify, request

from orders import config, db
from orders.models import Order
from orders.tasks import book

orders = Blueprint("orders", __name__)
baskets = redis.Redis.from_url(config.REDIS_URL)


@orders.route("/health/live")
def live():
    return jsonify(status="up")


@orders.route("/health/ready")
def ready():
    db.session.execute("SELECT 1")
    baskets.ping()
    return jsonify(status="up")


@orders.route("/orders")
def list_orders():
    limit = request.args.get("limit", 50, type=int)
    return jsonify([o.as_dict() for o in Order.query.order_by(Order.id.desc()).limit(limit)])


@orders.route("/orders/<int:order_id>")
def show_order(order_id):
    order = Order.query.get(order_id)
    if order is None:
        abort(404)
    return jsonify(order.as_dict())


@orders.route("/orders", methods=["POST"])
def new_order():
    order = Order(customer=request.json["customer"], total=request.json["total"])
    db.session.add(order)
    db.session.commit()
    book.delay(order.id)
    current_app.logger.info("order %s", order.id)
    return jsonify(order.as_dict()), 201
