package ops

import "testing"

// Extensions and versions of stores that operations set up beside a service are known of the one that it calls.
func TestStoresBesideAService(t *testing.T) {
	runManaged(t, Chef(), []readerCase{{name: "packages, a class and an extension", tree: files{
		"@ops/cookbooks/shop/attributes/mariadb.rb": "default['mariadb']['version'] = '1:10.3.22-0+deb10u1'\n",
		"@ops/cookbooks/shop/metadata.rb":           "name 'shop'\n",
		"@ops/cookbooks/shop/attributes/default.rb": "default['postgresql']['version'] = '9.6'\n",
		"@ops/cookbooks/shop/recipes/default.rb":    "package 'postgresql-9.6-postgis-2.4'\npackage 'mysql-server-5.7'\npackage 'postgresql-common'\npackage 'postgresql96-server'\npostgresql_extension 'hstore' do\n  database 'shop'\nend\npostgresql_extension 'Bad Name' do\n  database 'shop'\nend\n",
	}, want: []string{"postgresql: need postgres9.6 |||:0 <- @ops/cookbooks/shop/attributes/default.rb:1", "mariadb: need mariadb10.3.22 |||", "postgresql-9.6-postgis-2.4: need postgres9.6 ||| with postgis:0 <- @ops/cookbooks/shop/recipes/default.rb:1", "mysql-server-5.7: need mysql5.7", "hstore: need postgres ||| with hstore:0 <- @ops/cookbooks/shop/recipes/default.rb:5", "postgresql96-server: need postgres9.6 "}, not: []string{"[Bad Name]"}}})
	runManaged(t, Ansible(), []readerCase{{name: "addresses of other services in a file of settings", tree: files{
		"@ops/shop.yml":                         "- hosts: shop\n  roles: [shop]\n",
		"@ops/roles/shop/tasks/main.yml":        "- template: src=shop.yml.j2 dest=/etc/shop/shop.yml\n- community.postgresql.postgresql_ext: name=citext db=shop\n",
		"@ops/roles/shop/templates/shop.yml.j2": "pricing_api_base_url: 'https://prices.{{ domain }}/v1/'\nstock_backend_url: http://stock.example.org:8080/\npay_api_url: 'https://u:canary@pay.example.org/'\nown_api_url: 'https://api.{{ domain }}/v1'\nour_backend_url: https://shop.example.org/\nlogo_url: https://cdn.example.org/x\napi_help: https://help.example.org/\nbase_url: https://shop.{{ domain }}/\n",
	}, want: []string{"shop: need http prices", "shop: need http |stock.example.org", "shop: need http |pay.example.org", "citext: need postgres ||| with citext"}, not: []string{"cdn.example.org}", "Host:help", "need http api", "shop.example.org", "Name:shop"}}})
}
