package ops

import "testing"

// A site that Puppet's module for nginx puts together is one, wherever its parts are declared.
func TestSitesOfResources(t *testing.T) {
	runManaged(t, Puppet(), []readerCase{{name: "servers, locations and upstreams", tree: files{
		"public/robots.txt": "",
		"@ops/manifests/shop.pp": `class shop ($token = 'canary', $limit = '20m') {
  nginx::resource::location { 'shop old':
    server => 'shop.org', location => '/old', location_custom_cfg => { 'return' => '301 /new' },
  }
  nginx::resource::upstream { 'shop': members => ['127.0.0.1:8100'] }
  nginx::resource::server { 'shop.org':
    server_name          => ['shop.org', 'www.shop.org'],
    ssl                  => true,
    client_max_body_size => $limit,
    proxy                => 'http://shop',
    proxy_set_header     => ["Authorization ${token}"],
    add_header           => { 'X-Frame-Options' => 'DENY' },
  }
  nginx::resource::location { '/robots.txt':
    server => ['shop.org'], location => '= /robots.txt', location_alias => '/srv/shop/public/robots.txt',
  }
  nginx::resource::location { 'of another': server => 'other.org', location => '/else', return => '410' }
  nginx::resource::upstream { 'pool': members => { 'a' => { server => '10.0.0.1', port => 80 } } }
}
`,
	}, want: []string{
		"shop: edge {true   map[] map[] []}", "shop: edge {false  20m map[] map[] []}", "shop: edge {false   map[X-Frame-Options:DENY] map[] []}", "shop: edge {false   map[] map[] [/old -> /new]}",
		"shop: port 8100", "shop: route shop.org", "shop: part {/robots.txt true map[] public/robots.txt 0} <- @ops/manifests/shop.pp:15", "note of another: @ops/manifests/shop.pp:17 nginx::resource::location",
	}, not: []string{"/else", "settings of nginx::resource::server that are not taken over"}}})
}
