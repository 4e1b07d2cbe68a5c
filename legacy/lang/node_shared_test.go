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
	})
}
