package bridge

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

func TestProbes(t *testing.T) {
	app := &service.App{
		Needs: map[string]service.Need{
			"cache": {Kind: "redis", Port: 6380, TLS: true},
			"db":    {Kind: "postgres", Port: 5432, TLS: true},
			"erp":   {Kind: "http", Port: 443, TLS: true},
			"files": {Kind: "s3", Port: 9000},
			"mail":  {Kind: "smtp", Port: 25},
			"old":   {Kind: "postgresql", Port: 5432, TLS: true},
			"out":   {Kind: "smtp", Port: 465, TLS: true},
			"way":   {Kind: "http", Port: 8443, TLS: true},
			"own":   {Kind: "mysql", Port: 3306},
		},
		Environments: map[string]service.Environment{"live": {Needs: map[string]service.Answer{
			"cache": {Host: "cache.corp.example"},
			"db":    {Addresses: []string{"10.0.0.1", "2001:db8::1"}, Port: 5433},
			"erp":   {Host: "erp.corp.example"},
			"files": {Host: "files.corp.example"},
			"mail":  {Host: "mail.live.invalid"},
			"old":   {Host: "old.corp.example"},
			"out":   {Host: "out.corp.example"},
			"own":   {Inside: true},
			"way":   {Addresses: []string{"10.2.3.4"}},
		}}},
	}
	for _, c := range []struct {
		name string
		of   func(*service.App, string) []Probe
		want []string
	}{
		{"answers", Answers, []string{
			"bridge/cache.yaml hello: redis cache.corp.example:6380 over tls",
			"bridge/db-0.yaml hello: postgres 10.0.0.1:5433",
			"bridge/db-1.yaml hello: postgres [2001:db8::1]:5433",
			"bridge/erp.yaml tls: erp.corp.example:443 valid",
			"bridge/files.yaml tcp: files.corp.example:9000",
			"mail leads nowhere",
			"bridge/old.yaml hello: postgres old.corp.example:5432",
			"bridge/out.yaml hello: smtp out.corp.example:465 over tls",
			"bridge/way-0.yaml tcp: 10.2.3.4:8443",
		}},
		{"names", Names, []string{
			"bridge/cache.yaml hello: redis cache:6380 over tls",
			"bridge/db.yaml hello: postgres db:5432",
			"bridge/erp.yaml tcp: erp:443",
			"bridge/files.yaml tcp: files:9000",
			"mail leads nowhere",
			"bridge/old.yaml hello: postgres old:5432",
			"bridge/out.yaml hello: smtp out:465 over tls",
			"bridge/own.yaml hello: mysql own:3306",
			"bridge/way.yaml tcp: way:8443",
		}},
	} {
		probes := c.of(app, "live")
		if len(probes) != len(c.want) {
			t.Fatalf("%s: %d probes, want %d: %+v", c.name, len(probes), len(c.want), probes)
		}
		for i, p := range probes {
			got := p.Need + " leads nowhere"
			if p.Place != "" {
				name, text, err := p.File()
				if err != nil {
					t.Fatal(err)
				}
				suite, err := smoke.Parse(name, text)
				if err != nil || len(suite.Checks) != 1 {
					t.Fatalf("%s: %v, %d checks", text, err, len(suite.Checks))
				}
				got = name + " " + suite.Checks[0].Name
			}
			if got != c.want[i] {
				t.Errorf("%s: %q, want %q", c.name, got, c.want[i])
			}
			if want := "environments.live.needs." + p.Need; p.Field != want {
				t.Errorf("%s: field %s, want %s", c.name, p.Field, want)
			}
		}
	}
}
