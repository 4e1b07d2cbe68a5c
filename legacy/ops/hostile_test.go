package ops

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Files that nobody writes are read in bounded time and memory, whatever the parsers below think of them.
func TestHostile(t *testing.T) {
	const n = 60_000
	deep := map[string]string{
		"substitutions": strings.Repeat("$(", n), "subshells": strings.Repeat("( ", n), "ifs": strings.Repeat("if ", n), "quotes": strings.Repeat("'\"", n), "defaults": strings.Repeat("${a:-", n),
		"lists": strings.Repeat("[", n), "mappings": strings.Repeat("{a: ", n), "ands": "a" + strings.Repeat(" && a", n), "lines": strings.Repeat("a: b\n", n), "bind": strings.Repeat("--bind ", n),
		"comments": strings.Repeat("{#", n), "outputs": strings.Repeat("{{ a", n), "loops": strings.Repeat("{% for a in range(20) %}", n/10), "sums": strings.Repeat("a + ", n), "filters": "a" + strings.Repeat("|replace('a', 'aaaaaaaaaa')", n/10),
		"signs": strings.Repeat("!", n), "conditions": strings.Repeat("a?b:", n), "templates": strings.Repeat("${\"", n), "directives": strings.Repeat("%{if a}", n), "blocks": strings.Repeat("a {\n", n),
		"bomb": "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n" +
			"f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\ng: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]\nservices: {w: {image: x, environment: *g}}\n",
	}
	for name, text := range deep {
		t.Run(name, func(t *testing.T) { // a hang or a crash is the failure
			for _, c := range []struct {
				reader scan.Reader
				tree   files
			}{
				{Procfile(), files{"Procfile": "web: " + text}}, {Dockerfile(), files{"Dockerfile": "FROM a\nCMD " + text, "b/Dockerfile": text}}, {Compose(), files{"docker-compose.yml": text, "b/compose.yml": "services:\n  w:\n    command: " + text}},
				{Initd(), files{"etc/init.d/x": "#!/bin/sh\n" + text, "a.upstart": "exec " + text}}, {UWSGI(), files{"uwsgi.ini": "[uwsgi]\nmodule = a\nenv = " + text, "uwsgi.yaml": "uwsgi: " + text, "uwsgi.xml": "<uwsgi>" + text}}, {PM2(), files{"package.json": "{}", "ecosystem.config.js": "module.exports = {apps: " + text, "pm2.yml": "apps:\n- " + text}},
				{Runit(), files{"sv/x/run": "#!/bin/sh\n" + text}}, {Initd(), files{"init/x.conf": "script\n" + text + "\nend script"}}, {Dotenv(), files{".env.example": text, "b/.env.example": "A=" + text}},
				{Chef(), files{"cookbooks/a/recipes/a.rb": text, "cookbooks/a/recipes/b.rb": "x \"a\" do\n" + text, "cookbooks/a/attributes/default.rb": "default[\"a\"] = " + text, "nodes/n.json": text}},
				{Ansible(), files{"@o/site.yml": text, "@o/group_vars/all.yml": text, "@o/hosts": text, "@o/b.yml": "- hosts: all\n  tasks:\n  - shell: '" + text, "@o/roles/a/tasks/main.yml": "- {template: {src: a.j2, dest: /etc/default/a}}\n- {template: {src: b.j2, dest: /etc/default/b}}\n- shell: echo {{ " + text + "\n",
					"@o/roles/a/templates/a.j2": text, "@o/roles/a/templates/b.j2": "{{ " + text, "@o/roles/a/defaults/main.yml": "a: >\n  {{ " + text}},
				{Salt(), files{"@o/pillar/a.sls": text, "@o/salt/a.sls": text, "@o/salt/b.sls": "{{ " + text, "@o/salt/c.sls": "{% for i in " + text}},
				{Terraform(), files{"a.tf": "x = " + text, "b/b.tf": "locals {\n a = \"" + text, "b/c.tf": text, "b/prod.tfvars": "x = " + text, "b/qa.tfvars.json": text}}, {CloudFormation(), files{"cfn/a.yml": "# AWS:: Resources\nResources:\n  A:\n    Properties: " + text, "cfn/b.json": text}},
				{Puppet(), files{"a.pp": text, "b.pp": "class b { $x = " + text, "c.pp": "class c { file { '/etc/default/c': content => \"" + text, "hieradata/common.yaml": text, "hiera.yaml": text}},
			} {
				read(t, c.reader, c.tree)
			}
			for name, reader := range platformFiles() {
				read(t, reader, files{"package.json": "{}", name: text, "deploy/b.yaml": "kind: Deployment\n" + text})
			}
			read(t, Dockerfile(), files{"package.json": "{}", "start.sh": "#!/bin/sh\n" + text, "Dockerfile": "FROM node\nCOPY . .\nCMD [\"./start.sh\"]\n"})
		})
	}
}
