package lang

import "testing"

func TestApplicationsOfOnePackage(t *testing.T) {
	const listens = "import { NestFactory } from '@nestjs/core'\nNestFactory.create(M).then(app => app.listen(process.env.PORT || 3333))\n"
	runCases(t, Node(), []readerCase{
		{"a workspace of Nest's", files{
			"package.json": `{"name": "shop", "scripts": {"start:prod": "node dist/apps/gateway/main"}, "dependencies": {"@nestjs/core": "8", "pg": "8", "ioredis": "4"}}`, "yarn.lock": "",
			"nest-cli.json":            `{"monorepo": true, "projects": {` + "\n" + `"gateway": {"type": "application", "root": "apps/gateway", "sourceRoot": "apps/gateway/src"},` + "\n" + `"orders": {"type": "application", "root": "apps/orders", "entryFile": "server", "sourceRoot": "apps/orders/src"}, "db": {"type": "library", "root": "libs/db", "sourceRoot": "libs/db/src"}}}`,
			"tsconfig.json":            `{"compilerOptions": {"paths": {"@app/db": ["libs/db/src"], "@app/db/*": ["libs/db/src/*"]}}}`,
			"apps/gateway/src/main.ts": listens, "apps/gateway/src/health.controller.ts": "@Controller('health')\nexport class Health { @Get()\n check() {} }\n",
			"apps/orders/src/server.ts": "import { Db } from '@app/db'\n" + listens,
			"libs/db/src/index.ts":      "import { Pool } from 'pg'\nnew Pool({ host: process.env.DB_HOST, password: process.env.DB_PASSWORD })\n",
		}, []string{
			"apps/gateway: command node ../../dist/apps/gateway/main.js <- nest-cli.json:2 convention", "apps/gateway: port 3333 <- apps/gateway/src/main.ts:2", "apps/gateway: health |/health", "apps/gateway: framework nest <- package.json:1",
			"apps/orders: command node ../../dist/apps/orders/server.js", "apps/orders: need postgres", "apps/orders: secret DB_PASSWORD <- libs/db/src/index.ts:2", "apps/orders: context .",
		}, []string{"\n.: ", "libs/db: ", "apps/gateway: need", "redis"}},
		{"workspaces of Nx", files{
			"package.json": `{"name": "x", "dependencies": {"express": "4"}}`, "nx.json": "{}",
			"apps/api/project.json": `{"projectType": "application", "targets": {"build": {"executor": "@nrwl/js:tsc", "options": {"outputPath": "dist/apps/api", "main": "apps/api/src/main.ts"}}}}`, "apps/api/src/main.ts": "import express from 'express'\nexpress().listen(4001)\n",
			"apps/ui/project.json": `{"projectType": "application", "targets": {"build": {"options": {"outputPath": "dist/apps/ui", "main": "apps/ui/src/main.ts"}}}}`, "apps/ui/src/main.ts": "platform().bootstrapModule(App)\n",
			"apps/api-e2e/project.json": `{"projectType": "application", "targets": {"e2e": {}}}`, "libs/a/project.json": `{"projectType": "library"}`,
			"old/package.json": `{"dependencies": {"express": "4"}}`, "old/nx.json": "{}", "old/apps/job/src/main.ts": "import express from 'express'\nexpress().listen(4002)\n",
			"old/workspace.json": `{"projects": {"at": "apps/at", "job": {"root": "apps/job", "projectType": "application", "architect": {"build": {"options": {"outputPath": "dist/apps/job", "main": "apps/job/src/main.ts"}}}}}}`,
			"whole/package.json": `{"dependencies": {"express": "4"}}`, "whole/nx.json": "{}", "whole/Dockerfile": "FROM node:16\n", "whole/apps/a/src/main.ts": "express().listen(4003)\n",
			"whole/apps/a/project.json": `{"projectType": "application", "targets": {"build": {"options": {"outputPath": "dist/apps/a", "main": "apps/a/src/main.ts"}}}}`,
		}, []string{
			"apps/api: command node ../../dist/apps/api/src/main.js <- apps/api/project.json:1 convention", "apps/api: port 4001", "apps/api: build runs npx nx build api",
			"old/apps/job: command node ../../dist/apps/job/main.js <- old/workspace.json:1", "old/apps/job: port 4002", "old/apps/job: context old",
		}, []string{"apps/ui: ", "apps/api-e2e: ", "libs/a: ", "whole/apps/a: "}},
	})
}
