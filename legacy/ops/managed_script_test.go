package ops

import "testing"

// A script that works with the code becomes a file of the service's and a job, wherever it learns about the directory of the code.
func TestScriptsThatJobsStart(t *testing.T) {
	runManaged(t, Puppet(), []readerCase{{name: "told as they are started", tree: files{
		"@ops/modules/shop/manifests/init.pp": `class shop ($root = '/srv/shop', $data = '/var/lib/shop') {
  vcsrepo { $root: source => 'https://git.example.org/shop.git' }
  file { '/etc/cron.d/shop': ensure => bool2str(true, 'file', 'absent'), content => "@hourly shop /usr/local/bin/shop_sync.sh ${root} ${data}\n" }
  file { '/etc/cron.d/old': ensure => bool2str(false, 'file', 'absent'), content => "@daily shop /srv/shop/old\n" }
  file { '/usr/local/bin/shop_sync.sh': content => file('shop/sync.sh') }
}
`,
		"@ops/modules/shop/files/sync.sh": "#!/bin/bash\ncd $1\nbin/rails runner Sync.run $2\n",
	}, want: []string{"/etc/cron.d/shop/shop: schedule 0 * * * *; command bash|/usr/local/bin/shop_sync.sh|.|/var/lib/shop"}, not: []string{"/srv/shop/old"}}})
	runManaged(t, Chef(), []readerCase{{name: "by a variable, of an instance that a timer starts", tree: files{
		"sources/update_all.sh":                            "#!/bin/sh\n",
		"@ops/cookbooks/shop/metadata.rb":                  "name 'shop'\n",
		"@ops/cookbooks/shop/templates/default/update.erb": "#!/bin/sh\nROOT=\"<%= @directory %>\"\ncd $ROOT/data\n$ROOT/shop/sources/update_all.sh > ${ROOT}/shop/log\n",
		"@ops/cookbooks/shop/recipes/default.rb": `git '/srv/shop.org/shop' do
  repository 'https://git.example.org/shop.git'
end
template '/srv/shop.org/bin/update' do
  source 'update.erb'
  variables :directory => '/srv/shop.org'
end
systemd_service 'shop-update@' do
  exec_start '/srv/%i/bin/update'
end
systemd_timer 'shop-update@' do
  on_calendar '01:37'
end
service 'shop-update@shop.org.timer' do
  action [:enable, :start]
end
`,
	}, want: []string{"shop-update@shop.org/shop-update-shop-org: schedule 37 1 * * *; command sh|/srv/shop.org/bin/update",
		"/srv/shop.org/bin/update: file /srv/shop.org/bin/update sets ROOT: #!/bin/sh|export MIGRATE_CODE=$PWD|ROOT=\"/srv/shop.org\"|cd $ROOT/data|$MIGRATE_CODE/sources/update_all.sh > $MIGRATE_CODE/log|"}, not: []string{"$ROOT/shop"}}})
	runManaged(t, Ansible(), []readerCase{{name: "among the code, by a shell that is set up", tree: files{
		"@ops/shop.yml":                     "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/tasks/main.yml":    "- git: repo=https://git.example.org/shop.git dest=/srv/shop/http\n- template: src=cron.j2 dest=/srv/shop/http/script/often\n- cron: >\n    name=often\n    minute=\"*/5\"\n    job=\"/bin/bash -c 'export PATH=\\\"$HOME/bin:$PATH\\\" ; eval \\\"$(rbenv init -)\\\" ; /srv/shop/http/script/often'\"\n",
		"@ops/roles/shop/templates/cron.j2": "#!/bin/bash\ncd /srv/shop/http\nbundle exec ruby script/mail.rb\n",
	}, want: []string{"often/often: schedule */5 * * * *; command bash|script/often", "shop: file script/often: #!/bin/bash|cd .|bundle exec ruby script/mail.rb|"}}})
}

// A directory of the code is rewritten where the script's own shell fills in where that is, and no part of another path is.
func TestDirectoriesOfScripts(t *testing.T) {
	g := &meaning{deployed: []deployedCode{{dir: "/srv/shop"}}}
	for text, want := range map[string]string{
		"#!/bin/sh\ncd /tmp; code=$?; rm -rf /srv/shop/tmp":                                  "#!/bin/sh\nexport MIGRATE_CODE=$PWD\ncd /tmp; code=$?; rm -rf $MIGRATE_CODE/tmp",
		"#!/bin/sh\ncd /tmp # it's\nsu shop -c 'find /srv/shop/log -delete'\nls /srv/shop/a": "#!/bin/sh\nexport MIGRATE_CODE=$PWD\ncd /tmp # it's\nsu shop -c 'find /srv/shop/log -delete'\nls $MIGRATE_CODE/a",
		"#!/bin/sh\ncd /tmp\nsh <<'E'\nls /srv/shop\nE\nls \"/srv/shop\"":                    "#!/bin/sh\nexport MIGRATE_CODE=$PWD\ncd /tmp\nsh <<'E'\nls /srv/shop\nE\nls \"$MIGRATE_CODE\"",
		"rsync host:/srv/shop/public /mnt/backup/srv/shop /srv/shop/srv/shop":                "rsync host:/srv/shop/public /mnt/backup/srv/shop ./srv/shop",
	} {
		if got := g.amongCode(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A unit that is written out of a hash starts what its section says.
func TestUnitsOfSettings(t *testing.T) {
	runManaged(t, Puppet(), []readerCase{{name: "systemd::manage_unit", tree: files{"bin/rails": "", "@ops/modules/shop/manifests/init.pp": `class shop {
  vcsrepo { '/srv/shop': source => 'https://git.example.org/shop.git' }
  systemd::manage_unit { 'shop.service':
    service_entry => { 'ExecStart' => '/srv/shop/bin/rails server --environment production', 'Environment' => ['RAILS_LOG_TO_STDOUT=1', 'API_TOKEN=canary'], 'WorkingDirectory' => '/srv/shop' },
  }
  systemd::manage_unit { 'shop-report.timer': timer_entry => { 'OnCalendar' => 'hourly' } }
  systemd::manage_unit { 'shop-report.service': service_entry => { 'ExecStart' => '/srv/shop/bin/rails runner Report.run' } }
  systemd::manage_unit { 'shop-keys.service': service_entry => { 'Type' => 'oneshot', 'ExecStart' => '/srv/shop/bin/rails runner Keys.run' } }
  systemd::manage_unit { 'shop-sweep.timer': timer_entry => { 'OnUnitActiveSec' => '20m' } }
  systemd::manage_unit { 'shop-sweep.service': service_entry => { 'Type' => 'oneshot', 'User' => 'shop', 'EnvironmentFile' => '/etc/shop.env', 'LimitCORE' => '0', 'ExecStart' => ['', '/srv/shop/bin/rails runner Sweep.run'] } }
  systemd::manage_unit { 'shop-bill.timer': timer_entry => { 'OnCalendar' => ['daily', 'hourly'] } }
  systemd::manage_unit { 'shop-bill.service': service_entry => { 'ExecStart' => '/srv/shop/bin/rails runner Bill.run' } }
  systemd::manage_unit { 'shop-dev.service': service_entry => { 'ExecStart' => '/srv/shop/bin/rails server' } }
}
`}, want: []string{"shop: command bin/rails|server|--environment|production <- @ops/modules/shop/manifests/init.pp:4", "shop: env RAILS_LOG_TO_STDOUT=1", "shop: secret API_TOKEN", "shop-report/shop-report: schedule 0 * * * *; command bin/rails|runner|Report.run",
		"shop-sweep/shop-sweep: schedule */20 * * * *; command bin/rails|runner|Sweep.run", "shop-bill/shop-bill: schedule 0 0 * * *; command bin/rails|runner|Bill.run",
		"note shop-keys: @ops/modules/shop/manifests/init.pp:8 units that run once, when something asks for it", "note shop-sweep: @ops/modules/shop/manifests/init.pp:10 settings of the unit that are not taken over: EnvironmentFile", "note shop-sweep: @ops/modules/shop/manifests/init.pp:10 settings of the unit that are not taken over: LimitCORE",
		"note shop-sweep: @ops/modules/shop/manifests/init.pp:10 settings of the unit that are not taken over: User"}, not: []string{"shop-dev: command"}}})
	runManaged(t, Chef(), []readerCase{{name: "content of systemd_unit", tree: files{"@ops/cookbooks/shop/metadata.rb": "name 'shop'\n",
		"@ops/cookbooks/shop/recipes/default.rb": "systemd_unit 'shop.service' do\n  content(Unit: { Description: 'Shop' }, Service: { ExecStart: '/usr/bin/bundle exec puma -p 3000', Environment: 'RACK_ENV=production' })\nend\n"},
		want: []string{"shop: command bundle|exec|puma|-p|3000", "shop: env RACK_ENV=production"}}})
}
