package ops

import (
	"slices"
	"strings"
	"testing"
)

// Headers that operations install for the service are what its image is built with, by the names that Debian has now.
func TestHeadersOfLibraries(t *testing.T) {
	tree := files{
		"@ops/roles/shop/tasks/main.yml": "- apt: {name: [libjpeg8-dev, zlib1g-dev, libunheard-dev]}\n- yum: {name: libxml2-dev}\n",
	}
	installed := func(tree files) (build, runtime []string) {
		for _, f := range read(t, Ansible(), tree).Findings {
			if b := f.Service.Build; b != nil {
				build, runtime = append(build, b.Packages...), append(runtime, b.Runtime...)
			}
		}
		return build, runtime
	}
	if build, _ := installed(tree); len(build) > 0 {
		t.Errorf("nothing is compiled without dependencies, and got %v", build)
	}
	tree["requirements.txt"] = "pillow\n"
	if build, runtime := installed(tree); !slices.Equal(build, []string{"libjpeg62-turbo-dev", "zlib1g-dev"}) || !slices.Equal(runtime, []string{"libjpeg62-turbo"}) {
		t.Errorf("got %v to build with and %v to run with", build, runtime)
	}
}

// What a step gets on its own command line is the step's, and secrets are known by their names alone.
func TestVariablesOnACommandLine(t *testing.T) {
	runManaged(t, Ansible(), []readerCase{{"a release", files{
		"@ops/group_vars/all.yml":           "migrator: owner\nmigrator_password: canary\n",
		"@ops/roles/shop/defaults/main.yml": "shop_home: /srv/shop\n",
		"@ops/roles/shop/tasks/main.yml":    "- shell: |\n    LEVEL=low MIGRATION_USER='{{ migrator }}' MIGRATION_PASS=\"{{ migrator_password }}\" python manage.py migrate --noinput\n  args: {chdir: '{{ shop_home }}'}\n- shell: OTHER=x /opt/unheard\n",
	}, []string{"shop/migrate: command (release) python|manage.py|migrate|--noinput", "shop/migrate: env LEVEL=low", "shop/migrate: env MIGRATION_USER=owner", "shop/migrate: secret MIGRATION_PASS"}, []string{"canary", "env OTHER"}},
		{"what only the shell knows", files{"@ops/roles/shop/tasks/main.yml": "- shell: MIGRATION_USER=$DB_OWNER MIGRATION_HOST=$(hostname) MIGRATION_ZONE=`zone` MIGRATION_SIGN='$' MIGRATION_LEVEL=low python manage.py migrate\n"}, []string{"shop/migrate: env MIGRATION_SIGN=$", "shop/migrate: env MIGRATION_LEVEL=low"}, []string{"DB_OWNER", "(hostname", "`zone"}},
		{"without a name", files{"@ops/roles/shop/tasks/main.yml": "- shell: SHOP_PASS='canary' python manage.py migrate\n- shell: SHOP_PASS='canary' /opt/unheard now\n"}, []string{"shop/migrate: secret SHOP_PASS"}, []string{"canary"}}})
}

// Of what Ruby works out only a text that stands for itself is a value.
func TestVariablesInRuby(t *testing.T) {
	runManaged(t, Ansible(), []readerCase{{"of the service", files{
		"@ops/roles/orders/tasks/main.yml":    "- template: {src: env.j2, dest: /etc/orders/env.rb}\n",
		"@ops/roles/orders/templates/env.j2":  "ENV['REGION'] = \"eu\"\nENV['WORKERS'] = \"4\" # two per core\nENV['MODE'] ||= 'fast'.freeze\nENV['QUEUE'] = Settings.queue\nENV['PLACE'] = \"#{Dir.pwd}/x\"\nENV['BOTH'] = 'a' + 'b'\nENV['MAILS'] = '{{ mails }}'\n",
		"@ops/roles/orders/defaults/main.yml": "mails: out\n",
	}, []string{"orders: env REGION=eu", "orders: env WORKERS=4 ", "orders: env MODE=fast", "orders: env MAILS=out"}, []string{"Settings.queue", "Dir.pwd", "per core", "env QUEUE", "env PLACE", "env BOTH"}}})
}

// A variable with the version of a store counts beside one that says where it answers.
func TestVersionsOfStores(t *testing.T) {
	for vars, want := range map[string]string{
		"postgres_version: 15\npostgres_host: db1\n":                          "15",
		"shop_redis_version: '6.2'\nredis_host: r1.corp.example.net\n":        "6.2",
		"postgres_version: 15\n":                                              "",
		"postgres_version: latest\npostgres_host: db1.corp.example.net\n":     "",
		"mysql_version: 8.0.36\nshop_db_engine: mysql\nshop_db_host: db1.x\n": "8.0.36",
	} {
		got := ""
		for _, f := range read(t, Ansible(), files{"@ops/roles/shop/defaults/main.yml": vars, "@ops/roles/shop/tasks/main.yml": "- debug: {msg: x}\n"}).Findings {
			if f.Need != nil {
				got += f.Need.Version
			}
		}
		if got != want {
			t.Errorf("%q: got version %q, want %q", vars, got, want)
		}
	}
}

// A file of settings that is called after the service is the service's, wherever it lies; one of another program is not.
func TestFilesCalledAfterTheService(t *testing.T) {
	tree := files{
		"@ops/roles/shop/tasks/main.yml":     "- template: {src: a.j2, dest: /etc/jenkins_jobs/jobs/shop.yml}\n- template: {src: a.j2, dest: /acme/etc/shop.yml}\n- template: {src: a.j2, dest: /acme/etc/other.yml}\n- template: {src: a.j2, dest: /acme/etc/shop.sh}\n",
		"@ops/roles/shop/templates/a.j2":     "level: 3\n",
		"@ops/roles/redis/tasks/main.yml":    "- template: {src: a.j2, dest: /acme/etc/redis.conf}\n",
		"@ops/roles/redis/templates/a.j2":    "level: 3\n",
		"@ops/roles/redis/defaults/main.yml": "redis_x: 1\n",
	}
	var got []string
	for _, f := range read(t, Ansible(), tree).Findings {
		if f.File != nil {
			got = append(got, f.File.Path)
		}
	}
	if strings.Join(got, " ") != "/acme/etc/shop.yml" {
		t.Errorf("got %v", got)
	}
}
