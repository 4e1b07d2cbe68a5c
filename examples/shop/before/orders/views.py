import json

from django.db import DatabaseError, connection
from django.http import HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from .models import Order
from .tasks import send_to_erp


@csrf_exempt
@require_http_methods(['GET', 'POST'])
def orders(request):
    if request.method == 'GET':
        return JsonResponse({'orders': [o.as_dict() for o in Order.objects.all()[:50]]})
    try:
        data = json.loads(request.body.decode('utf-8'))
        order = Order.objects.create(email=data['email'], total=data['total'])
    except (KeyError, TypeError, ValueError):
        return HttpResponseBadRequest('email and total, please')
    send_to_erp.delay(order.pk)
    return JsonResponse(order.as_dict(), status=201)


@require_GET
def order(request, pk):
    return JsonResponse(get_object_or_404(Order, pk=pk).as_dict())


def healthz(request):
    return JsonResponse({'status': 'ok'})


def readyz(request):
    try:
        with connection.cursor() as cursor:
            cursor.execute('SELECT 1')
    except DatabaseError:
        return JsonResponse({'status': 'no database'}, status=503)
    return JsonResponse({'status': 'ok'})
