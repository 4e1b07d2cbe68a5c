package legacy_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy"
)

// Every resource, variable and file of the service's own operations code is in the evidence of a value or in a note: nothing
// is dropped without a word, whatever it is. What begins one is told by the tool's own syntax.
func TestNothingIsDropped(t *testing.T) {
	for _, c := range []struct {
		tool   string
		begins string // a line of the operations code that begins something
		files  map[string]string
	}{
		{"ansible", `^(- |[a-z_]+:)`, map[string]string{
			"site.yml": "",
			"roles/shop/tasks/main.yml": `
- apt: {name: [imagemagick, acl, libpq-dev]}
- apt: {name: oldthing, state: absent}
- user: {name: shop}
- file: {path: /srv/shop/uploads, state: directory}
- file: {path: /srv/shop/odd, state: directory}
- template: {src: env.j2, dest: /etc/default/shop}
- template: {src: sudo.j2, dest: /etc/sudoers.d/shop}
- template: {src: front.j2, dest: /etc/nginx/sites-available/shop}
- copy: {src: tariffs.ini, dest: /etc/shop/tariffs.ini}
- cron: {name: report, hour: 3, minute: 0, job: /srv/shop/bin/report}
- cron: {name: gone, state: absent, job: x}
- command: bundle exec rake db:migrate
- shell: /usr/local/bin/odd --thing
- sysctl: {name: vm.swappiness, value: 1}
- pam_limits: {domain: shop, limit_type: soft, limit_item: nofile, value: 9000}
- unheard_of_module: {thing: 1}
- apt: {name: never}
  when: shop_never
- name: certificate
  openssl_certificate: {path: /etc/shop/cert.pem}
- service: {name: shop, state: started}
- cronvar: {name: MAILTO, value: ops@corp.example.net}
- git: {repo: https://git.corp.example.net/shop.git, dest: /srv/shop/current}
`,
			"roles/shop/defaults/main.yml": `
shop_level: info
shop_pool: 5
shop_never: false
shop_empty: ""
shop_unasked: 7
shop_password: canary
`,
			"group_vars/shop.yml":           "shop_domain: corp.example.net\nlogs: [a, b]\n",
			"group_vars/all.yml":            "shop_everywhere: 3\n",
			"roles/shop/templates/env.j2":   "LEVEL={{ shop_level }}\nPOOL={{ shop_pool }}\nPASSWORD={{ shop_password }}\n",
			"roles/shop/templates/sudo.j2":  "shop ALL = NOPASSWD: /bin/true\n",
			"roles/shop/templates/front.j2": "\nserver {\n  server_name shop.{{ shop_domain }};\n  odd_setting on;\n  location /static { root /srv/shop; }\n  location / { proxy_pass http://127.0.0.1:8000; }\n}\n",
			"roles/shop/files/tariffs.ini":  "a = 1\n",
		}},
		{"puppet", `^  ([a-z_:]+ \{ |include |\$)`, map[string]string{
			"manifests/shop.pp": `class shop(
  $level = 'info',
  $unasked = 'x',
) {
  include shop::db
  package { 'imagemagick': ensure => installed }
  package { 'gone': ensure => absent }
  user { 'shop': ensure => present }
  file { '/srv/shop/uploads': ensure => directory }
  file { '/etc/default/shop': content => "LEVEL=${level}" }
  file { '/etc/sudoers.d/shop': content => "shop ALL=(ALL) ALL" }
  file { '/etc/shop/odd.bin': source => 'puppet:///modules/other/odd.bin' }
  cron { 'report': command => '/srv/shop/bin/report', hour => 3, minute => 0 }
  cron { 'off': ensure => absent, command => 'x', hour => 1 }
  exec { 'odd': command => '/usr/local/bin/odd' }
  sysctl { 'vm.swappiness': value => 1 }
  unheard::of { 'thing': setting => 1 }
  shop::part { 'one': size => 3 }
  service { 'shop': ensure => running }
}
class shop::db {
  mysql::db { 'shop': user => 'shop' }
}
define shop::part($size) {
  file { "/srv/shop/parts-${size}.txt": content => 'x' }
  notify { 'made': }
}
`}},
		{"chef", `^[a-z_]+ .*do$|^[a-z_]+ '|^default`, map[string]string{
			"cookbooks/shop/metadata.rb":           "",
			"cookbooks/shop/attributes/default.rb": "default['shop']['level'] = 'info'\ndefault['shop']['unasked'] = 5\n",
			"cookbooks/shop/recipes/default.rb": `package 'imagemagick'
package 'nginx'
directory '/srv/shop/uploads' do
end
directory '/srv/shop/odd' do
end
template '/etc/default/shop' do
  source 'env.erb'
  variables(level: node['shop']['level'])
end
file '/etc/sudoers.d/shop' do
  content 'shop ALL'
end
cron 'report' do
  hour 3
  minute 0
  command '/srv/shop/bin/report'
end
execute 'odd' do
  command '/usr/local/bin/odd'
end
sysctl_param 'vm.swappiness' do
  value 1
end
unheard_of 'thing' do
  setting 1
end
service 'shop' do
  action :start
end
user 'shop' do
  action :remove
end
`,
			"cookbooks/shop/templates/default/env.erb": "LEVEL=<%= @level %>\n",
		}},
		{"salt", `^[a-z/][^ ]*:|^  [a-z]+:`, map[string]string{
			"pillar/shop.sls": "shop:\n  level: info\n  unasked: 5\n",
			"salt/shop/init.sls": `imagemagick:
  pkg.installed: []
gone:
  pkg.removed: []
shop-user:
  user.present: [{name: shop}]
/srv/shop/uploads:
  file.directory: []
/srv/shop/odd:
  file.directory: []
/etc/default/shop:
  file.managed: [{contents: "LEVEL={{ pillar['shop']['level'] }}"}]
/etc/sudoers.d/shop:
  file.managed: [{contents: "shop ALL"}]
report:
  cron.present: [{name: /srv/shop/bin/report, hour: 3, minute: 0}]
odd:
  cmd.run: [{name: /usr/local/bin/odd}]
vm.swappiness:
  sysctl.present: [{value: 1}]
thing:
  unheard.of: [{setting: 1}]
shop:
  service.running: []
`}},
	} {
		t.Run(c.tool, func(t *testing.T) {
			ops := fstest.MapFS{}
			for name, text := range c.files {
				ops[name] = &fstest.MapFile{Data: []byte(text)}
			}
			repo := fstest.MapFS{"requirements.txt": {Data: []byte("gunicorn\nflask\n")}, "Procfile": {Data: []byte("web: gunicorn shop:app\n")}, "shop.py": {Data: []byte("import flask\napp = flask.Flask('shop')\n")}}
			scanned, err := legacy.Scan(context.Background(), repo, legacy.ScanOptions{Ops: []legacy.Root{{Name: "ops", FS: ops}}})
			if err != nil {
				t.Fatal(err)
			}
			res := legacy.Resolve(scanned, legacy.ResolveOptions{Name: "shop"})
			heard := map[string]bool{}
			hear := func(file string, line int) { heard[fmt.Sprintf("%s:%d", file, line)] = true }
			for _, evidence := range res.Evidence() {
				for _, e := range evidence {
					hear(e.File, e.Line)
				}
			}
			var texts strings.Builder
			for _, n := range res.Notes {
				hear(n.File, n.Line)
				for _, item := range n.Items {
					hear(n.File, item.Line)
				}
				texts.WriteString(n.Text + "\n")
			}
			begins, begun := regexp.MustCompile(c.begins), 0
			for name, text := range c.files {
				template := strings.Contains(name, "/templates/") || strings.Contains(name, "/files/")
				if file := "@ops/" + name; template && text != "" && !strings.Contains(texts.String(), name) && !heard[file+":1"] && !heard[file+":2"] {
					t.Errorf("%s: not a word of this file", name)
				}
				for i, line := range strings.Split(text, "\n") {
					if template || !begins.MatchString(line) {
						continue
					}
					begun++
					// Salt's function stands a line below its name; either is the place of the state.
					if at := "@ops/" + name; !heard[fmt.Sprintf("%s:%d", at, i+1)] && !(c.tool == "salt" && heard[fmt.Sprintf("%s:%d", at, i+2)]) {
						t.Errorf("%s:%d: not a word of %q", name, i+1, line)
					}
				}
			}
			if begun < 10 {
				t.Errorf("only %d things were looked at", begun)
			}
			if strings.Contains(texts.String(), "canary") {
				t.Error("the value of a secret is in a note")
			}
		})
	}
}
