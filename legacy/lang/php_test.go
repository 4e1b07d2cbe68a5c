package lang

import "testing"

func TestPHP(t *testing.T) {
	runCases(t, PHP(), []readerCase{
		{"laravel", files{
			"composer.json": "{\n \"type\": \"project\",\n \"require\": {\n  \"php\": \"^7.4\",\n  \"ext-gd\": \"*\",\n  \"ext-json\": \"*\",\n  \"laravel/framework\": \"^8.0\"\n },\n \"require-dev\": {\"predis/predis\": \"1\"}\n}\n", "composer.lock": "{}", "artisan": "#!/usr/bin/env php\n", "public/index.php": "<?php\n",
			".env.example":        "APP_KEY=\nDB_CONNECTION=pgsql\nCACHE_DRIVER=redis\nQUEUE_CONNECTION=redis\nMAIL_MAILER=log\nSESSION_DRIVER=file\n",
			"config/database.php": "<?php\nreturn [\n 'default' => env('DB_CONNECTION', 'mysql'),\n 'connections' => [\n  'mysql' => ['driver' => 'mysql', 'host' => env('DB_HOST', 'x')],\n  'pgsql' => array('driver' => 'pgsql', # old\n    'host' => env('DB_HOST', '127.0.0.1'),\n    'database' => env('DB_DATABASE', 'forge'), 'engine' => null),\n ],\n];\n",
			"config/jwt.php":      "<?php return ['secret' => env('JWT_SECRET'), 'ttl' => env('JWT_TTL', 60)];\n", "config/services.php": "<?php return ['key' => env('MAILGUN_SECRET')];\n",
			"app/Console/Kernel.php": "<?php\nclass Kernel {\n  function schedule($schedule) {\n    // $schedule->command('old');\n    $schedule->command('report')->daily();\n  }\n}\n", "database/migrations/1.php": "", "routes/api.php": "<?php\nRoute::get('health', 'X');\n",
		}, []string{
			".: language php <- composer.json:1 declared", ".: version 7.4 <- composer.json:3 declared", ".: framework laravel <- composer.json:7", ".: build composer composer.json composer.lock", ".: extensions gd <- composer.json:5", ".: extensions pdo_pgsql", ".: command apache2-foreground <- public/index.php:1 convention", ".: port 8080", ".: document root public",
			".: need postgres db=forge DB_HOST={host}:5432 <- config/database.php:7 declared", ".: need redis REDIS_HOST={host} REDIS_PORT={port}:6379 <- .env.example:3", "queue: command php artisan queue:work --tries=3 <- .env.example:4", "scheduler: command php artisan schedule:run <- app/Console/Kernel.php:5",
			"migrate: release command php artisan migrate --force", ".: secret JWT_SECRET <- config/jwt.php:1", ".: secret APP_KEY", ".: env JWT_TTL=60", ".: health |/api/health <- routes/api.php:2", "note .env.example:6 sessions",
		}, []string{"need mysql", "pdo_mysql", "smtp", "MAILGUN", "extensions json"}},
		{"symfony", files{
			"composer.json": `{"type": "project", "require": {"php": ">=7.2", "symfony/framework-bundle": "5.4.*", "doctrine/doctrine-migrations-bundle": "3"}}`, "bin/console": "", "public/index.php": "", "migrations/Version1.php": "",
			".env": "APP_SECRET=x\nDATABASE_URL=mysql://u:p@127.0.0.1:3306/shop\nCACHE_URL=redis://localhost:6379/2\n", "config/packages/doctrine.yaml": "doctrine:\n  dbal:\n    url: '%env(resolve:DATABASE_URL)%'\n", "config/packages/messenger.yaml": "framework:\n    messenger:\n        transports:\n            async: '%env(MESSENGER_TRANSPORT_DSN)%'\n",
			"src/C.php": "<?php\nclass C {\n  #[Route('/healthz')]\n  function h() {}\n}\n",
		}, []string{".: version 7.2 <- composer.json:1 convention", ".: framework symfony", ".: need mysql db=shop:3306 <- .env:2", ".: need redis CACHE_URL=redis://{host}:{port}/2:6379 <- .env:3", "migrate: release command php bin/console doctrine:migrations:migrate", "messenger: command php bin/console messenger:consume async --time-limit=3600 <- config/packages/messenger.yaml:4",
			".: secret DATABASE_URL <- config/packages/doctrine.yaml:3", ".: secret MESSENGER_TRANSPORT_DSN", ".: health /healthz|/healthz <- src/C.php:3", ".: env APP_DEBUG=0"}, nil},
		{"wordpress", files{"index.php": "<?php\n", "wp-settings.php": "", "wp-config.php": "<?php\ndefine('DB_NAME', 'blog');\ndefine('DB_USER', 'blog');\ndefine( 'DB_PASSWORD', 's3cretpass99' );\ndefine('DB_HOST', 'db03.corp.example');\n", "wp-content/plugins/x/index.php": ""},
			[]string{".: framework wordpress", ".: need mysql host=db03.corp.example db=blog user=blog:3306 <- wp-config.php:5 declared", ".: state wp-content/uploads", "note wp-config.php:4 DB_PASSWORD has its value in the code", "note wp-config.php:5 nothing lets the environment", ".: extensions mysqli gd"}, []string{"s3cretpass99"}},
		{"drupal", files{"composer.json": `{"require": {"drupal/core": "^9", "drush/drush": "10"}}`, "web/index.php": "", "web/sites/default/settings.php": "<?php\n/**\n * 'host' => 'old',\n */\n$databases['default']['default'] = [\n  'driver' => 'pgsql',\n  'host' => getenv('DB_HOST') ?: 'db04.corp.example',\n  'database' => 'site',\n];\n"},
			[]string{".: framework drupal", ".: need postgres host=db04.corp.example db=site DB_HOST={host}:5432", ".: state web/sites/default/files", "migrate: release command vendor/bin/drush updatedb --yes", "cron: command vendor/bin/drush cron"}, []string{"old"}},
		{"plain pages", files{"htdocs/index.php": "<?php\nrequire '../inc/db.php';\n", "inc/db.php": "<?php\ndefine('HOST', 'db05.corp.example');\n$c = mysql_connect(HOST, 'u', 'p');\n$m = new Memcached();\n$m->addServer('cache05.corp.example', 11211);\n", "htdocs/status.php": "<?php echo 'ok';"},
			[]string{".: version 5.6 <- inc/db.php:3 guess", ".: need mysql host=db05.corp.example:3306 <- inc/db.php:3", ".: need memcached host=cache05.corp.example:11211 <- inc/db.php:5", ".: extensions mysql <- inc/db.php:3", ".: document root htdocs", ".: health |/status.php <- htdocs/status.php:1"}, nil},
		{"laravel with names of its own", files{"artisan": "", "public/index.php": "", ".env.example": "DB_DRIVER=mysql\nDB_DATABASE=status\nMAIL_DRIVER=log\nMAIL_HOST=null\nREDIS_HOST=null\n",
			"config/app.php":      "<?php return ['log' => env('APP_LOG', 'single')];",
			"config/database.php": "<?php return ['default' => env('DB_DRIVER', 'sqlite'), 'connections' => ['sqlite' => ['driver' => 'sqlite', 'database' => database_path('x.sqlite')], 'mysql' => ['driver' => 'mysql', 'host' => env('DB_HOST'), 'database' => env('DB_DATABASE', 'forge'), 'password' => env('DB_PASSWORD', '')]]];"},
			[]string{".: need mysql db=status DB_HOST={host}:3306 <- config/database.php:1 declared", ".: env DB_DRIVER=mysql <- .env.example:1", ".: env APP_LOG=errorlog"}, []string{"SQLite", "LOG_CHANNEL", "db=forge"}},
		{"laravel 4", files{"artisan": "", "public/index.php": "", "composer.json": `{"require": {"laravel/framework": "4.2.*"}}`, "app/config/app.php": "<?php return array('key' => 'x');", "app/config/database.php": "<?php\nreturn array('default' => 'pgsql', 'connections' => array(\n 'mysql' => array('driver' => 'mysql', 'host' => 'a'),\n 'pgsql' => array('driver' => 'pgsql', 'host' => 'db06.corp.example', 'database' => 'shop')));",
			"app/config/mail.php": "<?php return array('driver' => 'smtp', 'host' => 'mail06.corp.example', 'port' => 2525);", "app/config/session.php": "<?php return array('driver' => 'native');", "app/database/migrations/1.php": ""},
			[]string{".: need postgres host=db06.corp.example db=shop:5432 <- app/config/database.php:4", ".: need smtp host=mail06.corp.example:2525", "note app/config/session.php:1 sessions", "note app/config/app.php:1 Laravel 4", "migrate: release command php artisan migrate --force"}, []string{"APP_KEY", "LOG_CHANNEL", "mysql"}},
		{"connections in the arrays of other frameworks", files{"composer.json": `{"type": "project", "require": {"slim/slim": "^3", "codeigniter4/framework": "4"}}`, "public/index.php": "", ".env.example": "DB_CONNECTION=mysql\nDB_DATABASE=shop\nDB_PASSWORD=s3cretpass99\n",
			"src/settings.php":        "<?php return ['settings' => [\n'url' => getenv('APP_URL'),\n'env' => getenv('APP_KIND'),\n'database' => [ 'driver' => getenv('DB_CONNECTION'), 'host' => getenv('DB_HOST'), 'database' => getenv('DB_DATABASE'), 'password' => getenv('DB_PASSWORD')]]];",
			"app/Config/Cache.php":    "<?php class Cache { public array $memcached = ['host' => '127.0.0.1']; }",
			"app/Config/Database.php": "<?php class Database { public array $default = ['hostname' => 'db07.corp.example', 'DBDriver' => 'Postgre', 'database' => 'pos']; public array $tests = ['hostname' => 'db08.corp.example', 'DBDriver' => 'MySQLi']; }"},
			[]string{".: need mysql db=shop DB_HOST={host}:3306 <- src/settings.php:4", ".: extensions pdo_mysql", ".: need postgres host=db07.corp.example db=pos:5432"}, []string{"memcached", "APP_URL=", "s3cretpass99", "db08"}},
		{"a class for a driver", files{"composer.json": `{"require": {"cakephp/cakephp": "4"}}`, "webroot/index.php": "", "config/app.php": "<?php return ['Datasources' => ['default' => ['driver' => env('DB_DRIVER', \\Cake\\Database\\Driver\\Postgres::class),\n'host' => env('DB_HOST', 'localhost'), 'password' => env('DB_PASSWORD')], 'test' => ['driver' => Mysql::class, 'host' => 'x']],\n" +
			"'EmailTransport' => ['default' => ['className' => MailTransport::class, 'host' => 'localhost'], 'bulk' => ['className' => 'Smtp', 'host' => env('SMTP_HOST')]]];"},
			[]string{".: need postgres DB_HOST={host}:5432 <- config/app.php:2", ".: need smtp SMTP_HOST={host}:25 <- config/app.php:3", ".: secret DB_PASSWORD"}, []string{"mysql"}},
		{"constants", files{"index.php": "", "include/config.php": "<?php\ndefine('DBTYPE', 'mysql');\ndefine('DBHOST', 'db09.corp.example');\n"}, []string{".: need mysql host=db09.corp.example:3306 <- include/config.php:3"}, nil},
		{"drupal that Composer lays out", files{"composer.json": `{"require": {"drupal/core-recommended": "^11"}, "extra": {"drupal-scaffold": {"locations": {"web-root": "web/"}}}}`}, []string{".: framework drupal", ".: document root web", ".: need mysql:3306", ".: state web/sites/default/files"}, nil},
		{"parameters of symfony 3", files{"composer.json": `{"require": {"symfony/symfony": "3.1.*"}}`, "web/app.php": "", "app/config/parameters.yml.dist": "parameters:\n    database_host: 127.0.0.1\n    database_password: ~\n    secret: ThisTokenIsNotSoSecret\n    mailer_user: ~\n"},
			[]string{".: secret database_password <- app/config/parameters.yml.dist:3", ".: secret secret <- app/config/parameters.yml.dist:4", ".: need mysql"}, []string{"NotSoSecret", "secret mailer_user"}},
		{"pages that an image above copies", files{"Dockerfile": "FROM php:7.4-apache\nCOPY --chown=www-data html/ /var/www/html\n", "html/composer.json": `{"require": {"symfony/framework-bundle": "5"}}`, "html/index.php": ""}, []string{".: holds html <- Dockerfile:2"}, nil},
		{"a library", files{"composer.json": `{"type": "library", "require": {"php": ">=5.3"}}`, "src/A.php": "<?php\n"}, []string{".: library <- composer.json:1"}, []string{"command"}},
		{"a page beside a service in Java", files{"pom.xml": "<project/>", "index.php": "<?php\n"}, nil, []string{"language"}},
	})
}

func FuzzPHP(f *testing.F) {
	f.Add(`{"type":"project","require":{"php":"^7.4","laravel/framework":"5","ext-gd":"*"}}`, "<?php return ['default' => env('DB_CONNECTION', 'mysql'), 'connections' => ['mysql' => array('driver' => 'mysql', 'host' => env('H') ?: 'x')]];", "DB_CONNECTION=mysql\nCACHE_DRIVER=redis\nX=sqlite:///a\n")
	f.Add(`{"require":{"symfony/framework-bundle":"4"}}`, "<?php define('DB_HOST', getenv('X') ?: 'h'); mysqli_connect(DB_HOST, 'a'); Route::get('/health');", "    database_host: x\n    database_driver: pdo_pgsql\n            async: '%env(X)%'\n")
	f.Fuzz(func(t *testing.T, manifest, code, env string) {
		tree := files{"composer.json": manifest, "public/index.php": code, ".env.example": env, "config/database.php": code, "config/cache.php": code, "config/x.php": code, "app/Console/Kernel.php": code, "config/packages/messenger.yaml": env, "app/config/parameters.yml.dist": env, "bin/console": code, "artisan": code}
		checkReport(t, read(t, PHP(), tree))
		checkReport(t, read(t, PHP(), files{"index.php": code, "wp-config.php": code, "wp-settings.php": "", "package.json": manifest, "webpack.config.js": ""}))
		checkReport(t, read(t, PHP(), files{"web/index.php": code, "includes/bootstrap.inc": "", "web/sites/default/settings.php": code}))
	})
}
