package ops

import "testing"

// What makes files for the image is no step of a release.
func TestStepsForTheImage(t *testing.T) {
	runManaged(t, Ansible(), []readerCase{{name: "collectstatic", tree: files{
		"@ops/shop.yml":                  "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/tasks/main.yml": "- django_manage: {command: collectstatic, app_path: /srv/shop}\n- django_manage: {command: migrate, app_path: /srv/shop}\n",
	}, want: []string{"shop/migrate: ", "note shop: @ops/roles/shop/tasks/main.yml:1 commands that install what the service is made of, or build it"}, not: []string{"[python manage.py collectstatic]"}}})
}

func TestUnitsThatOperationsWrite(t *testing.T) {
	unit := func(kind, line string) string {
		return "[Service]\n" + kind + "WorkingDirectory={{ shop_dir }}\n" + line
	}
	runManaged(t, Ansible(), []readerCase{{name: "timers, instances, stores and what runs once", tree: files{
		"@ops/shop.yml":                     "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/defaults/main.yml": "shop_dir: /srv/shop\nshop_places: [1, 2]\nshop_ring: /etc/ring.gpg\n",
		"@ops/roles/shop/tasks/main.yml": "- template: {src: '{{ item }}.j2', dest: '/etc/systemd/system/{{ item }}'}\n  loop: [shop-check.service, shop-check.timer, shop-keys.service, shop-cache.service, shop-queue@.service, shop-job@.service]\n" +
			"- service: {name: 'shop-queue@mail', state: started}\n- service: {name: 'shop-queue@pictures.service', state: started}\n- service: {name: 'shop-queue@old', state: stopped}\n- service: {name: 'shop-job@1', state: started}\n- service: {name: 'shop-job@2', state: started}\n",
		"@ops/roles/shop/templates/shop-check.service.j2":  unit("Type=oneshot\n", "{% for place in shop_places %}\nExecStart={{ shop_dir }}/env/bin/python manage.py check --place {{ place }}\n{% endfor %}\n"),
		"@ops/roles/shop/templates/shop-check.timer.j2":    "[Unit]\nOnCalendar=never\n[Timer]\nOnBootSec=10min\nOnUnitActiveSec=20m\n",
		"@ops/roles/shop/templates/shop-keys.service.j2":   unit("Type=oneshot\n", "ExecStart={{ shop_dir }}/env/bin/python manage.py keys {{ shop_ring }}\n"),
		"@ops/roles/shop/templates/shop-cache.service.j2":  unit("", "ExecStart=/usr/bin/memcached -s /run/memcached/shop.sock -m {{ shop_places[0] }}\n"),
		"@ops/roles/shop/templates/shop-queue@.service.j2": unit("", "Environment=QUEUE=%i\nExecStart={{ shop_dir }}/env/bin/python manage.py work --queue %i\n"),
		"@ops/roles/shop/templates/shop-job@.service.j2":   unit("", "ExecStart={{ shop_dir }}/env/bin/python manage.py jobs\n"),
	}, want: []string{
		"shop-check/shop-check: schedule */20 * * * *; command python|manage.py|check|--place|1 <- @ops/roles/shop/templates/shop-check.service.j2:5",
		"shop-check-2/shop-check-2: schedule */20 * * * *; command python|manage.py|check|--place|2",
		"note shop: @ops/roles/shop/templates/shop-keys.service.j2:4 units that run once, when something asks for it",
		"shop: need memcached", "shop-queue@mail/shop-queue-mail: command python|manage.py|work|--queue|mail", "shop-queue@pictures/shop-queue-pictures: command python|manage.py|work|--queue|pictures", "shop/shop-queue-mail: env QUEUE=mail", "shop/shop-queue-pictures: env QUEUE=pictures", "shop-job/shop-job: command python|manage.py|jobs",
	}, not: []string{"queue old", "manage.py|keys", "command /usr/bin/memcached", "shop-job-1"}}})
	runManaged(t, Chef(), []readerCase{{name: "instances of a unit that a cookbook writes", tree: files{
		"@ops/cookbooks/shop/metadata.rb":        "name 'shop'\n",
		"@ops/cookbooks/shop/recipes/default.rb": "systemd_service 'shop-jobs@' do\n  exec_start '/usr/bin/bundle exec rails jobs:work'\n  environment 'QUEUE' => '%I'\nend\nif node['shop']['closed']\n  service 'shop-jobs@mail' do\n    action :stop\n  end\nelse\n  service 'shop-jobs@mail' do\n    action [:enable, :start]\n  end\nend\n",
	}, want: []string{"shop-jobs@mail/shop-jobs-mail: command bundle|exec|rails|jobs:work <- @ops/cookbooks/shop/recipes/default.rb:2", "shop-jobs@mail/shop-jobs-mail: env QUEUE=mail"}, not: []string{"/worker: command"}}})
}
