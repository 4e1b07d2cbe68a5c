package legacy

import "testing"

// Redis in the example of every new Laravel project is a need only where a driver that is chosen, or code, uses it.
func TestStoreOfTheExampleAlone(t *testing.T) {
	tree := func(env string) map[string]string {
		return map[string]string{"composer.json": `{"require": {"laravel/framework": "^11.0"}}`, "artisan": "", "public/index.php": "<?php\n",
			".env.example": "DB_CONNECTION=sqlite\n# DB_PASSWORD=\nREDIS_HOST=127.0.0.1\nREDIS_PASSWORD=null\nREDIS_PORT=6379\n" + env}
	}
	r := resolveTree(t, tree("CACHE_STORE=file\nQUEUE_CONNECTION=sync\nSESSION_DRIVER=file\n"))
	web := r.App.Services["web"]
	if len(r.App.Needs) != 0 || web.Env["REDIS_HOST"] != "" || !noted(r, "names redis, and no driver that is chosen uses it") {
		t.Errorf("needs %v, env %v", r.App.Needs, web.Env)
	}
	if !r.App.OptionalSecret("REDIS_PASSWORD") || !r.App.OptionalSecret("DB_PASSWORD") || r.App.OptionalSecret("APP_KEY") {
		t.Errorf("secrets %v, optional %v", web.Secrets, r.App.Secrets.Optional)
	}
	if len(web.State) == 0 || web.State[0] != "database" {
		t.Errorf("state %v: the database is a file", web.State)
	}
	r = resolveTree(t, tree("CACHE_STORE=redis\n"))
	if r.App.Needs["cache"].Kind != "redis" || r.App.OptionalSecret("REDIS_PASSWORD") {
		t.Errorf("needs %v, optional %v", r.App.Needs, r.App.Secrets.Optional)
	}
}
