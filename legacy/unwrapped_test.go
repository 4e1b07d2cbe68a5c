package legacy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestCommandsWithoutSecretWrappers(t *testing.T) {
	for _, c := range []struct{ command, want string }{
		{"chamber|exec|shop|other|--|bundle|exec|puma", "bundle|exec|puma"},
		{"/usr/bin/doppler|run|--config|prd|--|node|server.js", "node|server.js"},
		{"envconsul|-config=/etc/a.hcl|-once|-prefix|shop|gunicorn|a:b|-b|:80", "gunicorn|a:b|-b|:80"},
		{"/usr/local/bin/ssm-env|-with-decryption|/shop", "/shop"},
		{"sh|-c|eval $(aws-env) && exec node server.js", "node|server.js"},
		{"sh|-c|eval \"$(chamber env shop)\"; node server.js $PORT", "sh|-c|node server.js $PORT"},
		{"envconsul|-consul-token|abc123|-prefix|shop|bin/web", "bin/web"},
		{"envconsul|-vault-namespace|shop|bin/web", ""},
		{"envconsul|-upcase|-vault-namespace=shop|bin/web|-x", "bin/web|-x"},
		{"summon|--yaml|A: !var a|--up|-i|B|bin/web", "bin/web"},
		{"sh|-c|eval $(aws-env) && exec node server.js $PORT", "sh|-c|exec node server.js $PORT"},
		{"sh|-c|eval $(aws-env) && . ./start.sh", "sh|-c|. ./start.sh"},
		{"sh|-c|eval $(aws-env); exec ./start.sh", "./start.sh"},
		{"bash|-c|eval $(aws-env); source start.sh", "bash|-c|source start.sh"},
		{"bash|-c|eval $(aws-env); exec -a web bin/web", "bash|-c|exec -a web bin/web"},
		{"op|run|--", ""},
		{"doppler|run|node", ""},
		{"sh|-c|eval $(ssh-agent) && node a.js", ""},
		{"op", ""},
		{"bundle|exec|puma", ""},
	} {
		if got := strings.Join(withoutSecretWrapper(strings.Split(c.command, "|")), "|"); got != c.want {
			t.Errorf("%s: %s, not %s", c.command, got, c.want)
		}
	}
}

func TestSecretWrapperOfAnImage(t *testing.T) {
	fsys := fstest.MapFS{"Gemfile": conf("gem 'puma'\ngem 'sinatra'\n"), "config.ru": conf("run App\n"),
		"Dockerfile": conf("FROM ruby:2.7\nCOPY . .\nENTRYPOINT [\"chamber\", \"exec\", \"shop\", \"--\"]\nCMD [\"bundle\", \"exec\", \"puma\", \"-p\", \"3000\"]\n")}
	s, err := Scan(context.Background(), fsys, ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := Resolve(s, ResolveOptions{Name: "shop"})
	for _, web := range r.App.Services {
		if !slices.Equal(web.Command, []string{"bundle", "exec", "puma", "-p", "3000"}) || web.Port != 3000 {
			t.Errorf("%v at %d", web.Command, web.Port)
		}
	}
	if notes := fmt.Sprint(r.Notes); !strings.Contains(notes, "chamber took secrets from a store") {
		t.Error(notes)
	}
}

func TestStoresByTheirPorts(t *testing.T) {
	for name, c := range map[string]struct{ address, port, want string }{
		"a store behind another name":     {"http://search:9200", "8000", "elasticsearch"},
		"a service":                       {"http://search:8080", "8000", "http"},
		"a port that the service has too": {"http://search:9200", "9200", "http"},
	} {
		fsys := fstest.MapFS{"requirements.txt": conf("flask\ngunicorn\n"), "Procfile": conf("web: gunicorn app:app -b :" + c.port + "\n"),
			"app.py": conf("import os\nfrom flask import Flask\napp = Flask(__name__)\nSEARCH_URL = os.environ.get('SEARCH_URL', '" + c.address + "')\n")}
		s, err := Scan(context.Background(), fsys, ScanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if need := Resolve(s, ResolveOptions{Name: "shop"}).App.Needs["search"]; need.Kind != c.want {
			t.Errorf("%s: %+v", name, need)
		}
	}
}
