package lang

import "testing"

func TestHealthRoute(t *testing.T) {
	for path, want := range map[string][2]bool{
		"/health": {false, true}, "/healthz": {true, false}, "/_status": {false, true}, "/__heartbeat__": {false, true}, "/__lbheartbeat__": {true, false},
		"/_ping": {true, false}, "/api/health": {false, true}, "/health/live": {true, false}, "/health/ready": {false, true}, "/_health/": {false, true},
		"/readiness": {false, true}, "/api/.well-known/status": {false, true}, "healthcheck/": {false, true}, "/api/v1/status": {false, true},
		"/__gtg": {false, true}, "/shop-api/healthcheck": {false, true}, "/shop-api/healthcheck/till": {}, "/shop-api/health": {false, true}, "/patients/health": {}, "/internal/is_alive": {true, false}, "/internal/isReady": {false, true}, "/": {}, "/orders/status": {}, "/healthy-food": {}, "/orders/<id>/status": {}, "/service_health/": {false, true}, "/healthcheck/ping/": {true, false}, "/order/:id/status": {}, "/uptime": {}, "/pingback": {},
	} {
		live, ready := healthRoute(path)
		if live != want[0] || ready != want[1] {
			t.Errorf("%s: live %v ready %v", path, live, ready)
		}
	}
}

func TestEnvironmentOf(t *testing.T) {
	for file, want := range map[string]struct {
		env  string
		skip bool
	}{
		"shop/settings/production.py": {"production", false}, "config/prod.json": {"production", false}, "settings_staging.py": {"staging", false},
		"shop/settings/base.py": {}, "settings.py": {}, "config/local.json": {"", true}, "settings/test.py": {"", true}, "config.sample.js": {"", true},
	} {
		env, skip := environmentOf(file)
		if env != want.env || skip != want.skip {
			t.Errorf("%s: %q %v", file, env, skip)
		}
	}
}

func TestKindOfName(t *testing.T) {
	for name, want := range map[string]string{"REDIS_HOST": "redis", "mysqlHost": "mysql", "EMAIL_HOST": "smtp", "ES_URLS": "elasticsearch", "DESSERT_URL": "", "DB_HOST": ""} {
		if got := kindOfName(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
