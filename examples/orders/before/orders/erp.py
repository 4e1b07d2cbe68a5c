import requests

from orders import config


def book(order_id):
    answer = requests.post(config.ERP_URL, auth=("orders", config.ERP_PASSWORD), data={"order": order_id}, timeout=20)
    answer.raise_for_status()
