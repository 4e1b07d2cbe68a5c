from datetime import timedelta

import requests
from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from .models import Order


@shared_task(bind=True, max_retries=10, default_retry_delay=60)
def send_to_erp(self, pk):
    order = Order.objects.get(pk=pk)
    try:
        answer = requests.post(settings.ERP_URL + '/orders', json=order.as_dict(), timeout=settings.ERP_TIMEOUT)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise self.retry(exc=error)
    Order.objects.filter(pk=pk).update(state=Order.SENT)
    send_mail('Your order %d' % pk, 'It is on its way.', None, [order.email])


@shared_task
def forget_old_carts():
    old = timezone.now() - timedelta(days=30)
    Order.objects.filter(state=Order.NEW, created__lt=old).delete()
