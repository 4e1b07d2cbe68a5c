package legacy

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// says is a reader that returns findings as they are, each with its own evidence.
func says(name string, findings ...scan.Finding) scan.Reader {
	return scan.Reader{Name: name, Wants: func(p string) bool { return p == "file" }, Read: func(_ *scan.Tree, _ []string, r *scan.Report) {
		for i, f := range findings {
			rank := f.Evidence.Rank
			if rank == 0 {
				rank = scan.Declared
			}
			r.Find(f, "file", i+1, rank, "")
		}
	}}
}

func resolve(t *testing.T, readers ...scan.Reader) *Resolution {
	t.Helper()
	s, err := scanWith(context.Background(), fstest.MapFS{"file": {Data: []byte("x\n")}}, ScanOptions{}, readers)
	if err != nil {
		t.Fatal(err)
	}
	return Resolve(s, ResolveOptions{Name: "Shop_Web"})
}

func guess() scan.Evidence { return scan.Evidence{Rank: scan.Guess} }

// A name that every other repository could have is none for a namespace.
func TestNamesThatSayNothing(t *testing.T) {
	code := scan.Finding{Service: service.Service{Command: []string{"shopd"}, Port: 80}}
	for name, want := range map[string]string{"api": "shop-web", "shop": "shop", "WebApp": "shop-web"} {
		if got := resolve(t, says("code", code, scan.Finding{App: &service.App{Name: name}})).App.Name; got != want {
			t.Errorf("%s: called %s, not %s", name, got, want)
		}
	}
}

func TestTheHigherRankWinsThenTheEarlierReader(t *testing.T) {
	r := resolve(t,
		says("first", scan.Finding{Service: service.Service{Command: []string{"dev"}}, Evidence: guess()}),
		says("second", scan.Finding{Service: service.Service{Command: []string{"gunicorn"}, Port: 8000}}),
		says("third", scan.Finding{Service: service.Service{Command: []string{"other"}, Language: "python"}}),
	)
	web := r.App.Services["web"]
	if web == nil || web.Command[0] != "gunicorn" || web.Port != 8000 || web.Language != "python" {
		t.Fatalf("got %+v", r.App.Services)
	}
	var order []string
	for _, c := range r.Claims["services.web.command"] {
		order = append(order, c.Reader+" "+c.Value)
	}
	if want := []string{"second gunicorn", "third other", "first dev"}; !reflect.DeepEqual(order, want) {
		t.Errorf("claims %v, want %v", order, want)
	}
	if len(r.Questions) != 0 {
		t.Errorf("readers of different standing leave no question: %v", r.Questions)
	}
}

func TestOneReaderWithTwoAnswersAsks(t *testing.T) {
	r := resolve(t, says("python",
		scan.Finding{Service: service.Service{Language: "python", Version: "3.8", Port: 80, Command: []string{"x"}}},
		scan.Finding{Service: service.Service{Version: "3.7"}}))
	if len(r.Questions) != 1 || r.Questions[0].Field != "services.web.version" || !reflect.DeepEqual(r.Questions[0].Choices, []string{"3.8", "3.7"}) {
		t.Errorf("questions %+v", r.Questions)
	}
}

func TestProcessesShareTheirBase(t *testing.T) {
	r := resolve(t, says("procfile",
		scan.Finding{Name: "web", Service: service.Service{Command: []string{"gunicorn"}, Port: 8000, Secrets: []string{"KEY"}}},
		scan.Finding{Process: "worker", Service: service.Service{Command: []string{"celery"}, Secrets: []string{"KEY", "OTHER"}, Env: map[string]string{"A": "1"}}},
		scan.Finding{Process: "release", Service: service.Service{Command: []string{"migrate"}, Release: true}},
		scan.Finding{Process: "empty", Service: service.Service{Env: map[string]string{"A": "1"}}}))
	w := r.App.Services["worker"]
	if w == nil || w.From != "web" || !reflect.DeepEqual(w.Secrets, []string{"OTHER"}) {
		t.Errorf("worker %+v", w)
	}
	if s := r.App.Services["release"]; s == nil || !s.Release {
		t.Errorf("release %+v", s)
	}
	if r.App.Services["empty"] != nil {
		t.Error("a process without a command is none")
	}
}

func TestAVariableOfAListenerFollowsThePort(t *testing.T) {
	at := func(reader, file string, f scan.Finding) scan.Reader {
		return scan.Reader{Name: reader, Wants: func(p string) bool { return p == "file" }, Read: func(_ *scan.Tree, _ []string, r *scan.Report) { r.Find(f, file, 1, scan.Declared, "") }}
	}
	r := resolve(t, at("kubernetes", "kube.yaml", scan.Finding{Service: service.Service{Language: "python", Command: []string{"./start"}, Port: 80}}),
		at("compose", "compose.yml", scan.Finding{Service: service.Service{Port: 4000, Env: map[string]string{
			"LISTEN_PORT": "4000", "SHOP_WEB_HTTP_PORT": "4000", "WEB_PORT": "4000", "WEB_HOST": "0.0.0.0",
			"DB_PORT": "4000", "AUTH_SERVICE_PORT": "4000", "SMTP_SERVER_PORT": "4000", "APP_PORT": "4000", "APP_HOST": "other.example"}}}))
	env := r.App.Services["web"].Env
	for name, want := range map[string]string{"LISTEN_PORT": "80", "SHOP_WEB_HTTP_PORT": "80", "WEB_PORT": "80", "DB_PORT": "4000", "AUTH_SERVICE_PORT": "4000", "SMTP_SERVER_PORT": "4000", "APP_PORT": "4000"} {
		if env[name] != want {
			t.Errorf("%s=%s, not %s", name, env[name], want)
		}
	}
}

func TestAMigrationThatIsSaidStandsAlone(t *testing.T) {
	guess := scan.Finding{Process: "migrate", Service: service.Service{Command: []string{"knex", "migrate:latest"}, Release: true}}
	guess.Evidence.Rank = scan.Guess
	for said, alone := range map[string]bool{"db:migrate": true, "assets": false} {
		r := resolve(t, says("procfile",
			scan.Finding{Name: "web", Service: service.Service{Command: []string{"node", "a.js"}}},
			scan.Finding{Process: "release", Service: service.Service{Command: []string{"npm", "run", said}, Release: true}}, guess))
		if (r.App.Services["migrate"] == nil) != alone {
			t.Errorf("beside %s: migrate %+v", said, r.App.Services["migrate"])
		}
	}
}

func TestACommandOfGoRunsWhereTheTeamsImageHasIt(t *testing.T) {
	r := resolve(t, says("dockerfile", scan.Finding{Service: service.Service{Command: []string{"/usr/bin/shop", "serve"}, Build: &service.Build{Dockerfile: "Dockerfile"}}}),
		says("golang", scan.Finding{Name: "web", Service: service.Service{Language: "go", Port: 8000}},
			scan.Finding{Process: "migrate", Service: service.Service{Command: []string{"/app/shop", "migrate"}, Release: true}},
			scan.Finding{Process: "mailer", Service: service.Service{Command: []string{"/app/mailer"}}}))
	if s := r.App.Services["migrate"]; s == nil || s.Command[0] != "/usr/bin/shop" || r.App.Services["mailer"].Command[0] != "/app/mailer" {
		t.Errorf("migrate %+v", s)
	}
}

func TestLibrariesDoNotRun(t *testing.T) {
	code := func(dir string, port int) scan.Finding {
		return scan.Finding{Dir: dir, Service: service.Service{Language: "node", Port: port}, Evidence: guess()}
	}
	r := resolve(t, says("node", code("api", 3000), code("shared", 3000), scan.Finding{Dir: "shared", Library: true}, code("quiet", 0)))
	if got := r.App.ServiceNames(); !reflect.DeepEqual(got, []string{"web"}) || r.App.Services["web"].Dir != "api" {
		t.Errorf("services %v", got)
	}
}

func TestSeveralServicesAreNamedByTheirDirectories(t *testing.T) {
	web := func(dir string) scan.Finding {
		return scan.Finding{Dir: dir, Name: "web", Service: service.Service{Command: []string{"x"}, Port: 80}}
	}
	r := resolve(t, says("procfile", web("a/api"), web("b/api"), web(".")))
	if got := r.App.Bases(); !reflect.DeepEqual(got, []string{"api", "b-api", "shop-web"}) {
		t.Errorf("bases %v", got)
	}
}

func TestEveryDirectoryGivesAName(t *testing.T) {
	long := strings.Repeat("a", 60)
	var found []scan.Finding
	for _, dir := range []string{"日本", "***", "---", "ü", long + "b", long + "c", long + "d", "x/" + long + "e"} {
		found = append(found, scan.Finding{Dir: dir, Service: service.Service{Command: []string{"x"}, Port: 80}})
	}
	r := resolve(t, says("r", found...))
	if err := r.App.Validate(); err != nil || len(r.App.Services) != len(found) {
		t.Errorf("%v: %v", r.App.ServiceNames(), err)
	}
}

func TestNeeds(t *testing.T) {
	need := func(rank scan.Rank, n scan.Need) scan.Finding {
		return scan.Finding{Need: &n, Evidence: scan.Evidence{Rank: rank}}
	}
	web := scan.Finding{Service: service.Service{Command: []string{"x"}, Port: 80}}
	kind := func(k string) service.Need { return service.Need{Kind: k} }
	for _, c := range []struct {
		name  string
		found []scan.Finding
		want  string
	}{
		{"one database, three witnesses", []scan.Finding{
			need(scan.Guess, scan.Need{Need: kind("postgres")}),
			need(scan.Declared, scan.Need{Need: service.Need{Kind: "postgres", Version: "9.6"}, Name: "database"}),
			need(scan.Declared, scan.Need{Need: service.Need{Kind: "postgres", Database: "shop"}, Host: "db1.corp.example", Env: map[string]string{"DB_HOST": "{host}"}}),
		}, `database={kind: postgres, version: "9.6", port: 5432, database: shop}`},
		{"a store that is called by HTTP", []scan.Finding{
			need(scan.Declared, scan.Need{Need: service.Need{Kind: "http", Port: 9200}, Host: "search"}), need(scan.Declared, scan.Need{Need: service.Need{Kind: "elasticsearch", Version: "7"}, Name: "search"}),
		}, `search={kind: elasticsearch, version: "7", port: 9200}`},
		{"one variable, two places", []scan.Finding{
			need(scan.Declared, scan.Need{Need: kind("redis"), Name: "shop-production-redis", Env: map[string]string{"REDIS_URL": "redis://{host}:{port}/0"}}),
			need(scan.Declared, scan.Need{Need: kind("redis"), Name: "shop-staging-redis", Env: map[string]string{"REDIS_URL": "redis://{host}:{port}/0"}}),
			need(scan.Declared, scan.Need{Need: kind("redis"), Name: "sessions", Env: map[string]string{"SESSION_URL": "redis://{host}:{port}/0"}}),
			need(scan.Declared, scan.Need{Need: kind("memcached"), Name: "shop-staging-memcached"}),
		}, `sessions={kind: redis, port: 6379} shop-redis={kind: redis, port: 6379} shop-staging-memcached={kind: memcached, port: 11211}`},
		{"a driver alone is weak", []scan.Finding{
			need(scan.Guess, scan.Need{Need: kind("mysql")}), need(scan.Declared, scan.Need{Need: kind("postgres")}),
		}, `db={kind: postgres, port: 5432}`},
		{"mariadb behind the mysql driver", []scan.Finding{
			need(scan.Declared, scan.Need{Need: kind("mysql")}), need(scan.Declared, scan.Need{Need: service.Need{Kind: "mariadb", Version: "10.3"}, Name: "mariadb"}),
		}, `mariadb={kind: mariadb, version: "10.3", port: 3306}`},
		{"two that are named are two", []scan.Finding{
			need(scan.Declared, scan.Need{Need: kind("redis"), Name: "sessions"}), need(scan.Declared, scan.Need{Need: kind("redis"), Name: "cache"}),
		}, `cache={kind: redis, port: 6379} sessions={kind: redis, port: 6379}`},
		{"the account of production's configuration", []scan.Finding{
			need(scan.Declared, scan.Need{Need: service.Need{Kind: "mysql", Database: "shop", User: "dev", Init: []string{"db"}}, Name: "db"}),
			need(scan.Declared, scan.Need{Need: service.Need{Kind: "mysql", User: "shop_rw"}, Host: "db1.corp.example", Environment: "production"}),
		}, `db={kind: mysql, port: 3306, database: shop, user: shop_rw, init: [db]}`},
		{"another system by address", []scan.Finding{
			need(scan.Declared, scan.Need{Need: service.Need{Kind: "http", Port: 7070}, Name: "ERP", Host: "10.1.2.3", Env: map[string]string{"ERP_URL": "http://{host}:{port}/v1"}}),
		}, `erp={kind: http, port: 7070}`},
		{"another system nobody names", []scan.Finding{need(scan.Declared, scan.Need{Need: kind("http")})}, ``},
		{"the name that the code calls", []scan.Finding{need(scan.Declared, scan.Need{Need: kind("oracle"), Host: "oradb"})}, `oradb={kind: oracle, port: 1521}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := resolve(t, says("r", append([]scan.Finding{web}, c.found...)...))
			var got []string
			for _, name := range r.App.NeedNames() {
				text, _ := service.Format(&service.App{Needs: map[string]service.Need{name: r.App.Needs[name]}}, nil)
				_, line, _ := strings.Cut(string(text), name+": ")
				line, _, _ = strings.Cut(line, "\n")
				got = append(got, name+"="+line)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, " "), c.want)
			}
			if err := r.App.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestVariableOfAStoreThatIsCalledByHTTP(t *testing.T) {
	r := resolve(t, says("r", scan.Finding{Service: service.Service{Command: []string{"x"}, Port: 80}},
		scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "http", Port: 9200}, Host: "search", Env: map[string]string{"ES5_URL": "http://{host}:{port}"}}},
		scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "elasticsearch"}, Name: "search"}}))
	for name, s := range r.App.Services {
		if s.Env["ES5_URL"] != "http://search:9200" || len(s.Needs) != 1 {
			t.Errorf("%s: %v %v", name, s.Env, s.Needs)
		}
	}
}

func TestEnvironmentsAnswerNeeds(t *testing.T) {
	r := resolve(t, says("r",
		scan.Finding{Service: service.Service{Command: []string{"x"}, Port: 80, Routes: []service.Route{{Host: "shop.example.com", Path: "/"}}}},
		scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "postgres"}, Host: "db1.corp.example", Env: map[string]string{"DB_HOST": "{host}", "DB_PORT": "{port}"}}},
		scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "redis"}}},
		scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "http", Port: 8443}, Name: "erp", Host: "10.2.3.4"}}))
	web, production, staging := r.App.Services["web"], r.App.Environments["production"], r.App.Environments["staging"]
	if web.Env["DB_HOST"] != "db" || web.Env["DB_PORT"] != "5432" {
		t.Errorf("the service calls the need by name: %v", web.Env)
	}
	if production.Needs["db"].Host != "db1.corp.example" || !staging.Needs["db"].Inside || production.Needs["erp"].Addresses[0] != "10.2.3.4" {
		t.Errorf("production %+v, staging %+v", production.Needs, staging.Needs)
	}
	if got := production.Needs["cache"].Host; got != "cache.production.invalid" {
		t.Errorf("nothing says where the cache is: %s", got)
	}
	var open []string
	for _, q := range r.Questions {
		open = append(open, q.Field)
	}
	if want := []string{"environments.staging.needs.erp", "environments.production.needs.cache"}; !reflect.DeepEqual(open, want) {
		t.Errorf("open %v, want %v", open, want)
	}
	if production.Namespace != "shop-web" || staging.Namespace != "shop-web-staging" || staging.Hosts["shop.example.com"] != "staging.shop.example.com" {
		t.Errorf("%+v %+v", production, staging)
	}
}

func TestOneRouteForAHostAndItsRoot(t *testing.T) {
	r := resolve(t, says("x", scan.Finding{Service: service.Service{Language: "go", Command: []string{"x"}, Port: 80, Routes: []service.Route{{Host: "shop.org"}}}, Evidence: guess()},
		scan.Finding{Service: service.Service{Routes: []service.Route{{Host: "shop.org", Path: "/"}, {Host: "shop.org", Path: "/api"}}}, Evidence: guess()}))
	for name, s := range r.App.Services {
		if len(s.Routes) != 2 {
			t.Errorf("%s: %+v", name, s.Routes)
		}
	}
}

func TestNothingSaysHowItStarts(t *testing.T) {
	r := resolve(t, says("python", scan.Finding{Dir: "src", Service: service.Service{Language: "python"}}))
	if len(r.Questions) != 1 || !r.Questions[0].Open() || r.Questions[0].Field != "services.web.command" {
		t.Errorf("%+v", r.Questions)
	}
}

func TestADockerfileBesideTheCodeBelongsToIt(t *testing.T) {
	r := resolve(t,
		says("dockerfile", scan.Finding{Dir: "deploy/docker", Service: service.Service{Command: []string{"gunicorn"}, Build: &service.Build{Dockerfile: "Dockerfile"}}}),
		says("python", scan.Finding{Service: service.Service{Language: "python", Port: 8000}}))
	web := r.App.Services["web"]
	if len(r.App.Services) != 1 || web.Dir != "." || web.Build.Dockerfile != "deploy/docker/Dockerfile" {
		t.Errorf("%+v", r.App.Services)
	}
}

func TestSecretWinsOverPlain(t *testing.T) {
	r := resolve(t, says("dotenv",
		scan.Finding{Service: service.Service{Command: []string{"x"}, Env: map[string]string{"API": "abc", "LEVEL": "info"}}},
		scan.Finding{Service: service.Service{Secrets: []string{"API"}}}))
	s := r.App.Services["worker"]
	if s == nil || s.Env["API"] != "" || s.Env["LEVEL"] != "info" || s.Secrets[0] != "API" {
		t.Errorf("%+v", s)
	}
}

// A name that a Secret of the cluster fills is secret only where nothing gives it a value, and is not lost there.
func TestNamesThatASecretFills(t *testing.T) {
	guess := func(name string) scan.Finding {
		return scan.Finding{Service: service.Service{Secrets: []string{name}}, Evidence: scan.Evidence{File: "values.yaml", Line: 1, Rank: scan.Guess}}
	}
	r := resolve(t,
		says("kubernetes", scan.Finding{Service: service.Service{Command: []string{"x"}}}, guess("DB_USER"), guess("DB_NAME")),
		says("dotenv", scan.Finding{Service: service.Service{Env: map[string]string{"DB_NAME": "shop"}}}))
	if s := r.App.Services["worker"]; s == nil || strings.Join(s.Secrets, " ") != "DB_USER" || s.Env["DB_NAME"] != "shop" {
		t.Errorf("%+v", s)
	}
	job := scan.Finding{Process: "report", Service: service.Service{Command: []string{"y"}, Schedule: "0 3 * * *", Secrets: []string{"DB_NAME", "MAIL_USER"}}, Evidence: scan.Evidence{File: "cron.yaml", Line: 1, Rank: scan.Guess}}
	r = resolve(t,
		says("kubernetes", scan.Finding{Service: service.Service{Command: []string{"x"}}}, guess("DB_NAME"), job),
		says("dotenv", scan.Finding{Service: service.Service{Env: map[string]string{"DB_NAME": "shop"}}}))
	if s := r.App.Services["report"]; s == nil || strings.Join(s.Secrets, " ") != "MAIL_USER" {
		t.Errorf("of a job: %+v", s)
	}
}

func TestAdoptKeepsWhatTheTeamWrote(t *testing.T) {
	findings := []scan.Finding{
		{Service: service.Service{Command: []string{"x"}, Port: 8000}},
		{Need: &scan.Need{Need: service.Need{Kind: "redis"}}},
	}
	first := resolve(t, says("r", findings...))
	text, err := service.Format(first.App, first.Comment)
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.NewReplacer("port: 8000", "port: 9000", "cache.production.invalid", "redis1.corp.example").Replace(string(text))
	team, err := service.Load("migrate.yaml", []byte(edited))
	if err != nil {
		t.Fatal(err)
	}
	again := resolve(t, says("r", findings...))
	if err := again.Adopt(team, service.Lines([]byte(edited))); err != nil {
		t.Fatal(err)
	}
	if again.App.Services["web"].Port != 9000 || len(again.Questions) != 0 {
		t.Errorf("%+v %+v", again.App.Services["web"], again.Questions)
	}
	claims := again.Claims["services.web.port"]
	if claims[0].Rank != scan.Asked || claims[0].File != "migrate.yaml" || claims[0].Line == 0 || claims[1].Value != "8000" {
		t.Errorf("%+v", claims)
	}
	if len(again.Notes) != 1 || !strings.Contains(again.Notes[0].Text, "services.web.port is 9000 here; file:1 says 8000") {
		t.Errorf("%+v", again.Notes)
	}
}

func TestResolveIsDeterministic(t *testing.T) {
	findings := []scan.Finding{{Service: service.Service{Command: []string{"x"}, Port: 8000, Env: map[string]string{"A": "1", "B": "2", "C": "3"}}}}
	for _, k := range service.KindNames() {
		findings = append(findings, scan.Finding{Need: &scan.Need{Need: service.Need{Kind: k, Port: 1}, Host: k + ".corp.example", Env: map[string]string{k: "{host}", "X": "{port}"}}})
	}
	var first string
	for range 20 {
		r := resolve(t, says("r", findings...))
		text, err := json.Marshal([]any{r.App, r.Evidence(), r.Questions, r.Notes})
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(text)
		}
		if string(text) != first {
			t.Fatalf("differs:\n%s\n%s", first, text)
		}
	}
}

func TestEveryReaderIsListedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range readers() {
		if seen[r.Name] {
			t.Errorf("%s is listed twice", r.Name)
		}
		seen[r.Name] = true
	}
}

func TestAReaderThatPanicsIsANote(t *testing.T) {
	bad := scan.Reader{Name: "bad", Wants: func(string) bool { return true }, Read: func(*scan.Tree, []string, *scan.Report) { panic("x") }}
	r := resolve(t, bad, says("good", scan.Finding{Service: service.Service{Command: []string{"x"}}}))
	if len(r.App.Services) != 1 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0].Text, "bad reader failed") {
		t.Errorf("%+v %+v", r.App.Services, r.Notes)
	}
}

// Of several backing services of a kind, a variable speaks of the one that it is called after.
func TestVariablesSpeakOfOneOfSeveral(t *testing.T) {
	redis := func(name, variable string) scan.Finding {
		n := scan.Need{Need: service.Need{Kind: "redis"}, Name: name}
		if variable != "" {
			n.Env = map[string]string{variable: "{host}"}
		}
		return scan.Finding{Need: &n}
	}
	r := resolve(t, says("compose", redis("redis_activity", ""), redis("redis_broker", "")), says("python", python("."), redis("", "REDIS_BROKER_HOST"), redis("", "REDIS_ACTIVITY_HOST")))
	if env := r.App.Services["web"].Env; env["REDIS_BROKER_HOST"] != "redis-broker" || env["REDIS_ACTIVITY_HOST"] != "redis-activity" {
		t.Errorf("%v", env)
	}
}

func TestManifestsOverrideTheImage(t *testing.T) {
	image := says("dockerfile", scan.Finding{Service: service.Service{Language: "node", Command: []string{"yarn", "start"}, Port: 3000}})
	for rank, want := range map[scan.Rank]string{scan.Declared: "yarn production", scan.Convention: "yarn start"} {
		manifest := scan.Finding{Service: service.Service{Command: []string{"yarn", "production"}}}
		manifest.Evidence.Rank = rank
		port := scan.Finding{Service: service.Service{Port: 8080}}
		r := resolve(t, image, says("kubernetes", manifest, port))
		for _, s := range r.App.Services {
			if got := strings.Join(s.Command, " "); got != want || s.Port != 3000 {
				t.Errorf("%v: %q at %d, want %q at 3000", rank, got, s.Port, want)
			}
		}
	}
}
