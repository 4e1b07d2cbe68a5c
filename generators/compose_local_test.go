package generators

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestLocalValues(t *testing.T) {
	needs := map[string]service.Need{
		"db":        {Kind: "postgres", User: "shop", Database: "orders"},
		"warehouse": {Kind: "mysql", Port: 3307},
		"cache":     {Kind: "redis"},
		"queue":     {Kind: "rabbitmq"},
		"docs":      {Kind: "mongodb"},
		"erp":       {Kind: "http"},
		"mail":      {Kind: "smtp"},
	}
	for _, c := range []struct{ language, key, want string }{
		{"python", "DATABASE_URL", "postgresql://shop:local@db:5432/orders"},
		{"python", "SQLALCHEMY_DATABASE_URI", "postgresql://shop:local@db:5432/orders"},
		{"go", "DATABASE_URL", "postgresql://shop:local@db:5432/orders?sslmode=disable"},
		{"java", "SPRING_DATASOURCE_URL", "jdbc:postgresql://db:5432/orders"},
		{"java", "DATABASE_URL", "postgresql://shop:local@db:5432/orders"},
		{"java", "DB_URL", "jdbc:postgresql://db:5432/orders"},
		{"python", "DB_PASSWORD", "local"},
		{"python", "PGPASSWORD", "local"},
		{"python", "PGUSER", "shop"},
		{"python", "POSTGRES_DB", "orders"},
		{"python", "DB_HOST", "db"},
		{"python", "DB_PORT", "5432"},
		{"python", "WAREHOUSE_PASSWORD", "local"},
		{"node", "WAREHOUSE_URL", "mysql://old_shop:local@warehouse:3307/old_shop"},
		{"go", "MYSQL_DSN", "old_shop:local@tcp(warehouse:3307)/old_shop"},
		{"node", "REDIS_URL", "redis://cache:6379/0"},
		{"python", "BROKER_URL", "amqp://old_shop:local@queue:5672"},
		{"python", "CELERY_BROKER_URL", "amqp://old_shop:local@queue:5672"},
		{"python", "CLOUDAMQP_URL", "amqp://old_shop:local@queue:5672"},
		{"python", "MONGODB_URI", "mongodb://docs:27017/old_shop"},
		{"python", "CELERY_RESULT_BACKEND", "redis://cache:6379/0"},
		{"python", "EMAIL_HOST_PASSWORD", "local"},
		{"python", "SENTRY_DSN", ""},
		{"elixir", "SHOP_SENTRY_DSN", ""},
		{"elixir", "SHOP_SECRET_KEY_BASE", "local-only-local-only-local-only-local-only-local-only-local-only-"},
		{"java", "JWT_SECRET", "local-only-local-only-local-only-local-only-local-only-local-only-"},
		{"python", "SECRET_KEY", "local-only"},
		{"csharp", "ConnectionStrings__CatalogConnection", "Host=db;Port=5432;Database=orders;Username=shop;Password=local"},
		{"csharp", "ConnectionStrings__Redis", "cache:6379"},
		{"python", "ERP_PASSWORD", "local-only"},
		{"python", "STRIPE_API_KEY", "local-only"},
		{"python", "API_URL", "local-only"},
		{"java", "ORACLE_URL", ""},
		{"python", "PASSWORD", "local-only"},
		{"python", "", "local-only"},
		{"python", "__", "local-only"},
	} {
		app := &service.App{Name: "old-shop", Needs: needs, Services: map[string]*service.Service{}}
		if got := localValue(c.key, service.Service{Language: c.language}, backendsOf(app)); got != c.want {
			t.Errorf("%s in %s is %q, want %q", c.key, c.language, got, c.want)
		}
	}
}

func TestSymfonySendsNoMailWithoutAServer(t *testing.T) {
	s := service.Service{Language: "php", Framework: "symfony"}
	if got := localValue("MAILER_DSN", s, nil); got != "null://null" {
		t.Errorf("got %q", got)
	}
	if got := localValue("MAILER_PASSWORD", s, nil); got != "local-only" {
		t.Errorf("got %q", got)
	}
}

func TestURLsOfDriversForSQLAlchemy(t *testing.T) {
	app := &service.App{Name: "shop", Needs: map[string]service.Need{"db": {Kind: "mysql"}}, Services: map[string]*service.Service{}}
	for _, c := range []struct {
		framework string
		packages  []string
		want      string
	}{
		{"flask", nil, "mysql+pymysql://shop:local@db:3306/shop"},
		{"flask", []string{"gcc", "default-libmysqlclient-dev"}, "mysql://shop:local@db:3306/shop"},
		{"django", nil, "mysql://shop:local@db:3306/shop"},
	} {
		s := service.Service{Language: "python", Framework: c.framework, Build: &service.Build{Packages: c.packages}}
		if got := localValue("DATABASE_URL", s, backendsOf(app)); got != c.want {
			t.Errorf("%s with %v: %q, want %q", c.framework, c.packages, got, c.want)
		}
	}
}

func TestAmbiguousWordsGoToTheOneThatIsThere(t *testing.T) {
	for _, c := range []struct{ kind, key, want string }{
		{"redis", "BROKER_URL", "redis://it:6379/0"},
		{"redis", "CACHE_URL", "redis://it:6379/0"},
		{"memcached", "CACHE_URL", "it:11211"},
		{"mysql", "DATABASE_URL", "mysql://shop:local@it:3306/shop"},
		{"mssql", "DB_PASSWORD", "Local-only1"},
		{"mssql", "DB_USER", "sa"},
		{"mongodb", "DATABASE_URL", "mongodb://it:27017/shop"},
		{"rabbitmq", "CELERY_RESULT_BACKEND", "rpc://"},
		{"elasticsearch", "SEARCH_URL", "http://it:9200"},
		{"redis", "DATABASE_URL", ""}, // no database was found, and what is no address stops the container
	} {
		app := &service.App{Name: "shop", Needs: map[string]service.Need{"it": {Kind: c.kind}}}
		if got := localValue(c.key, service.Service{Language: "python"}, backendsOf(app)); got != c.want {
			t.Errorf("%s with %s is %q, want %q", c.key, c.kind, got, c.want)
		}
	}
}

func TestContainerTakesWhatTheConfigurationSays(t *testing.T) {
	app := &service.App{
		Name:  "shop",
		Needs: map[string]service.Need{"db": {Kind: "mysql"}},
		Services: map[string]*service.Service{"web": {
			Env: map[string]string{"DB_USER": "root", "DB_NAME": "shop_production"}, Secrets: []string{"DB_PASSWORD"}, Needs: []string{"db"},
		}},
	}
	b := backendsOf(app)[0]
	if b.User != "root" || b.Database != "shop_production" {
		t.Errorf("account %q, database %q: not what the service logs in with", b.User, b.Database)
	}
	if env := mysql(b).Env; env["MYSQL_USER"] != "" || env["MYSQL_ROOT_PASSWORD"] != "local" {
		t.Errorf("%v: the image refuses to make root, which it has", env)
	}
}

func FuzzLocalValue(f *testing.F) {
	for _, s := range []string{"DATABASE_URL", "_", "", "PG", "URL_URL_URL", "é", "db.password"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, key string) {
		app := shop()
		app.Services["web"].Secrets = []string{key}
		app.Services["web"].Env = map[string]string{key + "_USER": key}
		backends := backendsOf(app)
		if got := localValue(key, *app.Services["web"], backends); got == "" && len(key) < 6 {
			t.Errorf("%q is empty", key)
		}
	})
}

func TestLocalValueOfSeveralDatabases(t *testing.T) {
	app := &service.App{Name: "shop", Services: map[string]*service.Service{"web": {Needs: []string{"mi-postgres", "postgres"}}}, Needs: map[string]service.Need{
		"mi-postgres": {Kind: "postgres", Port: 5432, Database: "mi"}, "postgres": {Kind: "postgres", Port: 5432, Database: "shop"}}}
	for key, want := range map[string]string{"DATABASE_URL": "postgres", "MI_DATABASE_URL": "mi-postgres", "MI_POSTGRES_PASSWORD": "mi-postgres", "DB_PASSWORD": "postgres"} {
		if b, _, ok := speaksOf(key, backendsOf(app)); !ok || b.Name != want {
			t.Errorf("%s speaks of %q, want %s", key, b.Name, want)
		}
	}
}

// The container has the account and the database that the services ask for, whatever a compose file of before made.
func TestAccountsFollowTheVariables(t *testing.T) {
	app := &service.App{Name: "shop", Services: map[string]*service.Service{"web": {Needs: []string{"db"}, Env: map[string]string{"DB_USERNAME": "shop_rw", "DB_NAME": "orders"}}},
		Needs: map[string]service.Need{"db": {Kind: "postgres", Port: 5432, User: "postgres", Database: "dev"}}}
	if b := backendsOf(app)[0]; b.User != "shop_rw" || b.Database != "orders" {
		t.Errorf("%s at %s", b.User, b.Database)
	}
	app.Services["web"].Env = nil
	if b := backendsOf(app)[0]; b.User != "postgres" || b.Database != "dev" {
		t.Errorf("%s at %s where no variable says any", b.User, b.Database)
	}
}

// A variable about something else than what the services log in with, or beside scripts, changes nothing that the model says.
func TestAccountsOfTheModelStay(t *testing.T) {
	env := map[string]string{"PG_BACKUP_USER": "backup", "TEST_DB_NAME": "shop_test"}
	app := &service.App{Name: "shop", Services: map[string]*service.Service{"web": {Needs: []string{"db"}, Env: env}},
		Needs: map[string]service.Need{"db": {Kind: "postgres", Port: 5432, User: "shop", Database: "shop"}}}
	if b := backendsOf(app)[0]; b.User != "shop" || b.Database != "shop" {
		t.Errorf("%s at %s", b.User, b.Database)
	}
	env["PGUSER"], env["DB_NAME"] = "shop_rw", "orders"
	if b := backendsOf(app)[0]; b.User != "shop_rw" || b.Database != "orders" {
		t.Errorf("%s at %s, not what the services log in with", b.User, b.Database)
	}
	delete(env, "PGUSER")
	delete(env, "DB_NAME")
	env["DJANGO_DB_HOST"], env["DJANGO_DB_USER"], env["DJANGO_DB_NAME"] = "db", "shop_django", "shop_main"
	if b := backendsOf(app)[0]; b.User != "shop_django" || b.Database != "shop_main" {
		t.Errorf("%s at %s, not what the variables beside its host say", b.User, b.Database)
	}
	for _, key := range []string{"DJANGO_DB_HOST", "DJANGO_DB_USER", "DJANGO_DB_NAME"} {
		delete(env, key)
	}
	env["PGUSER"], env["DB_NAME"] = "shop_rw", "orders"
	app.Needs["db"] = service.Need{Kind: "postgres", Port: 5432, User: "shop", Database: "shop", Init: []string{"init.sql"}}
	if b := backendsOf(app)[0]; b.User != "shop" || b.Database != "shop" {
		t.Errorf("%s at %s beside a script that makes what is there", b.User, b.Database)
	}
	app.Needs["db"] = service.Need{Kind: "postgres", Port: 5432}
	delete(env, "PGUSER")
	if b := backendsOf(app)[0]; b.User != "backup" {
		t.Errorf("%s, though the model says none", b.User)
	}
}

func TestSymfonyHandlesMessagesItself(t *testing.T) {
	for framework, want := range map[string]string{"symfony": "sync://", "": localSecret} {
		if got := localValue("SHOP_MESSENGER_TRANSPORT_MAIN_DSN", service.Service{Language: "php", Framework: framework}, nil); got != want {
			t.Errorf("%s: %s", framework, got)
		}
	}
}
