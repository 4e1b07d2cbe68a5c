package ops

import (
	"fmt"
	"slices"
	"testing"
)

// What operations put into the virtual environment of a service belongs into its image.
func TestLibrariesOfTheMachine(t *testing.T) {
	tree := files{
		"manage.py":      "",
		"pyproject.toml": "[project]\nname = 'shop'\ndependencies = ['django', 'requests', 'celery>=5']\n[project.optional-dependencies]\nmail = ['mailer>=1 ; python_version > \"3\"', 'x @ https://a.example.org/x.whl']\n[dependency-groups]\nprod = ['pymemcache==4.0.0']\ndev = ['pytest']\npostgres = ['psycopg2==2.9']\n",
		"@ops/shop.yml":  "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/tasks/main.yml": `- pacman: name=git,python-psycopg2,python-unknown
- command: python -m venv --system-site-packages /srv/shop/env
- command: uv pip compile --group prod --group dev pyproject.toml -o requirements.txt
  args: {chdir: /srv/shop}
- command: /srv/shop/env/bin/pip install .[mail]
- pip: {name: gevent, version: 22.10.2, virtualenv: /srv/shop/env}
- pip: {name: [gunicorn, 'eventlet>=0.30'], virtualenv: /srv/shop/env}
- pip: {name: django, virtualenv: /srv/shop/env}
- pip: {name: supervisor, virtualenv: /srv/shop/env}
- pip: {name: glances}
- pip: {name: 'git+https://u:canary@git.example.org/x.git', virtualenv: /srv/shop/env}
- pip: {name: ['git+https://u:canary@git.example.org/y.git', requests==2.24.0, celery==5.3, idna==2.5, django], virtualenv: /srv/shop/env}
- pip: {requirements: /srv/shop/requirements.txt, virtualenv: /srv/shop/env}
`,
	}
	var installed []string
	for _, f := range read(t, Ansible(), tree).Findings {
		if b := f.Service.Build; b != nil {
			for _, p := range b.Install {
				installed = append(installed, fmt.Sprintf("%s %d", p, f.Evidence.Line))
			}
		}
	}
	slices.Sort(installed)
	if got := fmt.Sprint(installed); got != "[eventlet>=0.30 7 gevent==22.10.2 6 gunicorn 7 idna==2.5 12 mailer>=1 5 psycopg2 1 pymemcache==4.0.0 3 requests==2.24.0 12]" {
		t.Error(got)
	}
	runManaged(t, Ansible(), []readerCase{{name: "notes", tree: tree, want: []string{
		"note python-unknown: @ops/roles/shop/tasks/main.yml:1 ", "note glances: @ops/roles/shop/tasks/main.yml:10 packages by pip: glances", "note django: @ops/roles/shop/tasks/main.yml:8 packages that the repository lists",
	}}})
}

func TestMailOfSettingsFiles(t *testing.T) {
	runManaged(t, Ansible(), []readerCase{{name: "settings", tree: files{
		"@ops/shop.yml":                          "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/tasks/main.yml":         "- template: {src: local.py.j2, dest: /srv/shop/local.py}\n- template: {src: other.yml.j2, dest: /srv/shop/other.yml}\n",
		"@ops/roles/shop/templates/local.py.j2":  "DEBUG = False\nEMAIL_HOST = '127.0.0.1'\nSERVER_EMAIL = 'a@shop.org'\n",
		"@ops/roles/shop/templates/other.yml.j2": "smtp_server: mail.corp.example.net\nmail_host: {{ unknown }}\n",
	}, want: []string{"shop: need smtp |||:0 <- @ops/roles/shop/templates/local.py.j2:2"}, not: []string{"shop.org"}}})
}
