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
		"- {ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]}}\n",
		"- {ipBlock: {cidr: \"::/0\", except: [\"fc00::/7\", \"fe80::/10\"]}}\n      ports: [{port: 80}, {port: 443}]\n",
	} {
		if !strings.Contains(code, want) {
			t.Errorf("%q is missing in\n%s", want, code)
		}
	}
	if site := policy(service.Service{Language: "node", Framework: "static"}); strings.Contains(site, "ipBlock") || !strings.Contains(site, "Out: DNS, nothing else.") {
		t.Errorf("files of a web server reach the Internet:\n%s", site)
	}
}
