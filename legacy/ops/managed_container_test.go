package ops

import (
	"fmt"
	"testing"
)

// What operations put into a directory that a container sees is a file at its place there; labels tell Traefik how people reach
// the container.
func TestContainersOnAMachine(t *testing.T) {
	runManaged(t, Ansible(), []readerCase{{"mounts and labels", files{
		"@ops/site.yml": "- hosts: all\n  roles: [shop]\n",
		"@ops/roles/shop/tasks/main.yml": `- template: src=shop.yml.j2 dest=/opt/acme/conf/shop.yaml
- docker_container:
    name: shop
    image: ghcr.io/acme/shop:1
    mounts:
      - {source: /opt/acme/conf, target: /app/config, type: bind}
      - {source: /srv/keys, target: /keys, type: bind}
      - {source: /etc/localtime, target: /etc/localtime, type: bind}
    volumes: ["uploads:/app/uploads"]
    labels:
      traefik.enable: "true"
      traefik.http.routers.shop.rule: "Host(` + "`shop.org`, `www.shop.org`) && PathPrefix(`/api/`)" + `"
      traefik.http.routers.shop.tls: "true"
      traefik.http.services.shop.loadbalancer.server.port: "8099"
`,
		"@ops/roles/shop/templates/shop.yml.j2": "page_size: 30\n",
	}, []string{
		"shop: file /app/config/shop.yaml sets page_size: page_size: 30| <- @ops/roles/shop/templates/shop.yml.j2:1", "shop: state /app/uploads", "shop: route shop.org", "shop: route www.shop.org", "shop: port 8099", "shop: edge {true",
		"note shop: @ops/roles/shop/tasks/main.yml:7 places of the machine that the container sees: settings there become files, data needs a volume: /srv/keys at /keys",
	}, []string{"settings of docker_container", "/opt/acme/conf at", "localtime at"}}})
}

func TestRulesOfTraefik(t *testing.T) {
	for rule, want := range map[string]string{
		"Host(`a.org`) || Host(`b.org`) && PathPrefix(`/x/`, `/y`)": "[{a.org } {b.org /x} {b.org /y}]",
		"Host(`a.org`) && (PathPrefix(`/x`) || PathPrefix(`/y`))":   "[{a.org /x} {a.org /y}]",
		"Host(`a.org`) && (PathPrefix(`/x`) || Path(`/y`))":         "[]",
		"Host(`a.org`) && Path(`/`)":                                "[]",
		"Host(`a.org`) && !(PathPrefix(`/x`) || PathPrefix(`/y`))":  "[]",
		"Host(`a.org`) && PathPrefix(`/!x`)":                        "[{a.org /!x}]",
		"Host:a.org;Path:/x":                                        "[]",
		"Host:a.org,b.org;PathPrefix:/x":                            "[{a.org /x} {b.org /x}]",
		"Host(`a.org`) && !PathPrefix(`/admin`)":                    "[]",
		"PathPrefix(`/x`)":                                          "[]",
		"Host(`a.org`) && ClientIP(`10.0.0.0/8`)":                   "[]", "HostRegexp(`{name:.+}.a.org`)": "[]",
		"(((": "[]",
	} {
		if got := fmt.Sprint(ruleRoutes(rule)); got != want {
			t.Errorf("%s: %s", rule, got)
		}
	}
}

func FuzzRulesOfTraefik(f *testing.F) {
	f.Add("Host(`a.org`) && (PathPrefix(`/x`) || Path(`/y`))")
	f.Add("|||")
	f.Fuzz(func(t *testing.T, rule string) {
		if routes := ruleRoutes(rule); len(routes) > maxRuleRoutes {
			t.Errorf("%d routes", len(routes))
		}
	})
}
