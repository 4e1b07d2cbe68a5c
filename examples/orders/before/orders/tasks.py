from celery import Celery

from orders import config, erp

app = Celery("orders", broker=config.REDIS_URL)


@app.task
def book(order_id):
    erp.book(order_id)
