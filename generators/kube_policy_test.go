package generators

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestInternetStaysOpen(t *testing.T) {
	app := func(s service.Service) *service.App {
		s.Port = 8080
		return &service.App{Name: "shop", Services: map[string]*service.Service{"web": &s}}
	}
	policy := func(s service.Service) string {
		text, err := kubePolicy(app(s))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	code := policy(service.Service{Language: "python"})
	for _, want := range []string{
		"Out: DNS and the Internet by http and https, nothing else.",
		"- {ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 100.64.0.0/10, 168.63.129.16/32, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16]}}\n",
		"- {ipBlock: {cidr: \"::/0\", except: [\"64:ff9b::/96\", \"fc00::/7\", \"fe80::/10\"]}}\n      ports: [{port: 80}, {port: 443}]\n",
	} {
		if !strings.Contains(code, want) {
			t.Errorf("%q is missing in\n%s", want, code)
		}
	}
	for _, s := range []service.Service{{Language: "node", Framework: "static"}, {Language: "static", Framework: "jekyll"}} {
		if site := policy(s); strings.Contains(site, "ipBlock") || !strings.Contains(site, "Out: DNS, nothing else.") {
			t.Errorf("%s: files of a web server reach the Internet:\n%s", s.Framework, site)
		}
	}
}

// https to every address is told, and only where the key may be for a service of one's own.
func TestPolicySaysHowFarOut(t *testing.T) {
	for _, tt := range []struct {
		framework string
		secrets   []string
		out, rule string
		anywhere  bool
	}{
		{"flask", []string{"STRIPE_API_KEY"}, "DNS and the Internet by http and https", "except: [\"64:ff9b::/96\", \"fc00::/7\", \"fe80::/10\"]}}]   # public services, by https: STRIPE_API_KEY\n      ports: [{port: 443}]\n", false},
		{"static", []string{"STRIPE_API_KEY"}, "DNS and the Internet by https", "STRIPE_API_KEY\n      ports: [{port: 443}]\n", false},
		{"static", []string{"SENTRY_DSN"}, "DNS and any address by https", "# public services, by https: SENTRY_DSN\n", true},
		{"flask", []string{"SENTRY_DSN", "STRIPE_API_KEY"}, "DNS, any address by https and the Internet by http and https", "# public services, by https: SENTRY_DSN\n    - to: [{ipBlock: ", true},
	} {
		s := service.Service{Language: "python", Framework: tt.framework, Port: 8080, Secrets: tt.secrets}
		data, err := kubePolicy(&service.App{Name: "shop", Services: map[string]*service.Service{"web": &s}})
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if anywhere := strings.Contains(text, "    - ports: [{port: 443}]"); anywhere != tt.anywhere || !strings.Contains(text, "Out: "+tt.out+", nothing else.") || !strings.Contains(text, tt.rule) {
			t.Errorf("%s, %q:\n%s", tt.framework, tt.secrets, text)
		}
	}
}
