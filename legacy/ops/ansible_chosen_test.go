package ops

import "testing"

// A play that is run for one environment has the hosts and the variables of that one, and a role that many ask for works for who
// tells it its name.
func TestPlaysForOneEnvironment(t *testing.T) {
	tree := files{
		"@ops/playbooks/shop.yml":             "- hosts: shop_{{ runtime_env | default('staging') }}\n  vars_files:\n    - ../group_vars/shop/{{ runtime_env | default('staging') }}.yml\n  roles:\n    - role: roles/shop\n",
		"@ops/playbooks/blog.yml":             "- hosts: blog\n  roles: [blog]\n",
		"@ops/group_vars/shop/production.yml": "db_host: pg1.corp.example.net\n",
		"@ops/group_vars/shop/staging.yml":    "db_host: pg2.corp.example.net\n",
		"@ops/group_vars/shop/sandbox.yml":    "db_host: laptop.corp.example.net\n",
		"@ops/roles/shop/vars/main.yml":       "rails_name: shop\nrails_vars:\n  - {name: DB_HOST, value: '{{ db_host }}'}\n  - {name: SHOP_MODE, value: live}\n",
		"@ops/roles/shop/meta/main.yml":       "dependencies:\n  - role: rails\n",
		"@ops/roles/blog/vars/main.yml":       "rails_name: blog\nruby_vars:\n  - {name: BLOG_MODE, value: quiet}\n",
		"@ops/roles/blog/defaults/main.yml":   "ruby_vars: []\nruby_name: blog\n",
		"@ops/roles/blog/meta/main.yml":       "dependencies:\n  - role: rails\n",
		"@ops/roles/rails/defaults/main.yml":  "rails_name: rails\nrails_vars: []\napp_vars: '{{ ruby_vars | default(rails_vars) }}'\napp_name: '{{ ruby_name | default(rails_name) }}'\n",
		"@ops/roles/rails/tasks/main.yml":     "- template: {src: settings, dest: '/home/deploy/app_configs/{{ app_name }}'}\n",
		"@ops/roles/rails/templates/settings": "{% for v in app_vars %}\nexport {{ v.name }}=\"{{ v.value }}\"\n{% endfor %}\nexport RAILS_ENV=production\n",
	}
	for _, name := range []string{"a", "b", "c"} {
		tree["@ops/roles/"+name+"/meta/main.yml"] = "dependencies:\n  - role: rails\n"
		tree["@ops/roles/"+name+"/tasks/main.yml"] = "- command: 'true'\n"
	}
	runManaged(t, Ansible(), []readerCase{{name: "plays", tree: tree, want: []string{
		"shop: env DB_HOST=pg1.corp.example.net", "shop in staging: env DB_HOST=pg2.corp.example.net", "shop: env SHOP_MODE=live", "shop: env RAILS_ENV=production",
	}, not: []string{"shop: env BLOG_MODE", "laptop"}}})
}

func TestFilesOfVariables(t *testing.T) {
	for text, want := range map[string]bool{"# a\nexport A=1\n\nexport B=\"2\"\n": true, "export A=1\n": false, "export A=1\nexport B=2\nrun\n": false, "A=1\nB=2\n": false, "": false} {
		if got := onlyExports(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
