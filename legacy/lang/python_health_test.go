package lang

import "testing"

func TestWhatPeopleWriteIsNoHealth(t *testing.T) {
	runCases(t, Python(), []readerCase{{"a collection", files{"requirements.txt": "Django==1.11\n", "manage.py": "", "shop/__init__.py": "", "shop/urls.py": "urlpatterns = [\n    url('^api/', include('shop.api')),\n    url('^healthz$', views.ok),\n]\n", "shop/api.py": "urlpatterns = [\n    url('^v1/status/(?P<pk>\\d+)/$', views.Delete.as_view()),\n    url('^v1/status/', views.Create.as_view()),\n]\n"},
		[]string{".: health /healthz"}, []string{"v1/status"}},
		{"checks by their names beside all of them", files{"requirements.txt": "Django==4.2\n", "manage.py": "", "shop/__init__.py": "", "shop/urls.py": "urlpatterns = [\n    path('health/', views.every),\n    path('health/<str:check>/', views.one),\n    path('status/', views.all),\n    path('status/<int:pk>/', views.one),\n]\n"},
			[]string{".: health |/health/ <- shop/urls.py:2"}, []string{"/status/"}},
		{"a module of the team's own that is called like a package", files{"requirements.txt": "Django==4.2\n", "manage.py": "", "shop/urls.py": "urlpatterns = [path('healthcheck/', include('health_check.urls'))]\n", "shop/__init__.py": "", "health_check/__init__.py": "", "health_check/urls.py": "urlpatterns = [path('ping/', V.as_view())]\n"},
			[]string{".: health /healthcheck/ping/"}, []string{"health /healthcheck/ <-"}}})
}

func TestFlaskRoutesWithoutSlash(t *testing.T) {
	runCases(t, Python(), []readerCase{{"routes of a blueprint with a prefix that begin without a slash", files{"requirements.txt": "flask\n", "wsgi.py": "from flask import Flask\napp = Flask(__name__)\n", "ops.py": "from flask import Blueprint\nbp = Blueprint('ops', __name__, url_prefix='/ops')\n@bp.route('healthz')\ndef up():\n    return 'ok'\n"},
		[]string{".: health /ops/healthz"}, nil}})
}
