package generators

import (
	"regexp"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// pinned is an image with a version: without one, with latest, another pull gives another image.
var pinned = regexp.MustCompile(`^[a-z0-9./-]+:v?[0-9][A-Za-z0-9_.-]*$`)

func TestEveryNeedIsAnswered(t *testing.T) {
	for kind, k := range containerKinds {
		for _, port := range []int{0, 4711} {
			app := shop()
			app.Needs = map[string]service.Need{"it": {Kind: kind, Port: port}}
			app.Services = map[string]*service.Service{"web": {Dir: ".", Language: "go", Needs: []string{"it"}}}
			p, text := loadCompose(t, app)
			c, ok := p.Services["it"]
			if !ok {
				t.Fatalf("%s: no container\n%s", kind, text)
			}
			if !pinned.MatchString(c.Image) {
				t.Errorf("%s: image %q is not pinned by version", kind, c.Image)
			}
			if c.HealthCheck == nil || len(c.HealthCheck.Test) < 2 || !strings.HasPrefix(c.HealthCheck.Test[0], "CMD") {
				t.Errorf("%s: healthcheck %+v", kind, c.HealthCheck)
			}
			if len(c.Ports) != 0 {
				t.Errorf("%s: published to the machine", kind)
			}
			if port != 0 && !strings.Contains(text, "4711") {
				t.Errorf("%s: neither told to listen on port %d nor said that it can't:\n%s", kind, port, text)
			}
			if port == 0 && k.port == 0 {
				t.Errorf("%s: no usual port", kind)
			}
			for _, v := range c.Volumes {
				if _, ok := p.Volumes[v.Source]; !ok || v.Type != "volume" {
					t.Errorf("%s: volume %v is not declared", kind, v)
				}
			}
		}
	}
}

func TestEveryKindHasWords(t *testing.T) {
	for kind := range containerKinds {
		if _, ok := kindWords[kind]; !ok && kind != "zookeeper" { // which nobody hands a password
			t.Errorf("no variable can speak of %s", kind)
		}
	}
	for alias, kind := range kindNames {
		if containerKind(alias) != kind {
			t.Errorf("%s is not known as %s", alias, kind)
		}
	}
}

func TestContainersFollowVersions(t *testing.T) {
	for _, c := range []struct {
		kind, version string
		want          []string
	}{
		{"postgres", "9.6", []string{"image: postgres:9.6", "/var/lib/postgresql/data"}},
		{"postgres", "18", []string{"image: postgres:18", "db:/var/lib/postgresql\""}},
		{"postgresql", "", []string{"image: postgres:15"}},
		{"postgres", "not a tag", []string{"image: postgres:15"}},
		{"mysql", "5.6.40", []string{"image: mysql:5.6.40", "platform: linux/amd64"}},
		{"mariadb", "10.3", []string{"image: mariadb:10.3", "mysqladmin"}},
		{"mariadb", "11", []string{"image: mariadb:11", "mariadb-admin"}},
		{"mongo", "3.6", []string{"image: mongo:3.6", "[CMD, mongo,"}},
		{"mongodb", "6.0", []string{"image: mongo:6.0", "[CMD, mongosh,"}},
		{"mssql", "2012", []string{"server:2017-latest"}},
		{"mssql", "2019", []string{"server:2019-latest", "CREATE DATABASE old_shop"}},
		{"elasticsearch", "6.4", []string{"elasticsearch:6.8.23"}},
		{"elasticsearch", "7.10.1", []string{"elasticsearch:7.10.1"}},
		{"kafka", "0.11", []string{"apache/kafka:3.9.1", "PLAINTEXT://db:9092"}},
		{"rabbitmq", "3.6", []string{"rabbitmq:3.6", "rabbitmqctl", "hostname: db"}},
	} {
		app := shop()
		app.Needs = map[string]service.Need{"db": {Kind: c.kind, Version: c.version}}
		_, text := loadCompose(t, app)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s %s: no %q in\n%s", c.kind, c.version, want, text[strings.Index(text, "\n  db:"):])
			}
		}
	}
}

func TestPasswordsOnlyWhereTheServiceSendsOne(t *testing.T) {
	for _, c := range []struct {
		kind   string
		secret string
		want   string
		not    string
	}{
		{"redis", "REDIS_URL", "image: redis:7", "requirepass"},
		{"redis", "REDIS_PASSWORD", "command: [redis-server, --requirepass, local]", ""},
		{"mongodb", "MONGO_URL", "image: mongo:4.4", "ROOT_USERNAME"},
		{"mongodb", "MONGO_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD: local", ""},
	} {
		app := shop()
		app.Needs = map[string]service.Need{"store": {Kind: c.kind}}
		app.Services["web"].Needs, app.Services["web"].Secrets = []string{"store"}, []string{c.secret}
		_, text := loadCompose(t, app)
		if !strings.Contains(text, c.want) || c.not != "" && strings.Contains(text, c.not) {
			t.Errorf("%s with %s: want %q, not %q:\n%s", c.kind, c.secret, c.want, c.not, text)
		}
	}
}

func TestNoContainerForAnObjectStoreThatNothingCalls(t *testing.T) {
	for value, want := range map[string]bool{"": false, "http://objects:443": true} {
		app := shop()
		web := app.Services["web"]
		app.Needs["objects"] = service.Need{Kind: "s3", Port: 443}
		web.Needs = append(web.Needs, "objects")
		if web.Env == nil {
			web.Env = map[string]string{}
		}
		web.Env["S3_ENDPOINT"] = value
		project, text := loadCompose(t, app)
		if _, there := project.Services["objects"]; there != want || strings.Contains(text, "No container plays objects") == want {
			t.Errorf("%q: %v\n%s", value, there, text)
		}
	}
}
