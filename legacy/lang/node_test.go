package lang

import (
	"strings"
	"testing"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

func TestNode(t *testing.T) {
	runCases(t, Node(), []readerCase{
		{"a framework that a package of the team's brings", files{"package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"http-tool": "1", "shop-service": "1"}}`, "a.js": "const app = require('shop-service')()\napp.listen(4000)\n", "package-lock.json": `{"dependencies": {"http-tool": {"requires": {"koa": "1"}}, "shop-service": {"requires": {"express": "4"}}}}`}, []string{".: framework express <- package.json:1 convention"}, []string{"koa"}},
		{"the same, as newer npm writes it", files{"package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"@shop/n-koa": "1"}}`, "a.js": "const app = require('@shop/n-koa')()\napp.listen(4000)\n", "package-lock.json": `{"packages": {"node_modules/@shop/n-koa": {"dependencies": {"koa": "4"}}}}`}, []string{".: framework koa"}, nil},
		{"pages whose build ends in a script of its own", files{"package.json": `{"private": true, "scripts": {"start": "npm run hash && ng serve", "build": "ng build", "hash": "node hash.js", "prod": "ng build && npm run hash"}, "dependencies": {"@angular/core": "17"}}`, "hash.js": "console.log(1)\n", "src/index.html": ""}, nil, []string{"hash.js"}},
		{"a server behind the build of its pages", files{"package.json": `{"scripts": {"start": "ng serve", "prod": "ng build && node server.js"}, "dependencies": {"@angular/core": "17", "express": "4"}}`, "server.js": "require('express')().listen(4000)\n"}, []string{".: command node server.js"}, nil},
		{"a plain socket", files{"package.json": `{"name": "a", "scripts": {"start": "node a.js"}}`, "a.js": "const net = require('net')\nnet.createServer(s => s.end()).listen(4000)\n"}, []string{".: speaks tcp <- a.js:2 convention"}, nil},
		{"a plain socket beside pages", files{"package.json": `{"name": "a", "scripts": {"start": "node a.js"}}`, "a.js": "require('./b')\nconst app = require('shop')\napp.listen(3000)\n", "b.js": "const net = require('net')\nnet.createServer(s => s.end()).listen(4000)\n"}, nil, []string{"speaks"}},
		{"what nodemon runs, and a variable that another file gives its value", files{"package.json": `{"scripts": {"start": "nodemon --exec \"node -r tracer index.ts\""}, "dependencies": {"express": "4"}}`, "index.ts": "import './globals.ts'\nimport app from './app.ts'\napp.listen(process.env.PORT, () => {})\n", "app.ts": "", "globals.ts": "process.env.PORT = process.env.PORT || '8100'\n", "config/db.js": "db.port = Number(process.env.PGPORT) || 5432\n"},
			[]string{".: command node -r tracer index.ts <- package.json:1 convention", ".: port 8100 <- globals.ts:1"}, []string{"port 5432 <-", "dist/"}},
		{"a program beside pages in PHP", files{"package.json": "{\"private\": true, \"scripts\": {\"start\": \"node socket.js\"}, \"dependencies\": {\"socket.io\": \"2\"}}", "socket.js": "require('socket.io').listen(6001);\n", "composer.json": "{}", "artisan": ""}, []string{"note package.json:1 node socket.js runs beside the pages in PHP, whose image has no Node.js"}, []string{".: command", ".: language", "socket:"}},
		{"pages that rollup makes, and a server of files for developers", files{"package.json": `{"scripts": {"build": "rollup -c", "start": "sirv public -p 3000 --dev"}, "devDependencies": {"rollup": "^2", "svelte": "^3"}, "dependencies": {"sirv-cli": "^1"}}`, "public/index.html": ""},
			[]string{".: framework static", ".: build runs npm run build -> public"}, []string{"command"}},
		{"programs beside the main one: of scripts, and of bin/", files{"package.json": `{"scripts": {"start": "node bin/server.js", "start:indexer": "node lib/indexer.js", "start:prod": "node bin/other.js", "start-mysql": "node db.js"}}`, "bin/server.js": "http.createServer().listen(80)\n", "bin/other.js": "", "db.js": "", "lib/indexer.js": "", "bin/mail_bounces.js": "const q = new SQSReceiver(region, [url]);\n", "bin/purge.js": "const program = require('commander');\nq.process(x);\n", "bin/once.js": "done()\n"},
			[]string{".: command node bin/server.js", "indexer: command node lib/indexer.js <- package.json:1 convention", "mail-bounces: command node bin/mail_bounces.js <- bin/mail_bounces.js:1 convention"}, []string{"prod: command", "mysql: command", "purge", "once"}},
		{"settings of convict with a type, of which some are sensitive", files{"package.json": `{"scripts": {"start": "node index.js"}, "dependencies": {"convict": "6"}}`, "index.js": "require('http').createServer().listen(80)\n", "src/config.ts": "const config: Config<ConfigSchema> = convict({\n  queue: {\n    uri: {\n      default: '',\n      env: 'SHOP_QUEUE_URI',\n      sensitive: true,\n    },\n  },\n  pageToken: { default: '', env: 'SHOP_PAGE_TOKEN' },\n  level: { default: 'info', env: 'SHOP_LEVEL' },\n  ssl: { default: true, env: 'SHOP_SSL', sensitive: true },\n})\n"},
			[]string{".: secret SHOP_QUEUE_URI <- src/config.ts:4", ".: secret SHOP_PAGE_TOKEN", ".: env SHOP_LEVEL=info"}, []string{"secret SHOP_SSL"}},
		{"routes that are files", files{"package.json": `{"scripts": {"start": "next start"}, "dependencies": {"next": "14"}}`, "app/(public)/api/health/route.ts": "export async function GET() {}\n", "app/api/orders/route.ts": "export async function GET() {}\n", "app/%5F_lbheartbeat__/route.ts": "export function GET() {}\n", "b/package.json": `{"scripts": {"start": "next start"}, "dependencies": {"next": "12"}}`, "b/src/pages/api/healthz/index.js": "export default function h() {}\n"},
			[]string{".: health |/api/health <- app/(public)/api/health/route.ts:1", ".: health /__lbheartbeat__", "b: health /api/healthz"}, []string{"(public)/api/health <-", "orders"}},
		{"another name for the environment", files{"package.json": `{"scripts": {"start": "node index.js"}}`, "index.js": "require('http').createServer().listen(process.env.PORT || 1337)\n", "config/mail.js": "const env = require('../lib/environment')();\nmodule.exports = { secret: env.MAIL_SECRET || 'not_set', url: `${env.SITE}/x`, level: my.env.OTHER_TOKEN };\n", "config/hook.js": "const e = process.env;\nexports.token = e.HOOK_TOKEN;\n", "config/shop.js": "import { env } from './env'\nexport const key = env.SHOP_API_KEY\n"},
			[]string{".: secret MAIL_SECRET <- config/mail.js:2", ".: secret HOOK_TOKEN", ".: secret SHOP_API_KEY"}, []string{"OTHER_TOKEN"}},
		{"a program that no build of the usual name makes", files{"package.json": `{"scripts": {"start": "node main.js", "build:api": "backpack build"}, "dependencies": {"express": "4"}}`, "api/index.js": "app.listen(8102)\n"}, []string{"note package.json:1 starts main.js, which is not here: say in build.command which script makes it, and where it lies then, in command (build:api)"}, nil},
		{"Yarn of its own beside the lock file", files{"package.json": `{"scripts": {"start": "node a.js"}, "dependencies": {"express": "4"}}`, "a.js": "app.listen(8102)\n", "yarn.lock": "", ".yarnrc.yml": "yarnPath: .yarn/releases/yarn-4.1.0.cjs\n", ".yarn/releases/yarn-4.1.0.cjs": "app.listen(9999)", ".yarn/sdks/x.yml": ""}, []string{".: build yarn package.json yarn.lock .yarnrc.yml .yarn/releases/yarn-4.1.0.cjs <- yarn.lock:1"}, []string{"9999"}},
		{"a published package's page for its developers", files{"package.json": `{"main": "lib/a.js", "scripts": {"start": "node server.js", "prepublish": "npm run build"}}`, "server.js": "const S = require('webpack-dev-server')\nnew S().listen(3000)\n"}, []string{".: library"}, []string{"command"}},
		{"what is built for others to install", files{"package.json": `{"private": true, "main": "lib/index.js", "files": ["lib"], "scripts": {"build": "webpack"}, "devDependencies": {"vite": "1"}}`}, []string{".: library"}, []string{"static"}},
		{"a port out of a function", files{"package.json": `{"scripts": {"start": "node bin/www"}, "dependencies": {"config": "1", "express": "4"}}`, "bin/www": "const port = normalizePort(config.get('server.port'));\nserver.listen(port);\n", "config/default.json": `{"server": {"port": "8123"}}`},
			[]string{".: port 8123 <- config/default.json:1 declared"}, nil},
		{"prefixes that routers and plugins have by themselves", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"koa": "2", "fastify": "3"}}`, "server.js": "fastify.register(require('./routes/live'), { prefix: '/v1' })\napp.listen(8080)\n",
			"routes/live.js": "module.exports = async f => { f.get('/liveness', ok) }\n", "routes/health.js": "const router = new Router({\n  prefix: '/(v4|latest)',\n});\nrouter.get('/health', ok);\n"},
			[]string{".: health /v1/liveness| <- routes/live.js:1", ".: health |/v4/health <- routes/health.js:4"}, nil},
		{"a connection that takes a whole URL", files{"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"mongoose": "6"}}`, "server.js": "mongoose.connect(process.env.SHOP_MONGO)\napp.listen(8080)\n", "b/package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"mongoose": "4"}}`, "b/server.js": "mongoose.connect(process.env.MONGO_HOST, 'shop')\napp.listen(8080)\n"},
			[]string{".: secret SHOP_MONGO <- server.js:1"}, []string{"SHOP_MONGO=", "secret MONGO_HOST"}},
		{"a start script that opens the browser, one that runs tests, and the port of Nuxt's configuration", files{"package.json": `{"scripts": {"start": "(sleep 2 && open http://localhost:3000) & ./bin/shop"}, "dependencies": {"express": "4"}}`, "bin/shop": "#!/usr/bin/env node\napp.listen(3000)\n", "probe/package.json": `{"scripts": {"start": "nightwatch --config n.json"}, "dependencies": {"nightwatch": "1"}}`,
			"n/package.json": `{"scripts": {"build": "nuxt build", "start": "nuxt start"}, "dependencies": {"nuxt": "2"}}`, "n/nuxt.config.js": "export default {\n  server: { host: '0.0.0.0', port: process.env.PORT || 8123 },\n}\n", "n/pages/index.vue": ""},
			[]string{".: command node ./bin/shop <- package.json:1 declared", "n: port 8123 <- n/nuxt.config.js:2 declared"}, []string{"probe: command"}},
		{"programs that wait for work, which no script starts", files{"package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4", "agenda": "2"}}`, "app.js": "require('./lib/mail-worker');\napp.listen(3000)\n", "worker.js": "const agenda = new Agenda({db: {address: process.env.MONGO_URL}});\nagenda.start();\n", "lib/mail-worker.js": "queue.process(send)\n", "src/consumer.js": "module.exports = q => q.consume(work)\n"},
			[]string{"worker: command node worker.js <- worker.js:1 convention"}, []string{"mail-worker: command", "consumer: command"}},
		{"workers of the browser, threads and children of the main program", files{"package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4"}}`, "app.js": "fork('./worker.js');\nqueue.process(__dirname + '/jobs/mail-worker.js');\napp.listen(3000)\n", "worker.js": "setInterval(work, 5)\n", "jobs/mail-worker.js": "setInterval(work, 5)\n",
			"src/service-worker.js": "self.registration.pushManager.subscribe({});\n", "lib/sum-worker.js": "process.on('message', m => q.subscribe(m))\n", "clock.js": "setInterval(work, 5)\n"},
			[]string{"clock: command node clock.js"}, []string{"worker: command"}},
		{"paths that are no routes of the service", files{"package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4"}}`, "app.js": "app.get('/orders', list);\nrequest({url: '/version'});\napi.get('/api/version');\napp.listen(3000)\n", "pages/router.js": "new Router({routes: [{path: '/info', component: Info}]})\n", "lib/a.js": "if (req.url === '/uptime') next()\nother.get('/info')\n",
			"b/package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4"}}`, "b/app.js": "app.get('/info', tell);\napp.listen(3000)\n", "c/package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"@hapi/hapi": "20"}}`, "c/app.js": "server.route({method: 'GET', path: '/version', handler});\nserver.start()\n",
			"d/package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4"}}`, "d/app.js": "app.listen(3000)\n", "d/routes/info.js": "const router = express.Router();\nrouter.get('/version', tell);\nmodule.exports = a => {\n  return {\n    path: '/_info',\n    skip: true,\n    router\n  };\n};\n"},
			[]string{"d: health |/_info <- d/routes/info.js:5 guess", "b: health |/info <- b/app.js:1 guess", "c: health |/version <- c/app.js:1 guess"}, []string{".: health"}},
		{"versions that the platform of a front end has", files{"package.json": `{"scripts": {"build": "eleventy"}, "devDependencies": {"@11ty/eleventy": "1"}}`, "netlify.toml": "[build.environment]\n  NODE_VERSION = \"12.18\"\n", "b/package.json": `{"scripts": {"build": "eleventy"}, "devDependencies": {"@11ty/eleventy": "1"}}`, "b/amplify.yml": "        - nvm use 14\n"},
			[]string{".: version 12 <- netlify.toml:2 declared", "b: version 14 <- b/amplify.yml:1 declared"}, nil},
		{"a front end whose files a host gives out", files{"package.json": `{"private": true, "scripts": {"start": "node tasks/serve.js", "build": "node tasks/build.js"}, "dependencies": {"metalsmith": "2"}}`, "tasks/serve.js": "require('http').createServer().listen(3000)\n", "netlify.toml": "[build]\n  publish = \"deploy/public/\"\n",
			"b/package.json": `{"private": true, "scripts": {"start": "node app.js", "build": "webpack"}, "dependencies": {"express": "4"}}`, "b/app.js": "app.listen(3001)\n", "b/netlify.toml": "[build]\n  publish = \"dist\"\n",
			"c/package.json": `{"private": true, "scripts": {"start": "node app.js", "build": "webpack"}, "dependencies": {"metalsmith": "2"}}`, "c/app.js": "require('http').createServer().listen(3002)\n", "c/netlify.toml": "[build]\n  base = \"docs\"\n  publish = \"dist\"\n",
			"d/package.json": `{"private": true, "scripts": {"start": "node run.js", "build": "npm --prefix web run build"}}`, "d/run.js": "require('http').createServer().listen(3003)\n", "d/amplify.yml": "    artifacts:\n      baseDirectory: web/build\n", "d/web/package.json": "{}"},
			[]string{".: framework static <- netlify.toml:2 declared", ".: build runs npm run build -> deploy/public <- package.json:1 declared", "b: command node app.js", "c: command node app.js"}, []string{"3000", "d: framework static"}},
		{"a server beside a manual that a host gives out", files{"package.json": `{"private": true, "scripts": {"start": "node server.js", "build": "tsc"}}`, "server.js": "require('http').createServer(answer).listen(3000)\n", "netlify.toml": "[build]\n  publish = \"docs/_site\"\n",
			"b/package.json": `{"private": true, "scripts": {"start": "node work.js", "build": "tsc"}, "dependencies": {"amqplib": "0.8"}}`, "b/work.js": "channel.consume('orders', take)\n", "b/netlify.toml": "[build]\n  publish = \"docs/_site\"\n",
			"c/package.json": `{"private": true, "scripts": {"start": "node tools/serve.js", "build": "make"}}`, "c/tools/serve.js": "app.listen(3000)\n", "c/netlify.toml": "[build]\n  publish = \"dist\"\n  functions = \"lambda\"\n"},
			[]string{".: command node server.js", "b: command node work.js", "c: framework static", "note c/package.json:1 node tools/serve.js was left out", "note c/netlify.toml:3 functions of this host"}, []string{".: framework static", "b: framework static"}},
		{"scripts that run while the packages are installed", files{"package.json": `{"scripts": {"start": "node app.js", "postinstall": "grunt build"}, "dependencies": {"express": "4"}}`, "app.js": "app.listen(80)\n", "b/package.json": `{"scripts": {"start": "node app.js", "prepare": "husky"}, "dependencies": {"express": "4"}, "devDependencies": {"husky": "9"}}`, "b/app.js": "app.listen(80)\n",
			"c/package.json": `{"scripts": {"start": "node app.js", "preinstall": "npx only-allow npm"}, "dependencies": {"express": "4"}}`, "c/app.js": "app.listen(80)\n"},
			[]string{".: build npm package.json . <- package.json:1 declared", "b: build npm package.json . <- b/package.json:1"}, []string{"c: build npm package.json ."}},
		{"code that a stub plays a part of", files{"package.json": `{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4"}}`, "app.js": "app.listen(process.env.PORT || '0')\n", "stub-api/index.js": "app.listen(process.env.STUB_PORT || 3009)\n"}, nil, []string{"STUB_PORT", "3009"}},
		{"a router with a name in a file that another hands on", files{"package.json": `{"dependencies": {"express": "4"}}`, "server.js": "const routes = require('./routes');\napp.use('/', routes.pages);\napp.use('/api', routes.api);\napp.listen(8080)",
			"routes/index.js": "module.exports = require('./routes');\n", "routes/routes.js": "const health = require('./health.routes');\nconst pageRouter = Router();\nconst apiRouter = Router();\napiRouter.use('/health', health);\nmodule.exports = {\n  api: apiRouter,\n  pages: pageRouter,\n};\n", "routes/health.routes.js": "router.get('/', ok)\n"},
			[]string{".: health |/api/health <- routes/routes.js:4"}, []string{"health |/health"}},
		{"controllers of Nest behind a prefix and a version", files{"package.json": `{"dependencies": {"@nestjs/core": "10"}}`,
			"src/main.ts":              "const app = await NestFactory.create(AppModule);\napp.setGlobalPrefix('api', {exclude: ['status']});\napp.enableVersioning({defaultVersion: '1', type: VersioningType.URI});\nawait app.listen(3000);\n",
			"src/health.controller.ts": "@Controller('health')\nexport class HealthController {\n  @Post()\n  no() {}\n  @Get('ready')\n  @HealthCheck()\n  check() {}\n}\n",
		}, []string{".: health |/api/v1/health/ready <- src/health.controller.ts:5"}, []string{"health |/health"}},
		{"a controller of Nest that has no version and is out of the prefix", files{"package.json": `{"dependencies": {"@nestjs/core": "10"}}`,
			"src/main.ts":              "app.enableVersioning({defaultVersion: '2'});\napp.setGlobalPrefix('api', {exclude: ['health']});\nawait app.listen(3000);\n",
			"src/health.controller.ts": "@Controller({path: 'health', version: VERSION_NEUTRAL})\nexport class HealthController {\n  @Get()\n  check() {}\n}\n",
		}, []string{".: health |/health <- src/health.controller.ts:3"}, nil},
		{"a prefix that is worked out", files{"package.json": `{"dependencies": {"@nestjs/core": "10"}}`,
			"src/main.ts":              "app.setGlobalPrefix(config.prefix);\nawait app.listen(3000);\n",
			"src/health.controller.ts": "@Controller('health')\nexport class HealthController {\n  @Get()\n  check() {}\n}\n",
		}, nil, []string{"health"}},
		{"a router of the same file, and one behind a path of the configuration", files{"package.json": `{"dependencies": {"express": "4", "config": "3"}}`, "config/default.json": "{\"server\": {\"base\": \"/app\", \"api\": \"/v1\"}}",
			"config/custom-environment-variables.json": "{\"server\": {\"base\": \"APP_BASE\"}}",
			"app.js":    "const v1 = require('./routes')\nconst api = express.Router()\napi.get('/healthz', ok)\napi.use(config.get('server.api'), v1)\napp.use(`${config.get('server.base')}/api`, api)\napp.listen(8080)\n",
			"routes.js": "router.get('/ready', ok)\n",
		}, []string{".: health /app/api/healthz| <- app.js:3", ".: health |/app/api/v1/ready <- routes.js:1"}, []string{"health /healthz", "|/ready"}},
		{"a token that is put together", files{"package.json": `{"dependencies": {"express": "4"}}`, "server.js": "require('express')().listen(8080)", "tokens.js": "const secret = random(64);\nconst fullToken = `${PREFIX}.${keyId}.${secret}`;\n"}, []string{".: port 8080"}, []string{"has its value in the code"}},
		{"a database on this machine", files{"package.json": `{"dependencies": {"express": "4", "mysql": "2"}}`, "server.js": "require('express')().listen(8080)", "app/db.config.js": "module.exports = {\n  HOST: 'localhost',\n  USER: 'root',\n  PASSWORD: 's3cretpass99',\n  DB: 'shop'\n};\n"},
			[]string{".: need mysql db=shop user=root:3306 <- app/db.config.js:2", "note app/db.config.js:2 the host of mysql is this machine", "note app/db.config.js:4 password has its value in the code"}, []string{"s3cretpass99"}},
		{"a database that a variable leads to", files{"package.json": `{"dependencies": {"express": "4", "mysql": "2"}}`, "server.js": "require('express')().listen(8080)", "app/db.config.js": "module.exports = {HOST: process.env.DB_HOST || 'localhost', USER: 'root', PASSWORD: process.env.DB_PASSWORD, DB: 'shop'};\n"},
			[]string{".: need mysql db=shop user=root DB_HOST={host}:3306", ".: secret DB_PASSWORD"}, []string{"is this machine"}},
		{"express by its start script", files{
			"package.json": `{
  "engines": {"node": ">=6"},
  "scripts": {"start": "NODE_ENV=production PORT=4000 node --inspect server.js | bunyan", "worker": "nodemon --exec node jobs/worker.js", "migrate": "knex migrate:latest"},
  "dependencies": {"express": "4", "ioredis": "4", "pg": "7", "bcrypt": "3"},
  "devDependencies": {"mongodb": "3", "knex": "1"}
}`,
			".nvmrc": "v8.11.3\n", "yarn.lock": "", "jobs/worker.js": "",
			"server.js":        "const Redis = require('ioredis')\nconst cache = new Redis(process.env.REDIS_URL || 'redis://localhost:6379/1')\nconst app = require('express')()\nconst port = process.env.PORT || 3000\napp.get('/healthz', ok)\napp.use('/api', require('./routes'))\napp.listen(port)\nconst key = process.env.STRIPE_KEY\n",
			"routes/index.js":  "router.get('/ready', f)\nrequest.get('/status')\n",
			"test/server.js":   "app.listen(9999)\nprocess.env.TEST_TOKEN\n",
			"webpack.js":       "",
			"public/js/app.js": "process.env.BROWSER_TOKEN; x.listen(1234)",
		}, []string{
			".: version 8 <- .nvmrc:1 declared", ".: framework express <- package.json:4 declared", ".: build yarn package.json yarn.lock", ".: packages python3 make g++ |  <- package.json:4 convention",
			".: command node server.js <- package.json:3 declared", ".: port 4000", ".: env PORT=4000", "worker: command node jobs/worker.js <- package.json:3 convention", "migrate: release command node_modules/.bin/knex migrate:latest <- package.json:3 guess",
			".: need redis REDIS_URL=redis://{host}:{port}/1:6379 <- server.js:2 declared", ".: need postgres:5432 <- package.json:4 guess", ".: health /healthz|", ".: health |/api/ready <- routes/index.js:1", ".: secret STRIPE_KEY <- server.js:8",
		}, []string{"mongodb", "TEST_TOKEN", "BROWSER_TOKEN", "9999"}},
		{"typescript that is compiled", files{
			"package.json":  `{"scripts": {"start": "ts-node src/main.ts", "build": "tsc"}, "dependencies": {"koa": "2"}, "devDependencies": {"typescript": "4"}}`,
			"tsconfig.json": `{"compilerOptions": {"outDir": "./lib"}}`, "src/main.ts": "import Koa from 'koa'\nconst port: number = 8080\nnew Koa().listen(port)\n",
		}, []string{".: command node lib/main.js <- package.json:1 convention", ".: build runs npm run build -> ", ".: port 8080 <- src/main.ts:2 declared", ".: framework koa"}, nil},
		{"tools beside code in another language", files{
			"package.json": `{"main": "", "scripts": {"serve": "redoc-cli serve -t spec.yaml"}, "dependencies": {"redoc-cli": "1"}}`, "go.mod": "module x\n",
		}, nil, []string{"language", "command", "build"}},
		{"a server beside code in another language", files{
			"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "server.js": "app.listen(3000)\n", "go.mod": "module x\n",
		}, []string{".: language node", ".: command node server.js"}, nil},
		{"several programs in bin/, and a start script that runs them all on one machine", files{
			"package.json": `{"name": "persona", "scripts": {"start": "node ./scripts/run_locally.js"}, "dependencies": {"express": "2"}}`, "scripts/run_locally.js": "spawn('x')\n",
			"bin/router": "#!/usr/bin/env node\napp.listen(config.get('bind_to').port)\n", "bin/persona": "#!/usr/bin/env node\napp.listen(config.get('bind_to.port'))\n",
			"bin/load_gen": "#!/usr/bin/env node\nx.listen(1)\n", "bin/tool": "#!/usr/bin/env node\nconsole.log(1)\n",
			"config/production.json": "{\n\"router\": {\"bind_to\": {\"port\": 100}},\n\"persona\": {\"bind_to\": {\"port\": 200}}\n}\n",
		}, []string{".: command node bin/persona <- bin/persona:2 convention", ".: port 200 <- config/production.json:3", "router: command node bin/router <- bin/router:2 convention", "router: port 100 <- config/production.json:2"}, []string{"load_gen", "bin/tool", "run_locally"}},
		{"settings that a server of hapi is made with, and workers by scripts", files{
			"package.json":        `{"scripts": {"start": "node index.js", "worker:mail": "node workers/mail.js", "start:worker": "node workers/all.js", "jobs:prod": "node workers/jobs.js", "worker:dev": "nodemon workers/all.js", "queue:clear": "node workers/clear.js"}, "dependencies": {"@hapi/hapi": "21", "aws-sdk": "2", "sails-mysql": "1"}}`,
			"src/routes/water.js": "module.exports = [\n  {\n    method: 'GET',\n    path: '/status',\n    handler: () => ({})\n  }\n]\n",
			"index.js":            "const config = require('./config')\nconst server = Hapi.server({ routes: {cors: true}, ...config.server })\nnew AWS.SQS({region: 'eu'})\n", "config.js": "module.exports = {\n  log: {level: 'x'},\n  server: {\n    port: 8007\n  }\n}\n",
			"config/connections.js": "module.exports.connections = {\n  other: {adapter: 'sails-mongo', host: 'mongo01', port: 27017},\n  main: {adapter: 'sails-mysql', host: process.env.DBHOST}\n}\n",
			"workers/mail.js":       "", "workers/all.js": "", "workers/jobs.js": "", "workers/clear.js": "",
		}, []string{".: port 8007 <- config.js:4 declared", "worker-mail: command node workers/mail.js", "worker: command node workers/all.js", "jobs: command node workers/jobs.js", ".: need sqs:443 <- index.js:3", ".: need mysql", ".: health |/status <- src/routes/water.js:4"}, []string{"clear: command", "worker-dev: ", "mongodb"}},
		{"a migration that another script starts", files{
			"package.json": `{"scripts": {"start": "node index.js", "start:background": "node worker.js", "db:migrate:latest": "pnpm run typeorm migration:run -d src/data.ts", "typeorm": "typeorm-ts-node-commonjs"}, "dependencies": {"express": "4", "typeorm": "0.3"}}`, "index.js": "app.listen(80)\n", "worker.js": "",
		}, []string{"migrate: release command node_modules/.bin/typeorm-ts-node-commonjs migration:run -d src/data.ts", "background: command node worker.js"}, nil},
		{"queries of Knex are no connections, and the ports of others are not the service's own", files{
			"package.json":        `{"scripts": {"start": "node index.js"}, "dependencies": {"express": "4", "knex": "1", "mysql": "2", "config": "3"}}`,
			"index.js":            "const knex = require('knex')({client: 'mysql', connection: config.mysql});\nknex('orders').insert({a: 1});\nserver.listen({port, host});\n",
			"config/default.yaml": "redis:\n  host: localhost\n  port: 6380\nverp:\n  port: 25\ntestserver:\n  port: 5587\nwww:\n  port: 3001\n",
		}, []string{".: port 3001 <- config/default.yaml:9"}, []string{"orders", "port 6380", "port 25", "port 5587"}},
		{"a tool that migrates, which no script calls", files{
			"package.json": `{"scripts": {"start": "node index.js"}, "dependencies": {"express": "4", "knex": "1"}}`, "index.js": "app.listen(80)\n", "knexfile.js": "", "db/migrations/1_a.js": "",
			"b/package.json": `{"scripts": {"start": "node index.js"}, "dependencies": {"express": "4"}, "devDependencies": {"sequelize-cli": "1"}}`, "b/index.js": "app.listen(80)\n", "b/.sequelizerc": "", "b/migrations/1_a.js": "",
			"c/package.json": `{"scripts": {"start": "node index.js", "prestart": "knex migrate:latest"}, "dependencies": {"express": "4", "knex": "1"}}`, "c/index.js": "app.listen(80)\n", "c/knexfile.js": "", "c/migrations/1_a.js": "",
			"d/package.json": `{"scripts": {"start": "node index.js"}, "dependencies": {"express": "4", "knex": "1"}}`, "d/index.js": "app.listen(80)\n", "d/knexfile.js": "",
		}, []string{"migrate: release command node_modules/.bin/knex migrate:latest <- knexfile.js:1 convention", "b/migrate: release command node_modules/.bin/sequelize db:migrate <- b/.sequelizerc:1 guess", "c/migrate: release command node_modules/.bin/knex migrate:latest <- c/package.json:1"}, []string{"d/migrate"}},
		{"a program of its own that migrates", files{
			"package.json": `{"scripts": {"start": "node index.js"}, "dependencies": {"express": "4"}}`, "index.js": "app.listen(80)\n", "lib/bin/run-migrations.js": "migrate()\n", "lib/util/migrate.js": "",
		}, []string{"migrate: release command node lib/bin/run-migrations.js <- lib/bin/run-migrations.js:1 convention"}, nil},
		{"variables that a schema checks", files{
			"package.json": `{"dependencies": {"joi": "17", "express": "4"}, "scripts": {"start": "node server.js"}}`, "server.js": "const config = require('./config')\nrequire('express')().listen(config.PORT)\n",
			"config.js": "const Joi = require('joi')\nconst schema = Joi.object().keys({\n  PORT: Joi.number().default(3456),\n  JWT_SECRET: Joi.string().required().description('x'),\n  QUEUE_URL: Joi.string().uri().default('amqp://mq:5672'), SIZE: other(1)\n}).unknown()\nconst { value } = schema.validate(process.env)\nmodule.exports = value\n"},
			[]string{".: secret JWT_SECRET <- config.js:4", ".: port 3456 <- config.js:3", ".: env QUEUE_URL=amqp://mq:5672"}, []string{"SIZE"}},
		{"a schema of what is sent", files{"package.json": `{"dependencies": {"joi": "17", "express": "4"}}`, "server.js": "const schema = Joi.object({API_SECRET: Joi.string()})\nschema.validate(req.body)\nrequire('express')().listen(process.env.PORT)\n"}, nil, []string{"API_SECRET"}},
		{"variables that envalid checks", files{
			"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "ioredis": "5"}}`, "server.js": "const env = require('./env')\nnew Redis(env.REDIS_PORT)\napp.listen(env.PORT)\n",
			"env.js": "const {cleanEnv, str, num} = require('envalid')\nconst spec = {\n  PORT: num({default: 3456}),\n  REDIS_HOST: str({default: '127.0.0.1'}), REDIS_ENABLED: bool({ default: false }), TRUST_PROXY: bool({default: true}),\n  JWT_SECRET: str({devDefault: 'x'}),\n  SITE_NAME: str({default: 'Kutt'})\n}\nmodule.exports = cleanEnv(process.env, spec)\n",
		}, []string{".: port 3456 <- env.js:3", ".: secret JWT_SECRET <- env.js:5", ".: env SITE_NAME=Kutt <- env.js:6", ".: need redis REDIS_HOST={host}:6379 <- env.js:4", ".: env REDIS_ENABLED=false <- env.js:4 convention"}, []string{"127.0.0.1", "TRUST_PROXY"}},
		{"the schema of Prisma", files{
			"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "@prisma/client": "4", "prisma": "4"}}`, "server.js": "app.listen(80)\n",
			"src/prisma/schema.prisma": "datasource db {\n  provider = \"postgresql\"\n  url      = env(\"DATABASE_URL\")\n}\n", "src/prisma/migrations/1_init/migration.sql": "",
		}, []string{".: need postgres:5432 <- src/prisma/schema.prisma:2 declared", ".: secret DATABASE_URL <- src/prisma/schema.prisma:3", "migrate: release command node_modules/.bin/prisma migrate deploy --schema src/prisma/schema.prisma"}, nil},
		{"a workspace whose installing takes more than manifests, and one with the parts of Yarn", files{
			"package.json": `{"workspaces": ["apps/*"], "scripts": {"prepare": "husky install"}}`, "yarn.lock": "", "apps/web/package.json": `{"name": "web", "scripts": {"start": "node a.js", "postinstall": "node patch.js"}, "dependencies": {"express": "4"}}`, "apps/web/a.js": "app.listen(8101)\n",
			"b/package.json": `{"workspaces": ["web"], "packageManager": "yarn@4.1.0", "scripts": {"prepare": "npx --yes husky", "preinstall": "npx only-allow yarn"}}`, "b/yarn.lock": "", "b/.yarnrc.yml": "", "b/.yarn/releases/yarn-4.1.0.cjs": "", "b/.yarn/sdks/x.yml": "", "b/web/package.json": `{"name": "web", "scripts": {"start": "node a.js"}, "dependencies": {"express": "4"}}`, "b/web/a.js": "app.listen(8102)\n",
			"c/package.json": `{"workspaces": ["*"]}`, "c/package-lock.json": "", "c/tool/package.json": `{"name": "tool", "bin": "tool.js"}`, "c/web/package.json": `{"name": "web", "scripts": {"start": "node a.js"}, "dependencies": {"express": "4"}}`, "c/web/a.js": "app.listen(8103)\n",
		}, []string{"apps/web: build yarn package.json yarn.lock <-", "b/web: build yarn package.json yarn.lock .yarnrc.yml .yarn/releases/yarn-4.1.0.cjs web/package.json <-", "c/web: build npm package.json package-lock.json <-"}, nil},
		{"a workspace that one image holds", files{
			"package.json": `{"workspaces": ["src", "ui"]}`, "Dockerfile": "ARG SETTINGS=a.json\nFROM node:20\nCOPY ${SETTINGS} .\nCMD [\"npm\", \"run\", \"prod\"]\n",
			"src/package.json": `{"scripts": {"start": "node server.js", "prod": "node server.js"}, "dependencies": {"express": "4"}}`, "src/server.js": "app.listen(9001)\n",
			"ui/package.json": `{"private": true, "scripts": {"build": "vite build"}, "devDependencies": {"vite": "3"}}`,
		}, []string{".: framework express <- src/package.json:1 convention", ".: port 9001 <- src/server.js:1 convention", "note src/package.json:1 a part of the workspace", "note ui/package.json:1"}, []string{"src: ", "ui: ", "8080", "static"}},
		{"a workspace whose start starts its members, one of which only starts a proxy", files{
			"package.json":       `{"workspaces": ["api", "proxy"], "scripts": {"start": "dotenv -c production -- turbo run start"}, "devDependencies": {"turbo": "2"}}`,
			"proxy/package.json": `{"private": true, "scripts": {"start": "./caddy run || caddy run"}}`,
			"api/package.json":   `{"scripts": {"start": "env-cmd -f .env node server.js"}, "dependencies": {"express": "4"}}`, "api/server.js": "app.listen(9001)\n",
		}, []string{"api: command node server.js <- api/package.json:1 declared", "api: port 9001"}, []string{".: command", "proxy: command"}},
		{"pages that a server of their own renders, and some that a browser does", files{
			"api/package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "api/server.js": "app.listen(9001)\n",
			"frontend/package.json": `{"scripts": {"start": "next start -p 3001"}, "dependencies": {"next": "14"}}`,
			"front/package.json":    `{"scripts": {"start": "NODE_ENV=production node server/index.js"}, "dependencies": {"express": "4"}}`, "front/server/index.js": "app.listen(4000)\n",
			"client/package.json":           `{"scripts": {"start": "react-scripts start"}, "dependencies": {"react": "18", "express": "4"}}`,
			"api/public/front/package.json": `{"scripts": {"start": "next start"}, "dependencies": {"next": "14"}}`,
			"web-client/package.json":       `{"scripts": {"build": "next build && next export"}, "dependencies": {"next": "14"}}`,
		}, []string{"frontend: command node_modules/.bin/next start -p 3001 <- frontend/package.json:1 declared", "front: command node server/index.js", "front: port 4000"}, []string{"client: ", "api/public"}},
		{"pages that are deployed beside the server's directory, unless an image takes them", files{
			"backend/pom.xml": "<project/>", "frontend/src/index.html": "<html>", "frontend/webpack.config.js": "module.exports = {output: {path: path.resolve(__dirname, 'build')}}\n",
			"frontend/package.json": `{"scripts": {"build": "webpack"}, "devDependencies": {"webpack": "5"}}`,
			"a/api/go.mod":          "module a\n", "a/client/package.json": `{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "3"}}`, "a/Dockerfile": "FROM nginx\nCOPY client/dist /www\n",
			"b/frontend/package.json": `{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "3"}}`, "b/main.py": "",
		}, []string{"frontend: framework static", "frontend: build runs npm run build -> build"}, []string{"a/client", "b/frontend"}},
		{"where webpack writes, by joins and absolute paths", files{"a/index.html": "<html>", "a/webpack.config.js": "module.exports = {output: {path: path.join(__dirname, '/out')}}\n", "a/package.json": `{"scripts": {"build": "webpack"}, "devDependencies": {"webpack": "5"}}`,
			"b/index.html": "<html>", "b/webpack.config.js": "module.exports = {output: {path: path.resolve(__dirname, '/srv/out')}}\n", "b/package.json": `{"scripts": {"build": "webpack"}, "devDependencies": {"webpack": "5"}}`},
			[]string{"a: build runs npm run build -> out", "b: build runs npm run build -> dist"}, nil},
		{"clients of a server's protocol, and pages that Gatsby builds", files{"server/package.json": `{"scripts": {"start": "node index.js"}, "dependencies": {"express": "4"}}`, "server/index.js": "require('express')().listen(5000)\n",
			"client/package.json": `{"scripts": {"start": "node client.js"}, "dependencies": {"@grpc/grpc-js": "1"}}`, "client/client.js": "setInterval(call, 1000)\n",
			"b/server/package.json": `{"scripts": {"start": "node index.js"}, "dependencies": {"express": "4"}}`, "b/client/package.json": `{"scripts": {"build": "gatsby build"}, "dependencies": {"gatsby": "5"}}`},
			[]string{"server: command node index.js", "b/client: framework static"}, []string{".: client", "client: command", "client: language node <- client/package.json"}},
		{"pages that the server beside them serves", files{
			"package.json": `{"scripts": {"heroku-postbuild": "cd client && npm run build"}}`, "client/package.json": `{"scripts": {"build": "react-scripts build"}, "dependencies": {"react-scripts": "4"}}`,
			"server/package.json": `{"scripts": {"start": "node index.js"}, "dependencies": {"express": "4"}}`, "server/index.js": "const app = require('express')()\napp.use(express.static(path.join(__dirname, '..', 'client', 'build')))\napp.listen(5000)\n",
		}, []string{"server: command node index.js", "note server/index.js:2 the pages that client builds are served from here"}, []string{".: command", "client: framework"}},
		{"pages that nobody takes", files{"Gemfile": "", "client/package.json": `{"scripts": {"build": "react-scripts build"}}`, "a/manage.py": "", "a/frontend/package.json": `{"scripts": {"build": "vite build"}}`, "a/Dockerfile": "FROM x\nCOPY frontend/dist /static\n",
			"b/go.mod": "", "b/client/package.json": `{"scripts": {"build": "tsc"}}`}, []string{"note client/package.json:1 pages for browsers"}, []string{"note a/frontend", "note b/client"}},
		{"the root of a workspace starts a member's program", files{"package.json": `{"private": true, "workspaces": ["services/*"], "scripts": {"start": "node --enable-source-maps services/api/main.js"}}`, "services/api/package.json": `{"name": "api", "dependencies": {"express": "4"}}`, "services/api/main.js": "app.listen(8104)\n",
			"d/package.json": `{"workspaces": ["api"], "scripts": {"start": "node api/main.js"}}`, "d/Dockerfile": "FROM node:20\n", "d/api/package.json": `{"name": "api"}`, "d/api/main.js": "app.listen(8105)\n"},
			[]string{"services/api: command node --enable-source-maps main.js <- package.json:1 convention", "services/api: port 8104", "d: command node api/main.js"}, []string{".: command"}},
		{"a workspace of images", files{
			"package.json": `{"workspaces": ["a"]}`, "Dockerfile": "FROM node:20\nARG APP\nCOPY ${APP} .\n", "a/package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "a/server.js": "app.listen(9001)\n",
		}, []string{"a: command node server.js", "a: port 9001"}, nil},
		{"no start script", files{
			"package.json": `{"private": true, "dependencies": {"express": "4"}}`, "server.js": "require('http').createServer(app).listen(process.env.PORT)\n",
		}, []string{".: command node server.js <- server.js:1 convention", ".: port 3000 <- server.js:1 convention", ".: env PORT=3000"}, nil},
		{"parts of the configuration for tests and developers beside production's", files{
			"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "pg": "8", "knex": "3"}}`, "server.js": "app.listen(8081)\n",
			"knexfile.js": "module.exports = {\n  development: {client: 'postgresql', connection: {host: process.env.PGHOST || 'localhost', database: process.env.DB_NAME || 'shop_dev', password: process.env.PGPASSWORD || 'x'}},\n" +
				"  production: {client: 'postgresql', connection: {host: process.env.PGHOST, database: process.env.DB_NAME,\n    password: process.env.PGPASSWORD}},\n  test: {connection: {port: process.env.PGPORT || 5431, database: process.env.DB_NAME || 'shop_test'}}\n}\n",
		}, []string{".: need postgres", ".: secret PGPASSWORD <- knexfile.js:4"}, []string{"5431", "shop_dev", "shop_test", "PGPORT"}},
		{"node-config with the names of variables", files{
			"package.json": `{"scripts": {"start": "node ."}, "main": "index.js", "dependencies": {"config": "1", "mysql2": "1", "amqplib": "1"}}`,
			"index.js":     "const config = require('config')\nconst c = mysql.createPool(config.get('db'))\nserver.listen(config.get('http.port'))\n",
			"config/default.json": `{
  // commented
  "http": {"port": 8123},
  "db": {"host": "localhost", "database": "shop"},
  "amqp": {"url": "amqp://mq1.corp.example:5673"},
  "erp": {"endpoint": "http://10.1.2.3:8080/soap"}
}`,
			"config/production.json":                   `{"db": {"host": "my1.corp.example"}}`,
			"config/development.json":                  `{"redis": {"host": "r.corp.example"}}`,
			"config/custom-environment-variables.json": `{"db": {"host": "SHOP_DB", "password": "SHOP_DB_PASSWORD"}}`,
		}, []string{
			".: port 8123 <- config/default.json:3 declared", ".: need mysql host=my1.corp.example in=production SHOP_DB={host}:3306 <- config/production.json:1", ".: need mysql db=shop SHOP_DB={host}:3306 <- config/default.json:4",
			".: need rabbitmq host=mq1.corp.example:5673 <- config/default.json:5", ".: need http name=erp host=10.1.2.3:8080 <- config/default.json:6", ".: secret SHOP_DB_PASSWORD",
		}, []string{"redis"}},
		{"convict, and a start script that is for developers", files{
			"package.json": `{"scripts": {"start": "NODE_ENV=dev scripts/start-local.sh 2>&1"}, "dependencies": {"hapi": "16", "convict": "4"}}`, "scripts/start-local.sh": "#!/bin/sh\n",
			"bin/key_server.js": "const config = require('../config')\nconst server = new Hapi.Server()\nserver.connection({port: config.listen.port})\nserver.start()\n",
			"config/index.js":   "const conf = convict({\n  listen: {port: {doc: 'x', default: 9000, format: 'port', env: 'LISTEN_PORT'}},\n  redis: {\n    host: {default: '127.0.0.1', env: 'REDIS_HOST'}, port: {default: 6380, env: 'REDIS_PORT'}\n  },\n  cookieSecret: {default: 'x', env: 'COOKIE_SECRET'}\n})\n",
		}, []string{".: command node bin/key_server.js <- bin/key_server.js:2 convention", ".: port 9000 <- config/index.js:2 declared", ".: env LISTEN_PORT=9000", ".: need redis REDIS_HOST={host} REDIS_PORT={port}:6380 <- config/index.js:4", ".: secret COOKIE_SECRET <- config/index.js:6"}, nil},
		{"a front end is static files", files{
			"package.json": `{"private": true, "scripts": {"start": "react-scripts start", "build": "react-scripts build"}, "dependencies": {"react-scripts": "3"}}`, "package-lock.json": "{}", "src/index.js": "",
		}, []string{".: framework static", ".: build runs npm run build -> build", ".: port 8080 <- package.json:1 convention"}, []string{": command"}},
		{"a front end of another service is none", files{"package.json": `{"scripts": {"build": "webpack"}, "devDependencies": {"webpack": "4"}}`, "Gemfile": "", "index.html": ""}, nil, []string{"language", "port"}},
		{"npm starts a developers' server in another language", files{"package.json": `{"scripts": {"start": "python manage.py runserver"}}`}, []string{".: command python manage.py runserver <- package.json:1 guess"}, nil},
		{"a package is a library", files{"package.json": `{"name": "left-pad", "main": "index.js", "files": ["index.js"]}`, "index.js": "module.exports = 1"}, []string{".: library <- package.json:1 convention"}, []string{"command"}},
		{"a workspace of two", files{
			"package.json": `{"private": true, "workspaces": ["packages/*"]}`, "packages/api/package.json": `{"scripts": {"start": "pm2 start dist/api.js --name api -- --fast"}, "dependencies": {"fastify": "2"}}`,
			"packages/api/dist/api.js": "", "packages/api/src/api.js": "fastify.listen({port: 7000})\n", "packages/mock-erp/package.json": `{"scripts": {"start": "node x.js"}}`,
		}, []string{"packages/api: command node dist/api.js --fast <- packages/api/package.json:1 convention", "packages/api: port 7000 <- packages/api/src/api.js:1", "note packages/mock-erp/package.json:1"}, []string{"packages/mock-erp: "}},
		{"a member of a workspace and the libraries that it is made of", files{
			"package.json": `{"private": true, "workspaces": {"packages": ["apps/*", "libs/**"]}, "devDependencies": {"typescript": "5"}}`, "package-lock.json": "{}",
			"apps/api/package.json": `{"name": "api", "scripts": {"start": "node dist/app.js", "build": "tsc"}, "dependencies": {"express": "4", "@shop/orders": "*"}}`, "apps/api/src/app.ts": "app.listen(8101)\n",
			"libs/orders/package.json": `{"name": "@shop/orders", "scripts": {"build": "tsc"}, "main": "dist/index.js", "dependencies": {"@shop/base": "*", "api": "*"}}`, "libs/common/base/package.json": `{"name": "@shop/base", "scripts": {"build": "tsc"}, "main": "dist/index.js"}`,
			"libs/unused/package.json": `{"name": "unused", "scripts": {"build": "tsc"}, "main": "x.js"}`,
			"pn/package.json":          `{"packageManager": "pnpm@9.1.0"}`, "pn/pnpm-workspace.yaml": "packages: ['services/*', '!x']\n", "pn/pnpm-lock.yaml": "", "pn/services/web/package.json": `{"name": "web", "scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "pn/services/web/server.js": "app.listen(8102)\n",
			"pn/services/own/package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "pn/services/own/server.js": "app.listen(8103)\n", "pn/services/own/yarn.lock": "",
		}, []string{"apps/api: build npm package.json package-lock.json apps/api/package.json libs/common/base/package.json libs/orders/package.json libs/unused/package.json <-", "apps/api: context .", "apps/api: build runs sh -c npm run build --workspace=libs/common/base && npm run build --workspace=libs/orders && npm run build --workspace=apps/api", "apps/api: port 8101",
			"pn/services/web: build pnpm package.json pnpm-lock.yaml pnpm-workspace.yaml services/own/package.json services/web/package.json <-", "pn/services/web: context pn", "pn/services/own: build yarn package.json yarn.lock"}, []string{"workspace=libs/unused", "pn/services/web: build runs", "pn/services/own: context"}},
		{"a member that pnpm builds with what it is made of", files{
			"package.json": `{"packageManager": "pnpm@9.1.0"}`, "pnpm-workspace.yaml": "packages: ['*']\n", "pnpm-lock.yaml": "",
			"web/package.json": `{"name": "@shop/web", "scripts": {"start": "node dist/app.js", "build": "tsc"}, "dependencies": {"express": "4", "@shop/orders": "workspace:*"}}`, "web/src/app.ts": "app.listen(8104)\n",
			"orders/package.json": `{"name": "@shop/orders", "scripts": {"build": "tsc"}, "main": "dist/index.js"}`,
		}, []string{"web: build runs pnpm --filter @shop/web... run build"}, nil},
		{"the server that a framework builds", files{
			"package.json": `{"scripts": {"build": "nuxt build"}, "dependencies": {"nuxt": "^3.1.0"}}`, "nuxt.config.ts": "",
			"old/package.json": `{"scripts": {"build": "nuxt build"}, "dependencies": {"nuxt": "^2.1.0"}}`, "old/nuxt.config.js": "",
			"ui/package.json":   `{"private": true, "scripts": {"build": "rollup"}, "dependencies": {"next": "13"}}`,
			"site/package.json": `{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "13"}}`, "site/next.config.js": "module.exports = {output: 'export'}",
			"both/package.json": `{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "13"}}`, "both/next.config.js": "module.exports = process.env.PAGES ? {output: 'export'} : {output: 'standalone'}",
			"app/package.json": `{"scripts": {"build": "vite build"}, "devDependencies": {"@sveltejs/kit": "2", "@sveltejs/adapter-auto": "2", "vite": "4"}}`,
		}, []string{".: command node .output/server/index.mjs <- package.json:1 convention", ".: port 3000", "old: command node_modules/.bin/nuxt start", "site: framework static", "site: build runs npm run build -> out", "app: command node build <- app/package.json:1 guess", "note app/package.json:1"},
			[]string{"ui: command", "site: command", "app: framework static", "both: framework static"}},
		{"a start that only says make, and one that compiles at its start", files{
			"package.json": `{"scripts": {"start": "make run"}, "dependencies": {"express": "4"}}`, "Makefile": "test:\n\tmocha\nrun: build\n\t@env NODE_ENV=${X} node lib/index.js\n", "lib/index.js": "app.listen(5000)",
			"ts/package.json": `{"scripts": {"start": "node index.js", "prestart:prod": "tsc", "start:prod": "node dist/main.js"}, "dependencies": {"express": "4"}}`, "ts/index.js": "require('ts-node/register')\nrequire('./src/main')",
		}, []string{".: command node lib/index.js <- Makefile:4 declared", ".: port 5000", "ts: command node dist/main.js <- ts/package.json:1 declared", "ts: build runs npm run prestart:prod"}, nil},
		{"what runs before the script that starts", files{
			"package.json": `{"scripts": {"prestart": "tsc -p .", "start": "node dist/main.js"}, "dependencies": {"express": "4"}}`, "dist/main.js": "app.listen(80)",
			"gone/package.json":  `{"scripts": {"prestart": "./make.sh", "start": "node out/main.js"}, "dependencies": {"express": "4"}}`,
			"other/package.json": `{"scripts": {"prestart": "node check.js", "start": "node main.js"}, "dependencies": {"express": "4"}}`, "other/main.js": "app.listen(81)",
		}, []string{".: build runs npm run prestart", "gone: build runs npm run prestart"}, []string{"other: build runs"}},
		{"the programs of awsbox", files{
			"package.json": `{"name": "id", "dependencies": {"express": "2"}}`, ".awsbox.json": "{\n\"processes\": [\n\"bin/router\",\n\"bin/id\", \"bin/gone\"]}", "bin/router": "#!/usr/bin/env node\napp.listen(1)", "bin/id": "#!/usr/bin/env node\napp.listen(2)",
		}, []string{".: command node bin/router <- .awsbox.json:3 declared", "id: command node bin/id <- .awsbox.json:4 declared"}, []string{"gone"}},
		{"npm starts a program in another language", files{"package.json": `{"scripts": {"start": "perl ./script/launcher.pl -f ./script/shop"}, "dependencies": {"jquery": "3"}}`, "script/launcher.pl": ""}, []string{".: command perl ./script/launcher.pl -f ./script/shop <- package.json:1"}, []string{"language", "port"}},
		{"a program that loads what tells how it is", files{
			"package.json": `{"name": "id", "dependencies": {"express": "2"}}`, ".awsbox.json": `{"processes": ["bin/router", "bin/id", "bin/plain"]}`, "lib/beat.js": "module.exports = app => app.get('/__heartbeat__', answer);\n",
			"bin/router": "#!/usr/bin/env node\napp.listen(1)", "bin/id": "#!/usr/bin/env node\nconst beat = require('../lib/beat'); app.listen(2)", "bin/plain": "#!/usr/bin/env node\napp.listen(3)",
		}, []string{"id: health |/__heartbeat__ <- lib/beat.js:1 declared"}, []string{"plain: health"}},
		{"Meteor", files{".meteor/packages": "meteor-base\nemail@1.2\n", ".meteor/release": "METEOR@1.6.0.1\n", "package.json": `{"scripts": {"start": "meteor run"}}`}, []string{
			".: language node <- .meteor/packages:1 declared", ".: framework meteor", ".: version 8 <- .meteor/release:1 convention", ".: command node main.js", ".: port 3000", ".: need mongodb MONGO_URL=mongodb://{host}:{port}/meteor:27017", ".: need smtp:25 <- .meteor/packages:2 guess", "note .meteor/packages:1",
		}, nil},
		{"a schema of Prisma for each database", files{
			"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "@prisma/client": "4"}}`, "server.js": "app.listen(80)\n", "docker-compose.yml": "services:\n db:\n  image: postgres:12\n",
			"prisma/a.mysql.prisma": "datasource db {\n  provider = \"mysql\"\n}\n", "prisma/b.postgresql.prisma": "datasource db {\n  provider = \"postgresql\"\n}\n",
		}, []string{".: need postgres:5432 <- prisma/b.postgresql.prisma:2"}, []string{"mysql"}},
		{"what it runs without is no need", files{
			"package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}, "optionalDependencies": {"elasticsearch": "1"}}`, "server.js": "app.listen(80)\n", "plugins/es.js": "new elasticsearch.Client({host: 'es'})\namqp.createConnection({host: 'mq'})\n",
		}, []string{".: port 80"}, []string{"need"}},
		{"a server behind a task runner", files{
			"package.json": `{"scripts": {"start": "grunt server"}, "engines": {"node": "0.10"}, "dependencies": {"express": "4"}}`, "Dockerfile": "CMD npm start", "server/bin/shop-server.js": "app.listen(3030)\n",
			"b/package.json": `{"scripts": {"start": "grunt server"}, "dependencies": {"express": "4"}}`, "b/Dockerfile": "CMD npm start",
		}, []string{".: command node server/bin/shop-server.js", ".: port 3030", "b: language node", "b: framework express"}, []string{"b: command"}},
		{"each program of bin/ binds what it loads", files{
			"package.json": `{"scripts": {"start": "scripts/run_dev.js"}, "dependencies": {"hapi": "8"}}`, "scripts/run_dev.js": "#!/usr/bin/env node\ncp.fork('bin/server.js')",
			"bin/server.js": "#!/usr/bin/env node\nconst server = require('../lib/web').create()\nserver.start()\n", "bin/worker.js": "#!/usr/bin/env node\nrequire('../lib/a').create()\nserver.start()\n", "bin/_static.js": "server.start()\n",
			"lib/a.js": "server.connection({port: config.worker.port})\n", "lib/web/index.js": "server.connection({port: config.server.port})\n", "lib/routing.js": "const r = {path: '/__heartbeat__'}\n",
			"lib/config.js": "const conf = convict({\n  server: {port: {default: 1111, env: 'PORT'}},\n  worker: {port: {default: 1113, env: 'WORKER_PORT'}}\n})\n",
		}, []string{".: command node bin/server.js", ".: port 1111 <- lib/config.js:2", "worker: command node bin/worker.js <- bin/worker.js:3", "worker: port 1113 <- lib/config.js:3", ".: health |/__heartbeat__ <- lib/routing.js:1"}, []string{"_static"}},
		{"a main that no script starts", files{"package.json": `{"private": true, "main": "job.js", "dependencies": {"puppeteer": "1"}}`, "job.js": "go()"}, []string{".: command node job.js <- job.js:1 guess"}, nil},
		{"broken and odd package.json", files{"package.json": `{"scripts": `, "a/package.json": `{"scripts": [1], "engines": ["node >= 4"], "dependencies": {"express": 4}}`, "a/server.js": "app.listen(1)"},
			[]string{"note package.json:0 is no valid JSON", "a: command node server.js"}, nil},
	})
}

func TestNodeVersion(t *testing.T) {
	for text, want := range map[string]string{"8.x": "8", "v8.11.3": "8", "lts/carbon": "8", ">=0.10.25": "0.10", "~10.15": "10", "^12 || ^14": "12", "0.12.x": "0.12", "*": "", "node": "", "18": "18"} {
		if got, _ := nodeVersion(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
