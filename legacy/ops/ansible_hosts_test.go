package ops

import (
	"fmt"
	"strings"
	"testing"
)

// What a machine has is its environment's where it is the only one there: by its inventory, its name or the groups that it is in.
func TestVariablesOfAnEnvironmentsOnlyMachine(t *testing.T) {
	tree := files{
		"@ops/inventory/hosts":                             "[dev]\nshop.local\n[staging]\nbox.acme.net ansible_host=10.0.0.1\n[production]\nwww.acme.org\n[web]\na.acme.net\nb.acme.net\n[shop:children]\ndev\nstaging\nproduction\n",
		"@ops/inventory/group_vars/all.yml":                "level: quiet\nuser: canary\n",
		"@ops/inventory/host_vars/www.acme.org/config.yml": "level: info\nuser: shop\nsites: 1\n",
		"@ops/inventory/host_vars/box.acme.net/config.yml": "level: debug\nuser: shop\n",
		"@ops/inventory/host_vars/shop.local/config.yml":   "level: canary\n",
		"@ops/inventory/host_vars/a.acme.net/config.yml":   "level: canary\n",
		"@ops/playbooks/provision.yml":                     "- hosts: shop\n  roles: [common, jobs]\n- hosts: web\n  roles: [other]\n",
		"@ops/roles/common/tasks/main.yml":                 "- template: {src: default.j2, dest: /etc/default/shop}\n",
		"@ops/roles/common/templates/default.j2":           "LEVEL={{ level }}\nSHOP_USER={{ user }}\nSHOP_HOST={{ inventory_hostname }}\n",
		"@ops/roles/jobs/tasks/main.yml":                   "- template: {src: sidekiq.j2, dest: /etc/systemd/system/sidekiq.service}\n- user: {name: shopper}\n- user: {name: stranger}\n- lineinfile: {path: /home/shopper/.bashrc, line: x}\n",
		"@ops/roles/jobs/templates/sidekiq.j2":             "[Service]\nUser=shopper\nWorkingDirectory=/var/www/shop/current\nExecStart=/usr/local/bin/bundle exec sidekiq\nKillMode=mixed\n",
		"@ops/roles/other/tasks/main.yml":                  "- template: {src: default.j2, dest: /etc/default/other}\n",
		"@ops/roles/other/templates/default.j2":            "OTHER_HOST={{ inventory_hostname }}\n",
	}
	runManaged(t, Ansible(), []readerCase{{name: "one machine each", tree: tree, want: []string{
		"shop: env LEVEL=info", "shop in staging: env LEVEL=debug", "shop: env SHOP_USER=shop", "shop: env SHOP_HOST=www.acme.org", "shop in staging: env SHOP_HOST=box.acme.net",
	}, not: []string{"OTHER_HOST=a"}}})
	// the unit of a program that says nothing of the service is about the code that it runs in, and so is the account that it has
	about := map[string]string{}
	for _, n := range read(t, Ansible(), tree).Notes {
		about[n.Item] = strings.ReplaceAll(n.About, "\n", " ")
	}
	for item, want := range map[string]bool{"sidekiq.service KillMode": true, "shopper": true, "stranger": false} {
		if got := strings.Contains(about[item], "/var/www/shop"); got != want || about[item] == "" {
			t.Errorf("%s: about %s", item, about[item])
		}
	}
}

func TestEnvironmentsOfMachines(t *testing.T) {
	w := &ansibleWorld{groups: map[string][]string{"a.net": {"web"}, "web": {"prod", "loop"}, "loop": {"web"}, "b.net": {"prod", "staging"}}, hosts: map[string]inventoryHost{"c.net": {environment: "staging"}}}
	for host, want := range map[string]string{"a.net": "production", "b.net": "", "c.net": "staging", "staging.shop.net": "staging", "d.net": ""} {
		if got := w.environmentOf(host); got != want {
			t.Errorf("%s: %q", host, got)
		}
	}
	for i := range 1000 {
		w.groups[fmt.Sprint("g", i)] = []string{fmt.Sprint("g", i+1)}
	}
	if n := len(w.groupsOf("g0")); n > maxGroups+1 {
		t.Errorf("%d groups", n)
	}
}

// A site that a role kept elsewhere fills a template for has what the data says for it.
func TestSitesFromTemplates(t *testing.T) {
	site := "# {{ ansible_managed }}\nserver {\n  listen 443 ssl;\n  server_name {{ item.value.server_name }}; # canary\n  client_max_body_size {{ size }};\n  location / { proxy_pass http://127.0.0.1:8300; }\n}\n"
	data := "size: 15M\nnginx_sites:\n  shop:\n    template: site.conf.j2\n    server_name: '{{ name }}'\n  gone:\n    template: ../x.j2\n    server_name: gone.acme.org\nname: shop.acme.org\n"
	runCases(t, Ansible(), []readerCase{
		{"one template", files{"manage.py": "", "@ops/group_vars/all.yml": data, "@ops/site.yml": "- hosts: all\n  roles: [web]\n", "@ops/roles/web/tasks/main.yml": "- command: 'true'\n", "@ops/roles/web/templates/site.conf.j2": site},
			[]string{".: route shop.acme.org/ <- @ops/group_vars/all.yml:3", ".: edge {true   map[] map[] []} <- @ops/group_vars/all.yml:3", ".: edge {false  15m map[] map[] []} <- @ops/group_vars/all.yml:3"}, []string{"canary"}},
		{"two of that name", files{"manage.py": "", "@ops/group_vars/all.yml": data, "@ops/site.yml": "- hosts: all\n  roles: [web]\n", "@ops/roles/web/tasks/main.yml": "- command: 'true'\n", "@ops/roles/web/templates/site.conf.j2": site, "@ops/roles/api/templates/site.conf.j2": site},
			nil, []string{"8300"}},
	})
	for name, part := range map[string]string{
		"a list of the data":      "server_name {{ item.value.server_names | join(' ') }};",
		"a step through the data": "{% for name in item.value.server_names %}server_name {{ name }};{% endfor %}",
	} {
		runCases(t, Ansible(), []readerCase{{name, files{"manage.py": "", "@ops/site.yml": "- hosts: all\n  roles: [web]\n", "@ops/roles/web/tasks/main.yml": "- command: 'true'\n",
			"@ops/group_vars/all.yml":               "nginx_sites:\n  shop:\n    template: site.conf.j2\n    server_names: [shop.acme.org]\n    proxy_pass: http://127.0.0.1:8400\n",
			"@ops/roles/web/templates/site.conf.j2": "server {\n  " + part + "\n  location / { proxy_pass http://127.0.0.1:8400; }\n}\n"},
			[]string{".: route shop.acme.org/ <- @ops/group_vars/all.yml:4", ".: port 8400 <- @ops/group_vars/all.yml:5"}, nil}})
	}
}

// A template is sought once, and none is when there was enough.
func TestTemplatesOfSitesAreBounded(t *testing.T) {
	asked := 0
	x := &nginxValues{template: func(string) string { asked++; return strings.Repeat("listen 80;\n", maxNginxValues/2) }}
	item := yamlValues("x.yml", "template: a.j2\n", quietly())
	for range 5 {
		x.fromTemplate(item)
	}
	other := yamlValues("x.yml", "template: b.j2\n", quietly())
	if x.fromTemplate(other); asked != 1 {
		t.Errorf("asked for templates %d times", asked)
	}
}

// A machine is no environment's only one beside those with a short name or of a range.
func TestOnlyMachineBesideOthers(t *testing.T) {
	for other, want := range map[string]bool{"web1": false, "web[1:9].acme.net": false, "": true} {
		w := &ansibleWorld{groups: map[string][]string{"lb.acme.net": {"production"}}, hosts: map[string]inventoryHost{"lb.acme.net": {}}}
		if other != "" {
			w.groups[other], w.hosts[other] = []string{"production"}, inventoryHost{}
		}
		if name, alone := w.onlyHost("production", "production"); alone != want || alone && name != "lb.acme.net" {
			t.Errorf("beside %q: %q %v", other, name, alone)
		}
	}
}
