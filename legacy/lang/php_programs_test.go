package lang

import "testing"

func TestPHPPrograms(t *testing.T) {
	runCases(t, PHP(), []readerCase{
		{"servers of their own, one of which is the service", files{"composer.json": `{"require": {"php": "8.1.*"}}`, "server.php": "<?php\n\n$http = new Swoole\\Http\\Server('0.0.0.0', 9501);\n", "bin/chat-server.php": "<?php\n$s = IoServer::factory(new HttpServer(new WsServer(new Chat())),\n 8089);\n", "bin/import.php": "<?php\nwhile (true) {}\n"},
			[]string{".: command php bin/chat-server.php <- bin/chat-server.php:2 convention", ".: port 8089", ".: version 8.1", "server: command php server.php <- server.php:3"}, []string{"import"}},
		{"Workerman's, and a server of React's", files{"a/composer.json": "{}", "a/start.php": "<?php\n$w = new Worker('http://0.0.0.0:2345');\nWorker::runAll();\n", "b/composer.json": "{}", "b/run.php": "<?php\n$socket = new React\\Socket\\SocketServer('0.0.0.0:8090');\n"},
			[]string{"a: command php start.php start <- a/start.php:2", "a: port 2345", "b: port 8090"}, nil},
		{"a loop within a worker's own, and a worker that works off what is there", files{"composer.json": `{"require": {"php": "8.1.*"}}`, "public/index.php": "<?php\n", "bin/work.php": "<?php\nwhile (true) {\n  foreach ($q->all() as $i) { if ($i->bad($x)) { break; } }\n  switch ($k) { case 1: break; }\n  do { break; } while (f());\n  sleep(1);\n}\n",
			"bin/drain.php": "<?php\nwhile (true) {\n  foreach ($q->all() as $i) { break 2; }\n  sleep(1);\n}\n", "bin/one.php": "<?php\nwhile (true) {\n  foreach ($q->all() as $i) g();\n  if (!$i) { break; }\n  sleep(1);\n}\n"},
			[]string{"work: command php bin/work.php <- bin/work.php:2 guess"}, []string{"drain", "one:"}},
		{"workers beside the pages", files{"composer.json": `{"require": {"php": "8.1.*"}}`, "public/index.php": "<?php\n", "bin/mail_worker.php": "<?php\n// while (true)\n$w = new GearmanWorker();\nwhile ($w->work());\n", "bin/consume": "#!/usr/bin/env php\n<?php\nwhile ($job = $queue->watch('mail')->reserve()) {}\n", "bin/other": "#!/bin/sh\nwhile (true)\n", "lib/worker.php": "<?php\nwhile (true) {}\n", "page.php": "<?php\nwhile (true) {}\n"},
			[]string{"mail-worker: command php bin/mail_worker.php <- bin/mail_worker.php:4", "consume: command php bin/consume <- bin/consume:3"}, []string{"lib/worker", "page.php", "other: "}},
		{"loops that rest, and those that are left when the work is done", files{"composer.json": `{"require": {"php": "8.1.*"}}`, "public/index.php": "<?php\n",
			"scripts/send-newsletter.php": "<?php\nwhile (true) {\n  $rows = next_batch();\n  if (!$rows) break;\n  sleep(1);\n}\n", "scripts/fill.php": "<?php\nfor (;;) {\n  usleep(10);\n  if (done()) { exit(0); }\n}\n", "scripts/take.php": "<?php\n$job = $queue->reserve();\n", "scripts/spin.php": "<?php\nwhile (1) { next(); }\nsleep(5);\n",
			"scripts/poller.php": "<?php\nwhile (true)\n{\n  if (due()) { work(\"{$x}\"); }\n  sleep(5);\n}\nexit;\n", "bin/jobs.php": "<?php\nfor (;;) { $job = $queue->reserve(); run($job); }\n"},
			[]string{"poller: command php scripts/poller.php <- scripts/poller.php:2 guess", "jobs: command php bin/jobs.php <- bin/jobs.php:2 guess"}, []string{"newsletter", "fill", "take", "spin"}},
		{"the transports of Symfony's messenger, however the file is indented", files{"composer.json": `{"require": {"symfony/framework-bundle": "5.4.*"}}`, "bin/console": "", "public/index.php": "<?php\n",
			"config/packages/messenger.yaml": "framework:\n  messenger:\n    failure_transport: broken\n    transports:\n      high: '%env(QUEUE_DSN)%'\n      low:\n        dsn: '%env(QUEUE_DSN)%'\n      broken: 'doctrine://default'\n      now: 'sync://'\n", "config/packages/test/messenger.yaml": "framework:\n  messenger:\n    transports:\n      fake: 'in-memory://'\n",
			"src/Plan.php": "<?php\n#[AsSchedule]\nclass Plan {}\n"},
			[]string{"messenger: command php bin/console messenger:consume high low --time-limit=3600 <- config/packages/messenger.yaml:5", "scheduler: command php bin/console messenger:consume scheduler_default <- src/Plan.php:2"}, []string{"broken", "now", "fake"}},
		{"the queue of Yii and of CakePHP", files{"a/composer.json": `{"require": {"yiisoft/yii2": "2", "yiisoft/yii2-queue": "2"}}`, "a/yii": "", "a/web/index.php": "", "b/composer.json": `{"require": {"cakephp/cakephp": "4", "cakephp/queue": "1"}}`, "b/bin/cake": "", "b/webroot/index.php": ""},
			[]string{"a/queue: command php yii queue/listen <- a/composer.json:1", "b/queue: command bin/cake queue worker"}, nil},
		{"an example of a connection, and a script that says when cron calls it", files{"composer.json": `{"require": {"yiisoft/yii2": "2"}}`, "web/index.php": "", "config/db.php-orig": "<?php\nreturn ['class' => 'yii\\db\\Connection',\n 'dsn' => 'mysql:host=localhost;dbname=shop', 'password' => ''];\n", "remind.php": "<?php\n/*\n | Example:\n | 7  * * * * php shop/remind.php |\n */\n", "other.php": "<?php\n// * * * * * php shop/remind.php\n", "cron/five.php": "<?php\n# */5 * * * * php cron/five.php\n", "cron/ten.php": "<?php\n/**\n * */10 * * * * php cron/ten.php\n */\n", "cron/hour.php": "<?php\n//*/15 2 * * * php cron/hour.php\n"},
			[]string{"five: schedule */5 * * * * <- cron/five.php:2", "ten: schedule */10 * * * *", "hour: schedule */15 2 * * *", ".: need mysql db=shop:3306 <- config/db.php-orig:3", "remind: command php remind.php <- remind.php:4"}, []string{"other: "}},
		{"WordPress whose visits start nothing", files{"a/composer.json": `{"require": {"roots/wordpress": "5"}, "extra": {"wordpress-install-dir": "web/wp"}}`, "a/web/index.php": "", "a/config/application.php": "<?php\nConfig::define('DISABLE_WP_CRON', env('DISABLE_WP_CRON') ?: false);\n",
			"a/.env.example": "DISABLE_WP_CRON='true'\n", "c/composer.json": `{"require": {"roots/wordpress": "5"}, "extra": {"wordpress-install-dir": "web/wp"}}`, "c/web/index.php": "", "c/config/application.php": "<?php\nConfig::define('DISABLE_WP_CRON', env('DISABLE_WP_CRON') ?: false);\n",
			"deep/site/d/composer.json": "{}", "deep/site/d/wp-settings.php": "", "deep/site/d/index.php": "", "deep/site/d/old/copy/wp-cron.php": "", "deep/site/d/wp-cron.php": "", "deep/site/d/wp-config.php": "<?php\ndefine('DISABLE_WP_CRON', true);\n",
			"b/wp-settings.php": "", "b/index.php": "", "b/wp-cron.php": "", "b/wp-config.php": "<?php\n// define('DISABLE_WP_CRON', true);\n"},
			[]string{"a/cron: command php web/wp/wp-cron.php <- a/config/application.php:2", "deep/site/d/cron: command php wp-cron.php"}, []string{"b/cron", "c/cron"}},
		{"Stripe's keys where Cashier takes the money", files{"composer.json": `{"require": {"laravel/framework": "8", "laravel/cashier": "12"}}`, "artisan": "", "public/index.php": "", "config/services.php": "<?php\nreturn ['stripe' => ['secret' => env('STRIPE_SECRET'),\n 'webhook' => ['secret' => env('STRIPE_WEBHOOK_SECRET')]], 'ses' => ['key' => env('SES_KEY')]];\n"},
			[]string{".: secret STRIPE_SECRET <- config/services.php:2", ".: secret STRIPE_WEBHOOK_SECRET <- config/services.php:3"}, []string{"SES_KEY"}},
	})
}
