package lang

import "testing"

func TestDeno(t *testing.T) {
	const code = "import { Pool } from \"https://deno.land/x/postgres@v0.17/mod.ts\";\nconst key = Deno.env.get(\"API_KEY\");\nconst mode = Deno.env.get(\"MODE\") ?? \"full\";\nDeno.serve({ port: Number(Deno.env.get(\"PORT\") ?? 8042) }, handler);\n"
	runCases(t, Deno(), []readerCase{
		{"a task, an import and a port", files{"deno.jsonc": "{\n\t// tasks\n\t\"tasks\": {\n\t\t\"start\": \"deno run --watch -A src/main.ts\", /* x */\n\t\t\"build\": {\"command\": \"deno run build.ts\"}\n\t},\n\t\"imports\": {\"oak\": \"https://deno.land/x/oak@v12/mod.ts\"},\n}", "src/main.ts": code, ".dvmrc": "v1.40.2\n"}, []string{
			".: language deno <- deno.jsonc:1 declared", ".: version 1.40.2 <- .dvmrc:1", ".: command deno run -A src/main.ts <- deno.jsonc:4 convention", ".: framework oak <- deno.jsonc:7", ".: port 8042 <- src/main.ts:4 declared", ".: env PORT=8042", ".: secret API_KEY <- src/main.ts:2", ".: env MODE=full", ".: need postgres:5432 <- src/main.ts:1",
			".: build runs deno task build -> ",
		}, []string{"--watch"}},
		{"fresh without a task for production", files{"deno.json": `{"tasks": {"start": "deno run -A --watch=static/ dev.ts"}, "imports": {"$fresh/": "https://deno.land/x/fresh@1.1/"}}`, "main.ts": "import { start } from \"$fresh/server.ts\";\nawait start(manifest);\n", "dev.ts": ""}, []string{
			".: command deno run -A main.ts <- main.ts:2 convention", ".: framework fresh", ".: port 8000 <- deno.json:1 convention", ".: version 1 <- deno.json:1 guess",
		}, nil},
		{"beside Node, a library, broken", files{"a/deno.json": "{}", "a/package.json": "{}", "a/main.ts": code, "b/deno.json": "{}", "b/mod.ts": "export const x = 1;", "c/deno.json": "{ \"tasks\": [", "c/main.ts": code}, []string{"note c/deno.json:0 is no valid JSON", "c: command deno run -A main.ts"}, []string{"a:", "b:"}},
	})
}

func FuzzDeno(f *testing.F) {
	f.Add("{\"tasks\": {\"start\": \"deno run x.ts\"}} // \"", "Deno.serve({port: 1})")
	f.Fuzz(func(t *testing.T, config, code string) {
		checkReport(t, read(t, Deno(), files{"deno.json": config, "main.ts": code, "deps.ts": code, ".deno-version": config}))
	})
}

func TestBun(t *testing.T) {
	runCases(t, Node(), []readerCase{
		{"a script", files{"package.json": "{\"name\": \"x\", \"scripts\": {\n\"start\": \"bun run --hot src/index.ts\"},\n\"dependencies\": {\"elysia\": \"1\"}}", "bun.lockb": "x", "src/index.ts": "new Elysia().listen(3010)"}, []string{
			".: language node", ".: framework elysia", ".: command bun src/index.ts <- package.json:2 convention", ".: build bun package.json bun.lockb", ".: port 3010",
		}, []string{"--hot"}},
		{"no script", files{"package.json": "{\"name\": \"x\", \"private\": true, \"module\": \"index.ts\"}", "bun.lock": "{}", "index.ts": "// x\nBun.serve({ port: Bun.env.PORT ?? 4000, fetch() {} })"}, []string{".: command bun index.ts <- index.ts:2 convention", ".: port 4000 <- index.ts:2", ".: env PORT=4000"}, nil},
		{"named by package.json", files{"package.json": "{\"packageManager\": \"bun@1.1\", \"scripts\": {\"start\": \"bun start.ts\"}}", "package-lock.json": "{}", "start.ts": "Bun.serve({ port: 5000 })"}, []string{".: build bun package.json", ".: command bun start.ts", ".: port 5000"}, nil},
	})
}
