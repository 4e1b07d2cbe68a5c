package service_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// odd is a migrate.yaml in which a team has worked: aligned comments, indented lists, blank lines, keys in their order.
const odd = `# ours
name:   shop      # short
version: 1
image: registry.example.com/shop

services:
    web:
        language: python    # requirements.txt:1
        command:
          - gunicorn
          - shop.wsgi
        port: 8000
        env: { LOG_LEVEL: "info" }      # Procfile:1
        secrets: [
          SECRET_KEY,   # rotate it
        ]

    # the jobs

    nightly: {from: web, command: [python, report.py], schedule: '0 3 * * *'}
    # weekly:
    #   from: web

needs:
    db: {kind: postgres, port: 5432}
environments:
    production:
        namespace: shop
        needs:
            db: {host: db.production.invalid}   # where?
        hosts: {shop.example.com: shop.invalid} # guess: where?
        # the end of production
# the end`

func TestEditKeepsEveryOtherByte(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(a *service.App)
		deleted string // a line
		added   string
	}{
		{"nothing", func(*service.App) {}, "", ""},
		{"in braces", func(a *service.App) { a.Services["web"].Env["DEBUG"] = "no" },
			`        env: { LOG_LEVEL: "info" }      # Procfile:1`, `        env: { LOG_LEVEL: "info", DEBUG: "no" }      # Procfile:1`},
		{"in brackets over lines", func(a *service.App) { a.Services["web"].Secrets = append(a.Services["web"].Secrets, "TOKEN") },
			`          SECRET_KEY,   # rotate it`, `          SECRET_KEY, TOKEN,   # rotate it`},
		{"to a list of lines", func(a *service.App) { a.Services["web"].Command = append(a.Services["web"].Command, "--reload") },
			"", "          - --reload"},
		{"a new key", func(a *service.App) { a.Services["web"].Needs = []string{"db"} }, "", "        needs: [db] # said"},
		{"a need", func(a *service.App) {
			a.Needs["erp"] = service.Need{Kind: "http", Port: 443}
			a.Environments["production"].Needs["erp"] = service.Answer{Addresses: []string{"10.0.0.1"}}
		}, "", "    erp: {kind: http, port: 443} # said\n            erp: {addresses: [10.0.0.1]} # said"},
		{"a process", func(a *service.App) {
			a.Services["weekly"] = &service.Service{From: "web", Command: []string{"python", "weekly.py"}, Schedule: "0 3 * * 1"}
		}, "", `    weekly: {from: web, command: [python, weekly.py], schedule: 0 3 * * 1} # said`},
		{"another answer", func(a *service.App) {
			a.Environments["production"].Needs["db"] = service.Answer{Addresses: []string{"10.0.0.9"}}
		}, `            db: {host: db.production.invalid}   # where?`, `            db: {addresses: [10.0.0.9]}   # where?`},
		{"a guess that is no more", func(a *service.App) {
			a.Environments["production"].Hosts["shop.example.com"] = "www.example.com"
		}, `        hosts: {shop.example.com: shop.invalid} # guess: where?`, `        hosts: {shop.example.com: www.example.com} # said`},
		{"a quoted value", func(a *service.App) { a.Services["web"].Env["LOG_LEVEL"] = "it's: {1}" },
			`        env: { LOG_LEVEL: "info" }      # Procfile:1`, `        env: { LOG_LEVEL: 'it''s: {1}' }      # Procfile:1`},
		{"out of lines", func(a *service.App) { a.Services["web"].Env = nil; a.Services["web"].Secrets = nil },
			"        env: { LOG_LEVEL: \"info\" }      # Procfile:1\n        secrets: [\n          SECRET_KEY,   # rotate it\n        ]", ""},
		{"one for another", func(a *service.App) { a.Services["web"].Port, a.Services["web"].Sidecar = 0, true },
			"        port: 8000", "        sidecar: true # said"},
		{"a value with evidence", func(a *service.App) { a.Services["web"].Language = "ruby" },
			"        language: python    # requirements.txt:1", "        language: ruby    # said"},
		{"a value with a comment", func(a *service.App) { a.Name = "store" }, "name:   shop      # short", "name:   store      # short"},
		{"at the end", func(a *service.App) { a.Secrets.Prefix = "shop" }, "", "secrets: {prefix: shop} # said"},
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			old := strings.ReplaceAll(odd, "\n", eol)
			app, err := service.Load("migrate.yaml", []byte(old))
			if err != nil {
				t.Fatal(err)
			}
			c.change(app)
			text, err := service.Edit([]byte(old), app, func(string) string { return "said" })
			if err != nil {
				t.Fatal(err)
			}
			deleted, added := difference(old, string(text), eol)
			if deleted != c.deleted || added != c.added {
				t.Errorf("%s (%q)\ndeleted %q\n   want %q\nadded   %q\n   want %q", c.name, eol, deleted, c.deleted, added, c.added)
			}
			if again, err := service.Load("migrate.yaml", text); err != nil || !reflect.DeepEqual(again, app) {
				t.Errorf("%s: it does not read back: %v", c.name, err)
			}
		}
	}
}

// difference is what of the lines of a is not in b, and the other way round.
func difference(a, b, eol string) (deleted, added string) {
	only := func(a, b string) string {
		have := map[string]int{}
		for _, line := range strings.Split(b, eol) {
			have[line]++
		}
		var lines []string
		for _, line := range strings.Split(a, eol) {
			if have[line]--; have[line] < 0 {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "\n")
	}
	return only(a, b), only(b, a)
}

// What can't be edited in place is written anew: the values are right, comments stay.
func TestEditFallsBack(t *testing.T) {
	old := "version: 1 # one\nname: shop\nimage: r/shop\nservices:\n  web:\n    command: [a]\n    env:\n      TEXT: |\n        two\n        lines\n"
	app, err := service.Load("migrate.yaml", []byte(old))
	if err != nil {
		t.Fatal(err)
	}
	app.Services["web"].Env["TEXT"] = "one line"
	text, err := service.Edit([]byte(old), app, nil)
	if err != nil || !strings.Contains(string(text), "TEXT: one line\n") || !strings.Contains(string(text), "# one\n") {
		t.Errorf("%s, %v", text, err)
	}
}

// FuzzEdit adds to whatever loads: the outcome says what the model says, and where it was edited in place each line is still there.
func FuzzEdit(f *testing.F) {
	f.Add([]byte(odd), "KEY", "value")
	f.Add([]byte(shop), "KEY", "a: #b\n")
	f.Fuzz(func(t *testing.T, old []byte, key, value string) {
		app, err := service.Load("migrate.yaml", old)
		if err != nil || !service.VariableName(key) {
			return
		}
		for _, name := range app.ServiceNames() {
			if s := app.Services[name]; s.Env == nil {
				s.Env = map[string]string{key: value}
			} else {
				s.Env[key] = value
			}
		}
		if app.Validate() != nil {
			return
		}
		text, err := service.Edit(old, app, nil)
		if err != nil {
			return
		}
		again, err := service.Load("migrate.yaml", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, name := range app.ServiceNames() {
			if got := again.Services[name].Env[key]; got != app.Services[name].Env[key] {
				t.Fatalf("%s: %q, want %q\n%s", name, got, value, text)
			}
		}
	})
}
