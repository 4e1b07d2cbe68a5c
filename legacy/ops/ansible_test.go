package ops

import "testing"

// shopRole is a role as many have one, and a playbook that gives it to the shop's hosts.
var shopRole = files{
	"@ops/site.yml":                           "- hosts: shop\n  vars_files: [secrets.yml]\n  roles:\n    - common\n    - role: django_app\n      app_name: shop\n      django_app_port: '{{ shop_port }}'\n      django_app_environment:\n        LEVEL: '{{ shop_level }}'\n        API_TOKEN: '{{ vault_shop_token }}'\n        DATABASE_URL: 'postgres://shop:{{ shop_db_password }}@{{ shop_db_host }}/shop'\n",
	"@ops/secrets.yml":                        "$ANSIBLE_VAULT;1.1;AES256\n63616e6172790a\n",
	"@ops/group_vars/all.yml":                 "shop_port: 8150\nshop_level: info\nshop_db_host: db1.corp.example.net\nshop_db_password: canary-in-group-vars\nshop_other: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  canary\n",
	"@ops/group_vars/staging":                 "shop_level: debug\nshop_db_host: db1.staging.example.net\nshop_db_password: canary-of-staging\n",
	"@ops/group_vars/vagrant":                 "shop_level: vagrant-only\n",
	"@ops/group_vars/shop.yml":                "shop_sitemap_hour: 3\nshop_unheard: of\n",
	"@ops/inventory/hosts":                    "[shop]\nweb1 ansible_password=canary ansible_user=deploy\n[shop:vars]\nansible_ssh_pass=canary\n",
	"@ops/roles/common/tasks/main.yml":        "- apt: name=ntp\n",
	"@ops/roles/django_app/defaults/main.yml": "django_app_port: 8000\ndjango_app_home: '/srv/{{ app_name }}'\ndjango_app_workers: 4\n",
	"@ops/roles/django_app/tasks/main.yml": `
- name: packages
  apt: pkg={{ item }} state=present
  with_items: [imagemagick, libpq-dev]
- template: src=app.service.j2 dest=/etc/systemd/system/{{ app_name }}.service
- template:
    src: env.j2
    dest: '{{ django_app_home }}/.env'
- include_tasks: '{{ "jobs" }}.yml'
- {name: data, file: {path: '{{ django_app_home }}/uploads', state: directory, owner: '{{ app_name }}'}}
- postgresql_db: name={{ app_name }}_production
- postgresql_user: {name: shop, password: canary-of-a-task}
- command: venv/bin/python manage.py migrate --noinput
  args: {chdir: '{{ django_app_home }}'}
- unheard_of_module: {name: thing, token: canary}
- apt: {name: gone, state: absent}
- copy: {dest: /etc/never, content: x}
  when: django_app_workers > 10
`,
	"@ops/roles/django_app/tasks/jobs.yml":           "- cron: {name: sitemap, hour: '{{ shop_sitemap_hour }}', minute: 0, job: 'cd {{ django_app_home }} && venv/bin/python manage.py sitemap'}\n- include_tasks: jobs.yml\n- include_role: {name: django_app}\n",
	"@ops/roles/django_app/templates/env.j2":         "# {{ ansible_managed }}\n{% for name, value in django_app_environment.items() %}\n{% if value %}\nexport {{ name }}=\"{{ value }}\"\n{% endif %}\n{% endfor %}\n",
	"@ops/roles/django_app/templates/app.service.j2": "{% set bin = django_app_home + '/venv/bin' %}\n[Service]\nWorkingDirectory={{ django_app_home }}\nExecStart={{ bin }}/gunicorn {{ app_name }}.wsgi --bind 0.0.0.0:{{ django_app_port }} --workers {{ django_app_workers }}\n",
}

func TestAnsible(t *testing.T) {
	runManaged(t, Ansible(), []readerCase{
		{name: "a role with what it is given", tree: shopRole, want: []string{
			"shop: port 8150 <- @ops/group_vars/all.yml:1",
			"shop: runtime imagemagick <- @ops/roles/django_app/tasks/main.yml:2",
			"shop: command gunicorn|shop.wsgi|--bind|0.0.0.0:8150|--workers|4 <- @ops/roles/django_app/templates/app.service.j2:4",
			"shop: env LEVEL=info <- @ops/group_vars/all.yml:2",
			"shop in staging: env LEVEL=debug <- @ops/group_vars/staging:1",
			"shop: secret API_TOKEN", "shop: need postgres |db1.corp.example.net|shop|", "shop: need postgres ||shop_production|",
			"shop/sitemap: schedule 0 3 * * *; command python|manage.py|sitemap <- @ops/roles/django_app/tasks/jobs.yml:1",
			"shop/migrate: ",
			"shop: state /srv/shop/uploads <- @ops/roles/django_app/tasks/main.yml:10",
			"note shop: @ops/roles/django_app/tasks/main.yml:2 packages to build with; those that the service's dependencies need are in build.packages of migrate.yaml: libpq-dev",
			"note shop: @ops/roles/django_app/tasks/main.yml:15 unheard_of_module: thing",
			"note shop: @ops/group_vars/shop.yml:2 variables of the group shop that are not taken over: shop_unheard", "note shop: @ops/roles/django_app/tasks/main.yml:16 taken away from the machine, not taken over: apt gone",
			"note : @ops/secrets.yml:1 an encrypted file, not decrypted",
		}, not: []string{"vagrant-only", "/etc/never", "packages by apt: gone"}},
		{name: "roles below a directory of their own, files by their place on the machine that runs Ansible", tree: files{
			"playbooks/shop-backend.yml":            "- hosts: shop_backend\n  vars_files: [/srv/infra/ansible/vars/global.yml, /srv/private/vars.yml]\n  roles: [base, shop/backend, client]\n",
			"vars/global.yml":                       "roles_path: /srv/infra/ansible/roles\nshop_level: warn\n",
			"roles/base/tasks/main.yml":             "- apt: name=ntp\n",
			"roles/nfs/client/tasks/main.yml":       "- unheard_of_nfs: {name: client}\n",
			"roles/shop/backend/meta/main.yml":      "dependencies: [{role: shop/base}]\n",
			"roles/shop/backend/tasks/main.yml":     "- template: {src: '{{ roles_path }}/shop/base/templates/env.j2', dest: /etc/default/shop}\n- copy: {src: /srv/infra/shop.env, dest: /etc/default/shop-more}\n- cron: {name: shop-old, minute: 5, job: bundle exec rake old, state: absent}\n- import_tasks: /srv/infra/ansible/tasks/more.yml\n",
			"roles/shop/base/tasks/main.yml":        "- unheard_of_base: {name: queue}\n",
			"roles/shop/base/templates/env.j2":      "LEVEL={{ shop_level }}\n",
			"tasks/more.yml":                        "- unheard_of_more: {name: more}\n",
			"roles/other/client/tasks/main.yml":     "- unheard_of_other: {name: other}\n",
			"roles/other/client/templates/shop.env": "NOT=meant\n",
		}, want: []string{
			"shop: env LEVEL=warn <- roles/shop/base/templates/env.j2:1",
			"note queue: roles/shop/base/tasks/main.yml:1 unheard_of_base: queue",
			"note shop-old: roles/shop/backend/tasks/main.yml:3 scheduled jobs that are switched off, not taken over: shop-old",
			"note more: tasks/more.yml:1 unheard_of_more: more",
			"note client: roles/nfs/client/tasks/main.yml:1 unheard_of_nfs: client",
			"note other: roles/other/client/tasks/main.yml:1 unheard_of_other: other",
		}, not: []string{"rake|old", "meant"}},
		{name: "packages of the role's variables", tree: files{
			"@ops/roles/shop/vars/main.yml":  "---\nshop_packages:\n  - acl\n  - g++\n",
			"@ops/roles/shop/tasks/main.yml": "- apt: {name: '{{ shop_packages }}'}\n",
		}, want: []string{
			"note acl: @ops/roles/shop/vars/main.yml:3 packages for the work of the machine itself", "note g++: @ops/roles/shop/vars/main.yml:4 packages to build with",
		}},
		{name: "needs of variables, in each environment", tree: files{
			"@ops/roles/shop/tasks/main.yml":               "- debug: msg=x\n",
			"@ops/roles/shop/defaults/main.yml":            "shop_mysql_host: localhost\nshop_smtp_host: mail.corp.example.net\nshop_settings:\n  DATABASES:\n    default: {ENGINE: django.db.backends.postgresql, HOST: '{{ shop_db }}', NAME: shopdb, USER: shopper, PASSWORD: canary}\nshop_db: pg1.corp.example.net\n",
			"@ops/environments/staging/group_vars/all.yml": "shop_db: pg1.staging.example.net\n",
		}, want: []string{
			"shop: need postgres", "shop: need mysql", "shop: need smtp",
		}},
		{name: "a file of settings, with a part of its own, for two environments", tree: files{
			"@ops/roles/shop/tasks/main.yml":              "- template: {src: database.yml.j2, dest: /srv/shop/config/database.yml}\n- command: bundle install\n  args: {chdir: /srv/shop}\n",
			"@ops/roles/shop/defaults/main.yml":           "shop_store: pg1.corp.example.net\nshop_pass: canary\nshop_pool: 5\nshop_left: over\n",
			"@ops/group_vars/staging.yml":                 "shop_store: pg1.staging.example.net\n",
			"@ops/roles/shop/templates/database.yml.j2":   "{% include 'parts/base.yml.j2' %}\n\ndevelopment:\n  adapter: mysql2\n  host: db.of.developers.net\nproduction:\n  adapter: postgresql\n  host: {{ shop_store }}\n  username: keeper\n  database: shopdb\n  password: {{ shop_pass }}\n  pool: {{ shop_pool }}\n",
			"@ops/roles/shop/templates/parts/base.yml.j2": "cache: redis://cache1.corp.example.net:6379/0\n",
		}, want: []string{
			"shop: need postgres |pg1.corp.example.net|shopdb|keeper:0 <- @ops/roles/shop/templates/database.yml.j2:8", "shop: need postgres |pg1.staging.example.net|shopdb|keeper:0",
			"shop: need redis |cache1.corp.example.net||:6379 <- @ops/roles/shop/templates/database.yml.j2:1",
			"note shop: @ops/roles/shop/tasks/main.yml:2 commands that install what the service is made of, or build it: the image's build does that: bundle ...",
		}, not: []string{"of.developers", "not taken over: shop_pool"}},
		{name: "a role for each that asks for it", tree: files{
			"@ops/roles/one/meta/main.yml":   "dependencies: [{role: app, app_port: 8101}]\n",
			"@ops/roles/two/meta/main.yml":   "dependencies: [{role: app, app_port: 8102}]\n",
			"@ops/roles/app/meta/main.yml":   "dependencies: [{role: base, base_port: '{{ app_port }}'}]\n",
			"@ops/roles/app/tasks/main.yml":  "- debug: msg=x\n",
			"@ops/roles/base/tasks/main.yml": "- copy: {dest: /etc/default/app, content: 'PORT={{ base_port }}'}\n",
		}, want: []string{"one: env PORT=8101", "two: env PORT=8102"}, not: []string{"not known here"}},
		{name: "a play that is called like a file of secrets", tree: files{"@ops/credentials.yml": "- hosts: shop\n  tasks:\n    - copy: {dest: /etc/default/shop, content: 'LEVEL=info'}\n    - copy: {dest: /etc/default/shop, content: 'A_TOKEN=canary'}\n"}, want: []string{"shop: env LEVEL=info", "shop: secret A_TOKEN"}},
		{name: "accounts", tree: files{"@ops/roles/shop/tasks/main.yml": "- user: {name: keeper, home: /srv/shop}\n- user: name=packer\n- user: deploy\n  copy: {dest: /srv/shop/README, content: x}\n"}, want: []string{
			"note keeper: @ops/roles/shop/tasks/main.yml:1 user (account: the image has its own): keeper", "note packer: @ops/roles/shop/tasks/main.yml:2 user (account: the image has its own): packer", "shop: file README: x <- @ops/roles/shop/tasks/main.yml:3"}},
		{name: "a container", tree: files{
			"@ops/deploy.yml": "- hosts: docker\n  tasks:\n    - docker_container:\n        name: shop\n        image: registry.example.net/team/shop:1\n        ports: ['80:8080']\n        env: {MODE: fast, API_KEY: canary}\n",
		}, want: []string{"shop: port 8080", "shop: env MODE=fast", "shop: secret API_KEY"}},
		{name: "circles, and what is no YAML", tree: files{
			"@ops/a.yml":                      "- hosts: all\n  vars: {a: '{{ b }}', b: '{{ a }}'}\n  roles: [one]\n  tasks:\n    - include: a.yml\n    - copy: {dest: '/x/{{ a }}', content: '{{ b }}'}\n",
			"@ops/roles/one/meta/main.yml":    "dependencies: [{role: two, x: 1}]\n",
			"@ops/roles/two/meta/main.yml":    "dependencies: [{role: one, x: 2}]\n",
			"@ops/roles/one/tasks/main.yml":   "- include_role: {name: two}\n",
			"@ops/roles/two/tasks/main.yml":   "- import_role: {name: one}\n",
			"@ops/roles/bad/tasks/main.yml":   "- a: {{ b\n c: [\n",
			"@ops/roles/jinja/tasks/main.yml": "{% if x %}\n- apt: name=ffmpeg\n{% endif %}\n",
		}, want: []string{"ffmpeg: runtime ffmpeg"}},
	})
}

func FuzzAnsible(f *testing.F) {
	for name, text := range shopRole {
		f.Add(text, name)
	}
	f.Add("- {hosts: all, roles: ['{{ a[b](c)|d(e) }}'], tasks: [{shell: 'x {% for a in b %}{{ a }}{% endfor %}'}]}", "{% if %}{{ a if b else c.d('e', f=g)[1:2] }}{%- set x %}{#")
	f.Fuzz(func(t *testing.T, tasks, template string) {
		checkManaged(t, read(t, Ansible(), files{"@ops/site.yml": tasks, "@ops/roles/shop/tasks/main.yml": tasks, "@ops/roles/shop/defaults/main.yml": template, "@ops/group_vars/all.yml": template,
			"@ops/inventory/hosts": template, "@ops/roles/shop/templates/env.j2": template, "@ops/roles/shop/meta/main.yml": "dependencies: [{role: app, x: 1}]", "@ops/roles/app/tasks/main.yml": shopRole["@ops/roles/django_app/tasks/main.yml"], "@ops/roles/app/templates/env.j2": template}))
	})
}
