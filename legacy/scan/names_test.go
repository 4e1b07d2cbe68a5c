package scan

import (
	"reflect"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestSecretName(t *testing.T) {
	secret := []string{"MinIO__SecretKey", "MIN_IO_SECRET_KEY", "maxMindLicenseKey", "SECRET_KEY", "SECRET_KEY_BASE", "spring.datasource.password", "stripeApiKey", "API_KEY", "API_KEYS_PAYMENTS", "APIKEY", "DB_PASS", "DBPASS", "PGPASSWORD", "MYSQL_PWD", "GITHUB_ACCESSTOKEN", "LDAP_BINDCREDENTIALS", "OAUTH_CLIENTSECRET", "HONEYCOMB_WRITEKEY",
		"DM_API_AUTH_TOKENS", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "SENTRY_DSN", "DATABASE_URL", "DATABASE_URL_PROD", "SQLALCHEMY_DATABASE_URI", "MONGODB_URI",
		"CLOUDAMQP_URL", "ConnectionString", "github-token", "JWT_PRIVATE_KEY", "SESSION_SALT", "KEY_2", "HMAC_KEY_V1", "GITHUB_APP_PEM", "HTTP_BASIC_AUTH", "INVITATION_CODE", "PG_CONN_STR", "BROWSERAPIKEY", "redisConnString", "DB_CONNSTR", "SQLA_CONN", "DB_CONN", "JWT_SIGNING_KEY_PAIR", "LDAP_BINDCREDENTIALS", "SLACK_WEBHOOK_ALERTS", "PAY_APIPASSCODE", "SIGNING_KEY_K256_PRIVATE_KEY_HEX", "ENCRYPTION_KEY_BASE64", "RAILS_ACTIVE_RECORD_PRIMARY_KEY"}
	for _, name := range secret {
		if !SecretName(name) {
			t.Errorf("%s is not taken for a secret", name)
		}
	}
	plain := []string{"", "PWD", "PORT", "REDIS_URL", "TOKEN_TTL", "TOKEN_API_TIMEOUT_RESPONSE", "CONFIRMATION_TOKEN_VALID_FOR", "TOKEN_CACHE_TTL_SEC", "KMS_MAXIMUM_TOKEN_VERSION", "shop.TokenTolerance", "TOKEN_RULE_PERIOD_MS", "SECRET_MANAGER", "SECRETS_BACKEND", "CREDENTIALS_CFG", "PASSWORD_MIN_LENGTH", "PAGE_TOKEN_TIMER", "SSH_KEY_PATH", "STRIPE_PUBLIC_KEY", "KEYWORDS", "MONKEY",
		"DB_USER", "DISALLOW_PASSWORD_CHANGE", "COMPASS", "BYPASS", "ROUTING_KEY", "PASSWORD_RESET_TIMEOUT", "ADMIN_PASSWORD_LOCKED", "API_URL", "DJANGO_SETTINGS_MODULE", "TOKEN_URL", "CACHE_KEY_PREFIX", "DISABLE_TOKEN_AUTH", "EXPIRATION_ACCESS_TOKEN", "CORS_SUPPORTS_CREDENTIALS", "PEM_FILE", "RESET_PASSWORD_WITHIN", "CAS_EMAIL_KEY", "STATUS_CODE", "FORGOTTEN_PASSWORD_TEMPLATE_ID", "TOKEN_FORMAT", "PASSWORD_REGEX", "REDIRECTS_PASSWORD_RESET", "AUTH_PASSWORD_RESET_TOKEN_TABLE", "CLEANER_ALLOW_REMOTE_DATABASE_URL", "MAX_CONN", "MAX_AGE_AUTH_TOKEN", "DB_CONNECTION", "SLACK_WEBHOOK_ENABLED", "GITHUB_WEBHOOK_ALERTS", "JWT_TOKEN_EXPIRES_IN", "ACCESS_TOKEN_EXPIRES_AT", "PUBLIC_KEY_HEX", "CREDENTIALS_DIRECTORY", "ENCRYPTION_KEY_FORMAT"}
	for _, name := range plain {
		if SecretName(name) {
			t.Errorf("%s is taken for a secret", name)
		}
	}
}

func TestNeedOfURL(t *testing.T) {
	need := func(kind, name, host string, port int, db, user string, tls bool) Need {
		return Need{Need: service.Need{Kind: kind, Port: port, Database: db, User: user, TLS: tls}, Name: name, Host: host}
	}
	for url, want := range map[string]Need{
		"postgres://shop:s3cret@pg1.corp.example:5433/shop?sslmode=require":  need("postgres", "", "pg1.corp.example", 5433, "shop", "shop", false),
		"postgres://username:password@host:port/database":                    need("postgres", "", "", 5432, "", "", false),
		"postgresql+psycopg2://localhost/shop":                               need("postgres", "", "", 5432, "shop", "", false),
		"postgres://shop:a/b@10.1.2.3/shop":                                  need("postgres", "", "10.1.2.3", 5432, "shop", "shop", false),
		"mysql2://root@db/app":                                               need("mysql", "db", "", 3306, "app", "root", false),
		"redis://:hunter2@cache.corp.example:6380/0":                         need("redis", "", "cache.corp.example", 6380, "", "", false),
		"rediss://cache:6379":                                                need("redis", "cache", "", 6379, "", "", true),
		"amqps://u:p@mq.corp.example//":                                      need("rabbitmq", "", "mq.corp.example", 5671, "", "u", true),
		"mongodb://m1.example:27018,m2.example/app":                          need("mongodb", "", "m1.example", 27018, "app", "", false),
		"https://erp.corp.example/api/v1?user=a@b":                           need("http", "", "erp.corp.example", 443, "", "", true),
		"http://[::1]:9200/":                                                 need("http", "", "", 9200, "", "", false),
		"http://[fd00::7]:9200/":                                             need("http", "", "fd00::7", 9200, "", "", false),
		"postgres://${DB_USER}:${DB_PASS}@${DB_HOST}:5432/${DB_NAME}":        need("postgres", "", "", 5432, "", "", false),
		"jdbc:postgresql://pg.corp.example:5432/shop":                        need("postgres", "", "pg.corp.example", 5432, "shop", "", false),
		"jdbc:mysql://my1.corp.example/shop?useSSL=false":                    need("mysql", "", "my1.corp.example", 3306, "shop", "", false),
		`jdbc:sqlserver://ms1.corp.example\PROD;databaseName=Shop;user=sa`:   need("mssql", "", "ms1.corp.example", 1433, "Shop", "sa", false),
		"jdbc:jtds:sqlserver://ms2.corp.example:1444/Shop;instance=X":        need("mssql", "", "ms2.corp.example", 1444, "Shop", "", false),
		"jdbc:db2://db2.corp.example:50001/SHOP:user=u;password=geheim;":     need("db2", "", "db2.corp.example", 50001, "SHOP", "", false),
		"jdbc:oracle:thin:@ora.corp.example:1522:SHOP":                       need("oracle", "", "ora.corp.example", 1522, "SHOP", "", false),
		"jdbc:oracle:thin:@//ora.corp.example:1521/shop.corp":                need("oracle", "", "ora.corp.example", 1521, "shop.corp", "", false),
		"jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=a.example)(PORT=1)))": need("oracle", "", "", 1521, "", "", false),
	} {
		got, ok := NeedOfURL(url)
		if !ok || !reflect.DeepEqual(got.Need, want.Need) || got.Name != want.Name || got.Host != want.Host {
			t.Errorf("%s:\n got %+v %v\nwant %+v", url, got, ok, want)
		}
	}
	for _, url := range []string{"", "sqlite:////tmp/a.db", "sqlite:///a.db", "jdbc:h2:mem:test", "/var/lib/db", "postgres", "ftp://a.example/", "see http://x.example"} {
		if got, ok := NeedOfURL(url); ok {
			t.Errorf("%s: %+v, want no need", url, got)
		}
	}
	if n, ok := NeedOfURL("http://"); ok {
		t.Errorf("what is put before an address is none: %+v", n)
	}
}

func TestHasAccount(t *testing.T) {
	for value, want := range map[string]bool{
		"postgres://u:p@h/d": true, "redis://:p@h": true, "amqp://guest@h": false, "http://h/?a=b@c": false, "http://h/?token=abc": true,
		"http://h/?token={}": false, "jdbc:postgresql://h/d?user=a&password=b": true, "jdbc:sqlserver://h;user=a;password=b": true, "http://h/?token_ttl=5": false, "https://h": false, "user:p@h": false,
		"https://ghp16C7e42F292c6912E7710c838@github.com/x": true, "https://9f2c4d81a0b34e5f@errors.example/4": true, "https://deploy@git.example/x": false, "https://bitbucket-pipelines@h/x": false, "postgres://application_user_12@db/x": false,
		"Password=hunter2;Server=db1;User Id=sa": true, "Server=db1;Password=$ecret1;User Id=sa": true, "pgsql:host=db;password=x": true, "Server=db1;User Id=sa;Passwd=x": true, "Server=db1; Pwd = {x": true,
		"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=bm90aGluZw==": true, "Endpoint=sb://shop.example/;SharedAccessKeyName=a;SharedAccessKey=bm90aGluZw=": true, "redis:6379,password=geheim,ssl=False": true,
		"Server=db1;Password=${PW};User Id=sa": false, "Server=db1;Password=$DB_PASSWORD": false, "Password={0};Server=db1": false, "Server=db1;Pwd={{ db_password }};": false, "Server=db1;Password=<password>": false,
		"Server=db1;Password=%DB_PASSWORD%": false, "Server=db1;Password=%s;": false, "Server=db1;Password=;User Id=sa": false, `Server=db1;Password="${PW}"`: false, "PW=1; password=$(cat /run/secrets/pw) app": false,
	} {
		if HasAccount(value) != want {
			t.Errorf("HasAccount(%s) = %v", value, !want)
		}
	}
}

func FuzzNeedOfURL(f *testing.F) {
	f.Add("postgres://u:hunter2@h:1/d")
	f.Add("jdbc:oracle:thin:@//h:1/s")
	f.Add("http://[::1")
	f.Add("mysql://a:b/c@d@e/f")
	f.Fuzz(func(t *testing.T, url string) {
		n, ok := NeedOfURL(url)
		if ok && n.Kind == "" || n.Port < 0 || n.Port > 65535 {
			t.Fatalf("%q: %+v", url, n)
		}
		if strings.ContainsAny(n.Host+n.Name+n.User+n.Database, "${} ") {
			t.Fatalf("%q: a placeholder in %+v", url, n)
		}
		SecretName(url)
	})
}

func TestSetHost(t *testing.T) {
	for host, want := range map[string]Need{
		"db.corp.example": {Host: "db.corp.example"}, "DB": {Name: "db"}, "10.0.0.1": {Host: "10.0.0.1"},
		"localhost": {}, "false": {}, "NULL": {}, "${DB}": {}, "": {}, "127.0.0.1:11211:100": {}, "db.corp.example:6379:0": {Host: "db.corp.example"}, "www.": {}, "-": {}, "::1": {}, "fd00::1": {Host: "fd00::1"}, "dbhost:5432": {Name: "dbhost"},
	} {
		var n Need
		n.SetHost(host)
		if !reflect.DeepEqual(n, want) {
			t.Errorf("%q: %+v, want %+v", host, n, want)
		}
	}
}

func TestSpeaksFastCGI(t *testing.T) {
	for line, want := range map[string]bool{"php-fpm": true, "/usr/sbin/php-fpm7.4|-F": true, "bash|-c|php-fpm -F": true, "/bin/sh|-c|php-fpm -F": true, "php-fpm|-c|/usr/local/etc/php/php.ini": true, "sh|-c|php-fpm -D && nginx": false, "php|fpm.php": false, "": false} {
		var argv []string
		if line != "" {
			argv = strings.Split(line, "|")
		}
		if got := SpeaksFastCGI(argv); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
