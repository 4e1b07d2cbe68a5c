from django.conf.urls import include, url
from django.contrib import admin

from orders import views

urlpatterns = [
    url(r'^admin/', admin.site.urls),
    url(r'^orders/', include('orders.urls')),
    url(r'^healthz/?$', views.healthz),
    url(r'^readyz/?$', views.readyz),
]
