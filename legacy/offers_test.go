package legacy

import (
	"reflect"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func offer(kind, name string) scan.Finding {
	return scan.Finding{Need: &scan.Need{Need: service.Need{Kind: kind, Version: "3"}, Name: name, Offer: true}}
}

func TestOffersNameWhatIsCalled(t *testing.T) {
	web := scan.Finding{Service: service.Service{Language: "java", Command: []string{"x"}, Port: 80}}
	called := scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "rabbitmq"}}}
	r := resolve(t, says("compose", offer("rabbitmq", "broker"), offer("redis", "sessions")), says("java", web, called))
	if n := r.App.Needs["broker"]; n.Kind != "rabbitmq" || n.Version != "3" || len(r.App.Needs) != 1 {
		t.Errorf("needs %v", r.App.Needs)
	}
	if len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0].Text, "sessions: no service") {
		t.Errorf("notes %v", r.Notes)
	}
	plain := offer("rabbitmq", "")
	plain.Need.Extensions = []string{"b", "a"}
	r = resolve(t, says("ops", plain, plain, offer("redis", "")), says("compose", offer("rabbitmq", "broker")), says("java", web, called))
	if n := r.App.Needs["broker"]; n.Version != "3" || !reflect.DeepEqual(n.Extensions, []string{"a", "b"}) || len(r.App.Needs) != 1 || len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0].Text, "redis: no service") {
		t.Errorf("an offer without a name: needs %v, notes %v", r.App.Needs, r.Notes)
	}
	r = resolve(t, says("compose", offer("rabbitmq", "one"), offer("rabbitmq", "two")), says("java", web, called))
	if _, ok := r.App.Needs["queue"]; !ok {
		t.Errorf("two brokers, and nothing says which: %v", r.App.Needs)
	}
}

// What is called by HTTP, under the name of a search engine that is there, is that.
func TestWhatIsCalledByHTTPIsWhatItsNameSays(t *testing.T) {
	web := scan.Finding{Service: service.Service{Language: "php", Command: []string{"x"}, Port: 80}}
	called := scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "http", Port: 7700}, Name: "finder", Env: map[string]string{"FINDER_URL": "http://{host}:{port}"}}}
	there := scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "meilisearch", Port: 7700}, Name: "finder"}}
	for name, compose := range map[string]scan.Finding{"needed": there, "offered": offer("meilisearch", "finder")} {
		r := resolve(t, says("dotenv", called), says("php", web), says("compose", compose))
		if n := r.App.Needs["finder"]; n.Kind != "meilisearch" || len(r.App.Needs) != 1 || r.App.Services["web"].Env["FINDER_URL"] != "http://finder:7700" {
			t.Errorf("%s: needs %v, env %v", name, r.App.Needs, r.App.Services["web"].Env)
		}
	}
}

// A service knows its own public address.
func TestItsOwnAddressIsNoNeed(t *testing.T) {
	for host, wanted := range map[string]int{"shop.apps.corp.lan": 0, "stock.apps.corp.lan": 1, "api.partner.corp.lan": 1} {
		name, _, _ := strings.Cut(strings.Replace(host, "stock", "shop", 1), ".")
		app := scan.Finding{App: &service.App{Name: name}}
		web := scan.Finding{Service: service.Service{Language: "python", Command: []string{"x"}, Port: 80}}
		called := scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "http", Port: 5000}, Name: "shop-api", Host: host}}
		if r := resolve(t, says("python", app, web, called)); len(r.App.Needs) != wanted {
			t.Errorf("%s: needs %v", host, r.App.Needs)
		}
	}
}

// The name of a variable tells less than what runs the service sets it to.
func TestAVariableThatLeadsToASiblingIsNoNeed(t *testing.T) {
	serves := func(dir string, env map[string]string) scan.Finding {
		return scan.Finding{Dir: dir, Name: dir, Service: service.Service{Language: "go", Command: []string{"x"}, Port: 8080, Env: env}}
	}
	mail := func(variable string) scan.Finding {
		return scan.Finding{Dir: "shop", Evidence: scan.Evidence{Rank: scan.Convention}, Need: &scan.Need{Need: service.Need{Kind: "smtp"}, Env: map[string]string{variable: "{host}:{port}"}}}
	}
	r := resolve(t, says("kubernetes", serves("shop", map[string]string{"EMAIL_SERVICE_ADDR": "mailer:5000"}), serves("mailer", nil)), says("golang", mail("EMAIL_SERVICE_ADDR")))
	if len(r.App.Needs) != 0 || r.App.Services["shop"].Env["EMAIL_SERVICE_ADDR"] != "mailer:5000" {
		t.Errorf("needs %v, env %v", r.App.Needs, r.App.Services["shop"].Env)
	}
	r = resolve(t, says("kubernetes", serves("shop", nil)), says("golang", mail("EMAIL_SERVICE_ADDR")))
	if len(r.App.Needs) != 1 {
		t.Errorf("needs %v", r.App.Needs)
	}
}

func TestServicesOfTheRepositoryAreNoNeeds(t *testing.T) {
	serves := func(dir string, port int) scan.Finding {
		return scan.Finding{Dir: dir, Name: dir, Service: service.Service{Language: "java", Command: []string{"x"}, Port: port}}
	}
	r := resolve(t, says("java", serves("shop", 8080), serves("config", 8888), scan.Finding{Dir: "shop", Need: &scan.Need{Need: service.Need{Kind: "http", Port: 8888}, Name: "config", Env: map[string]string{"CONFIG_URL": "http://{host}:{port}/"}}}))
	if len(r.App.Needs) != 0 || !reflect.DeepEqual(r.App.Services["shop"].Env, map[string]string{"CONFIG_URL": "http://config:8888/"}) {
		t.Errorf("needs %v, env %v", r.App.Needs, r.App.Services["shop"].Env)
	}
}

func TestNamesThatNoContainerCanHave(t *testing.T) {
	r := resolve(t, says("compose", scan.Finding{Service: service.Service{Language: "go", Command: []string{"x"}, Env: map[string]string{"constraint:node": "a", "OK": "1"}, Secrets: []string{"a.b"}}}))
	if err := r.App.Validate(); err != nil {
		t.Error(err)
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0].Text, "constraint:node") {
		t.Errorf("notes %v", r.Notes)
	}
}

// The variables for the host and for the port of a need lead to one place.
func TestPortsOfNeedsAgree(t *testing.T) {
	web := scan.Finding{Service: service.Service{Language: "php", Command: []string{"x"}, Port: 80, Env: map[string]string{"MAIL_PORT": "2525", "DB_PORT": "33060", "OTHER_PORT": "7"}}}
	mail := scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "smtp"}, Name: "mail", Env: map[string]string{"MAIL_HOST": "{host}"}}}
	db := scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "mysql", Port: 3306}, Name: "db"}}
	host := scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "mysql"}, Name: "db", Env: map[string]string{"DB_HOST": "{host}"}}}
	r := resolve(t, says("compose", db), says("php", web, mail, host))
	env := r.App.Services["web"].Env
	if r.App.Needs["mail"].Port != 2525 || env["MAIL_PORT"] != "2525" {
		t.Errorf("what is only usual follows what is said: %v, %v", r.App.Needs["mail"], env)
	}
	if r.App.Needs["db"].Port != 3306 || env["DB_PORT"] != "3306" || env["OTHER_PORT"] != "7" {
		t.Errorf("what compose runs stays: %v, %v", r.App.Needs["db"], env)
	}
}

func TestWhatIsSwitchedOffIsNoNeed(t *testing.T) {
	for name, c := range map[string]struct {
		env      map[string]string
		operated bool
		want     int
	}{
		"off by its kind":                  {map[string]string{"USE_S3": "false", "REDIS_ENABLED": "no", "MAIL_ENABLED": "0"}, false, 0},
		"on":                               {map[string]string{"USE_S3": "true", "REDIS_ENABLED": "1", "MAIL_ENABLED": "yes"}, false, 3},
		"off, but there beside it":         {map[string]string{"USE_S3": "false", "REDIS_ENABLED": "false", "MAIL_ENABLED": "false"}, true, 1},
		"something else that is off":       {map[string]string{"USE_CACHE": "false", "SIGNUP_ENABLED": "false"}, false, 3},
		"by the variable that leads there": {map[string]string{"STORE_ENABLED": "false"}, false, 2},
	} {
		web := scan.Finding{Service: service.Service{Language: "php", Command: []string{"x"}, Port: 80, Env: c.env}}
		need := func(kind, variable string) scan.Finding {
			return scan.Finding{Need: &scan.Need{Need: service.Need{Kind: kind}, Env: map[string]string{variable: "{host}"}}}
		}
		readers := []scan.Reader{says("php", web, need("s3", "STORE_HOST"), need("redis", "REDIS_HOST"), need("smtp", "SMTP_HOST"))}
		if c.operated {
			readers = append(readers, says("compose", need("redis", "REDIS_HOST")))
		}
		if r := resolve(t, readers...); len(r.App.Needs) != c.want || noted(r, "is switched off here") != (c.want < 3) {
			t.Errorf("%s: needs %v, notes %v", name, r.App.Needs, r.Notes)
		}
	}
}

func TestSecretsOfWhatIsSwitchedOff(t *testing.T) {
	for value, want := range map[string]int{"false": 1, "true": 3, "off": 3} { // the last by an example
		by := scan.Evidence{Rank: scan.Declared}
		if value == "off" {
			by.Rank = scan.Convention
		}
		r := resolve(t, says("node", scan.Finding{Evidence: by, Service: service.Service{Language: "node", Command: []string{"x"}, Port: 80, Env: map[string]string{"OIDC_ENABLED": value}, Secrets: []string{"OIDC_CLIENT_SECRET", "OIDC_SALT", "SECRET_KEY"}}}))
		if got := r.App.Services["web"].Secrets; len(got) != want || len(r.Claims["services.web.secrets"]) != want || noted(r, "OIDC_ENABLED is off, so nothing asks for OIDC_CLIENT_SECRET, OIDC_SALT;") != (want == 1) {
			t.Errorf("%s: %v %v", value, got, r.Notes)
		}
	}
}
