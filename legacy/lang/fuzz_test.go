package lang

import (
	"strings"
	"testing"
	"time"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// FuzzSource feeds both tokenizers and the expression parser: whatever the text, they end, and every line that they name
// is one of the text's.
func FuzzSource(f *testing.F) {
	f.Add("return ['a' => array(1, 'b' => env('X') ?: 'y'), #[x]\n # c\n];", false)
	f.Add("a = {'b': [1, (2, f'{c}')], **d}\nif x: y = os.environ.get('Z', 'q') or \"w\"\n", true)
	f.Add("const a = {b, c: `x${process.env.D || 1}`, e() {}, ...f}; app.listen(a.b || 3000, () => { /* ' */ })", false)
	f.Add("const {\n A = '1,2', // x\n B: c\n} = process.env\nvar {}= process.env;", false)
	f.Add("'''unclosed\n((((((((((", true)
	f.Add("/re[/]gexp'/g.test(x) ? `${`${a}`}` : /", false)
	f.Fuzz(func(t *testing.T, text string, python bool) {
		returned(text)
		if apart := takenApart(text); strings.Count(apart, "\n") != strings.Count(text, "\n") {
			t.Fatalf("lines of %q moved: %q", text, apart)
		}
		s := parseSource("x", text, dialect{python: python, php: !python && strings.Contains(text, "=>")})
		lines := 1 + strings.Count(text, "\n")
		check := func(v value) {
			v.walk(func(v value) {
				if v.line > lines {
					t.Fatalf("line %d of %d", v.line, lines)
				}
			})
		}
		for _, set := range s.settings {
			check(set.v)
			set.v.literal()
			set.v.environment()
		}
		for _, call := range s.calls {
			check(call)
		}
	})
}

// FuzzPython feeds the files that people write around Python; each goes in as its own file.
func FuzzPython(f *testing.F) {
	f.Add("Django==1.8\n-r x.txt\n-e .\n", "[packages]\nflask='*'\n", "DATABASES = {'default': {'HOST': 'h'}}\napp = Flask()\napp.run(port='x')", "bind = ':8'")
	f.Add("-r requirements.txt", "[tool.poetry.dependencies]\npython='^'", "@x.route('/health')", "bind='unix:'")
	f.Fuzz(func(t *testing.T, requirements, toml, code, gunicorn string) {
		checkReport(t, read(t, Python(), files{"requirements.txt": requirements, "a/pyproject.toml": toml, "a/app.py": code, "b/Pipfile": toml, "b/settings.py": code, "app.py": code,
			"gunicorn.conf.py": gunicorn, "setup.py": code, "setup.cfg": requirements, "runtime.txt": gunicorn, "uwsgi.ini": gunicorn}))
	})
}

func FuzzNode(f *testing.F) {
	f.Add(`{"scripts":{"start":"FOO=1 node x | y && npm run start","worker":"npm run worker"},"dependencies":{"express":"4"},"engines":{"node":">=8"}}`, "app.listen(process.env.PORT || 3000)", `{"a": {"host": "h"}}`)
	f.Add(`{"main":"../../x","scripts":{"start":"pm2 start ecosystem.config.js"}}`, "script: '../x'", "[")
	f.Add(`{"dependencies":{"express":"4"}}`, "express().listen(3000)", `{"monorepo":true,"projectType":"application","targets":{"build":{"options":{"main":"b/apps/x/src/main.ts","outputPath":"../.."}}},"projects":{"x":{"type":"application","root":"apps/x"},"":{"root":"..","projectType":"application"}},"compilerOptions":{"paths":{"@x/y":["../z"]}}}`)
	f.Fuzz(func(t *testing.T, pkg, code, config string) {
		checkReport(t, read(t, Node(), files{"b/package.json": pkg, "b/nx.json": "", "b/workspace.json": config, "b/nest-cli.json": config, "b/tsconfig.json": config, "b/apps/x/project.json": config, "b/apps/x/src/main.ts": code, "package.json": pkg, "server.js": code, "ecosystem.config.js": code, "config/default.json": config, "config/custom-environment-variables.json": config, ".nvmrc": config, "a/package.json": pkg, "a/src/main.ts": code, "tsconfig.json": config}))
	})
}

// checkReport holds what every finding must be: with evidence, a port in range, no empty command.
func checkReport(t *testing.T, r *scan.Report) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Evidence.File == "" || f.Evidence.Line < 1 || f.Evidence.Rank == 0 {
			t.Fatalf("no evidence: %+v", f)
		}
		if f.Service.Port < 0 || f.Service.Port > 65535 || f.Service.Command != nil && f.Service.Command[0] == "" {
			t.Fatalf("%+v", f.Service)
		}
		if f.Need != nil && (f.Need.Kind == "" || f.Need.Port < 0 || f.Need.Port > 65535) {
			t.Fatalf("%+v", f.Need)
		}
	}
}

// Text that makes a careless parser slow must be read in time that grows with its length.
func TestHostileSource(t *testing.T) {
	for name, text := range map[string]string{
		"brackets": strings.Repeat("a(", 100_000), "sum": "x = " + strings.Repeat("a + 'b' + ", 50_000), "or": "x = " + strings.Repeat("a or ", 50_000), "dots": strings.Repeat("a.", 100_000),
		"names": strings.Repeat("a = [a, a, a]\n", 20_000), "equals": strings.Repeat("a=", 100_000), "quotes": strings.Repeat("'", 200_000), "formats": "x = f'" + strings.Repeat("{f\"{a}\"}", 20_000) + "'",
		"calls": strings.Repeat("f(x, g(y, ", 30_000), "percent": "x = '" + strings.Repeat("%s", 50_000) + "' % (" + strings.Repeat("'a',", 50_000) + ")", "chain": "a" + strings.Repeat(".b()", 50_000),
		"braces": strings.Repeat("{a:", 60_000), "lines": strings.Repeat("[\n", 100_000), "commas": "f(" + strings.Repeat(",", 200_000) + ")",
	} {
		for _, python := range []bool{true, false} {
			done := make(chan struct{})
			go func() {
				parseSource("x", text, dialect{python: python})
				close(done)
			}()
			select {
			case <-done:
			case <-time.After(20 * time.Second): // a bound for what is quadratic, not a measurement
				t.Errorf("%s (python %v) takes too long", name, python)
			}
		}
	}
}

func FuzzSettingsValue(f *testing.F) {
	f.Add("[web.a]\nport = 80 # x\n[[list]]\nkey = 'a'\n[web]\nname = \"b\"\n")
	f.Add("web: {port: 80}\n")
	f.Fuzz(func(_ *testing.T, text string) {
		for _, form := range []string{"toml", "json"} {
			settingsValue(form, text).below([]string{"web", "port"})
		}
	})
}
