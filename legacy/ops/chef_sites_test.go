package ops

import "testing"

// Sites of nginx that stand in the attributes of a cookbook, a role or an environment are read as those of other tools' data.
func TestSitesInAttributes(t *testing.T) {
	runManaged(t, Chef(), []readerCase{{name: "attributes", tree: files{
		"manage.py":                              "",
		"@ops/cookbooks/shop/metadata.rb":        "name 'shop'\n",
		"@ops/cookbooks/shop/recipes/default.rb": "include_recipe 'nginx'\n",
		"@ops/cookbooks/shop/attributes/default.rb": `default['shop']['token'] = 'canary'
default['nginx']['sites'] = {
  'shop' => {
    'server_name' => 'www.shop.org',
    'client_max_body_size' => '20m',
    'locations' => {
      '/' => { 'proxy_pass' => 'http://127.0.0.1:8300' },
      '/admin' => { 'allow' => '10.0.0.0/8', 'deny' => 'all', 'proxy_pass' => 'http://127.0.0.1:8300' },
      '/old' => { 'return' => '410' },
    },
  },
}
`,
		"@ops/environments/staging.json": `{"name": "staging", "default_attributes": {"nginx": {"sites": {"shop": {"server_name": "staging.shop.org", "locations": {"/": {"proxy_pass": "http://127.0.0.1:9999"}}}}}}}`,
	}, want: []string{
		"www.shop.org: route www.shop.org <- @ops/cookbooks/shop/attributes/default.rb:4", "www.shop.org: port 8300 <- @ops/cookbooks/shop/attributes/default.rb:7", "www.shop.org: part {/old false map[]  410} <- @ops/cookbooks/shop/attributes/default.rb:9", "www.shop.org: part {/admin false map[]  0}; part /admin allow 10.0.0.0/8 <- @ops/cookbooks/shop/attributes/default.rb:8",
	}, not: []string{"9999"}}})
}
