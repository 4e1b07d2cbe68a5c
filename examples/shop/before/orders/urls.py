from django.conf.urls import url

from . import views

urlpatterns = [
    url(r'^$', views.orders),
    url(r'^(?P<pk>\d+)/$', views.order),
]
