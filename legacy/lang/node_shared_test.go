package lang

import "testing"

func TestNodeShared(t *testing.T) {
	runCases(t, Node(), []readerCase{
		{"a package that starts another one with an image", files{
			"package.json": `{"scripts": {"start": "cd services/shop && node server.js"}, "dependencies": {"express": "4"}}`, "services/shop/package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "services/shop/server.js": "app.listen(8101)\n", "services/shop/Dockerfile": "FROM node:20\n",
			"b/package.json": `{"scripts": {"start": "cd app && node server.js"}, "dependencies": {"express": "4"}}`, "b/app/package.json": `{}`, "b/app/server.js": "app.listen(8102)\n",
		}, []string{"services/shop: port 8101", "b: language node"}, []string{"\n.: "}},
		{"a member of the workspace answers how the services are that it is a part of", files{
			"package.json":          `{"private": true, "workspaces": ["apps/*", "packages/*"]}`,
			"apps/api/package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "@x/kit": "1"}}`, "apps/api/server.js": "app.listen(8101)\n",
			"apps/mail/package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}, "devDependencies": {"@x/kit": "1"}}`, "apps/mail/server.js": "app.listen(8102)\n",
			"apps/own/package.json": `{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4", "@x/kit": "1"}}`, "apps/own/server.js": "app.get('/health', ok)\napp.listen(8103)\n",
			"packages/kit/package.json": `{"name": "@x/kit", "dependencies": {"@x/base": "1"}}`, "packages/kit/src/index.ts": "export * from '@x/base'\n",
			"packages/base/package.json": `{"name": "@x/base"}`, "packages/base/src/index.ts": "const token = process.env.BASE_TOKEN\nconst app = express()\napp.get('/healthz', ok)\n",
		}, []string{"apps/api: health /healthz|/healthz <- packages/base/src/index.ts:3", "apps/own: health |/health"}, []string{"apps/mail: health", "BASE_TOKEN"}},
		{"a package that only starts the server of a member of the workspace, which is made to be installed", files{
			"pnpm-workspace.yaml":       "packages: ['services/*', 'packages/*']\n",
			"services/app/package.json": `{"name": "app", "private": true, "dependencies": {"@x/app": "workspace:^"}}`, "services/app/Dockerfile": "FROM node:20\n", "services/app/api.ts": "import { App } from '@x/app'\nApp.create(process.env.APP_SIGNING_SECRET).start()\n",
			"services/ui/package.json": `{"name": "ui", "private": true, "scripts": {"build": "vite build"}, "dependencies": {"@x/app": "workspace:^"}}`, "services/ui/Dockerfile": "FROM nginx\n", "services/ui/src/index.ts": "import { Button } from '@x/app'\n",
			"services/typed/package.json": `{"name": "typed", "private": true, "dependencies": {"@x/app": "workspace:^"}}`, "services/typed/Dockerfile": "FROM node:20\n", "services/typed/index.ts": "import type { App } from '@x/app'\nfetch(process.env.APP_URL)\n",
			"packages/app/package.json": `{"name": "@x/app", "files": ["dist"], "scripts": {"start": "node dist/bin.js"}, "dependencies": {"express": "4", "pg": "8"}, "devDependencies": {"@x/dev": "*"}}`,
			"packages/app/src/index.ts": "export class App {\n  start() {\n    const app = express()\n    app.get('/rpc/_health', ok)\n    app.listen(parseInt(process.env.APP_PORT || '2500'))\n    new Pool({ password: process.env.APP_DB_PASSWORD })\n  }\n}\n",
			"packages/dev/package.json": `{"name": "@x/dev", "files": ["dist"], "scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`, "packages/dev/server.js": "app.listen(9000)\n",
		}, []string{"services/app: framework express <- packages/app/package.json:1", "services/app: health |/rpc/_health <- packages/app/src/index.ts:4", "services/app: secret APP_DB_PASSWORD", "packages/app: library", "packages/dev: port 9000"},
			[]string{"packages/app: framework", "packages/app: port", "services/ui: framework express", "services/typed: framework"}},
	})
}

// A program that asks people, and one to install in a workspace whose images are of others, count where nothing else runs.
func TestProgramsForPeople(t *testing.T) {
	r := read(t, Node(), files{
		"package.json":       `{"private": true, "workspaces": ["cli", "api", "box"], "scripts": {"start": "node cli/index.js start"}}`,
		"docker-compose.yml": "services: {api: {image: x/api}}\n",
		"cli/package.json":   `{"name": "cli", "bin": "index.js", "scripts": {"start": "node index.js"}, "dependencies": {"inquirer": "8"}}`, "cli/index.js": "run(process.argv)\n",
		"api/package.json": `{"name": "api", "bin": "index.js", "scripts": {"start": "node index.js"}, "dependencies": {"express": "4", "inquirer": "8"}}`, "api/index.js": "app.listen(8101)\n",
		"box/package.json": `{"name": "box", "files": ["."], "scripts": {"start": "node index.js"}, "dependencies": {"express": "4"}}`, "box/index.js": "app.listen(8102)\n", "api/Dockerfile": "FROM node:20\n",
		"other/package.json": `{"bin": "index.js", "scripts": {"start": "node index.js"}, "dependencies": {"prompts": "2"}}`, "other/index.js": "setInterval(work, 1000)\n",
	})
	for _, f := range r.Findings {
		if f.Dir == "." || f.Alone != (f.Dir == "cli" || f.Dir == "box") {
			t.Errorf("%s: alone %v: %+v", f.Dir, f.Alone, f.Service)
		}
	}
}
