package ops

import "testing"

// A virtual host that Puppet's module for Apache is given as settings says what one in Apache's own words does.
func TestVirtualHostsOfResources(t *testing.T) {
	runManaged(t, Puppet(), []readerCase{{name: "a virtual host with a proxy, headers, redirects and directories", tree: files{
		"public/robots.txt": "",
		"@ops/manifests/shop.pp": `class shop ($token = 'canary', $host = 'shop.org') {
  $backend = {
    'request_headers' => ['set X-Forwarded-Proto "https"', "set Authorization ${token}"],
    'proxy_pass'      => { 'path' => '/', 'url' => 'http://127.0.0.1:3000/', 'no_proxy_uris' => ['/help'], 'params' => { 'timeout' => '120' } },
  }
  apache::vhost { $host:
    port            => 443,
    ssl             => true,
    docroot         => '/srv/shop/public',
    serveraliases   => ['www.shop.org'],
    headers         => ['always set X-Frame-Options: DENY', 'set X-Trace ${later}'],
    rewrites        => [{ comment => 'old', rewrite_rule => ['^/old$ /new [R=301,L]'] }],
    directories     => [{ path => '/admin', provider => 'location', require => 'ip 10.1.0.0/16' }],
    aliases         => [{ alias => '/robots.txt', path => '/srv/shop/public/robots.txt' }],
    limitreqbody    => 10485760,
    priority        => '05',
    require         => [Class['other'], File['/srv/shop']],
    custom_fragment => "ErrorDocument 404 /404.html\nRedirect gone /gone",
    *               => $backend,
  }
  apache::vhost { 'old.shop.org':
    docroot => '/srv/none', redirect_source => ['/a', '/b'], redirect_dest => ['https://shop.org/a', 'https://shop.org/b'], redirect_status => ['permanent'],
  }
  apache::vhost { 'gone.shop.org': redirect_dest => 'https://shop.org/', redirect_status => 'permanent' }
}
`,
	}, want: []string{
		"shop.org: edge {true   map[] map[] []} <- @ops/manifests/shop.pp:8", "shop.org: edge {false   map[X-Frame-Options:DENY] map[] []} <- @ops/manifests/shop.pp:11", "shop.org: edge {false  10m map[] map[] []} <- @ops/manifests/shop.pp:15", "shop.org: edge {false 120s  map[] map[] []} <- @ops/manifests/shop.pp:4",
		"shop.org: edge {false   map[] map[] [/old -> /new]} <- @ops/manifests/shop.pp:12", "shop.org: port 3000", "shop.org: route shop.org", "shop.org: route www.shop.org", "shop.org: part {/robots.txt true map[] public/robots.txt 0} <- @ops/manifests/shop.pp:14",
		"shop.org: part {/admin false map[]  0}; part /admin allow 10.1.0.0/16 <- @ops/manifests/shop.pp:13", "shop.org: part {/gone false map[]  410} <- @ops/manifests/shop.pp:18", "note shop.org: @ops/manifests/shop.pp:16 settings of apache::vhost that are not taken over: priority",
		"old.shop.org: edge {false   map[] map[] [/a -> https://shop.org/a]}", "old.shop.org: edge {false   map[] map[] [/b -> https://shop.org/b]} <- @ops/manifests/shop.pp:22", "gone.shop.org: edge {false   map[] map[] [gone.shop.org -> https://shop.org]} <- @ops/manifests/shop.pp:24",
	}, not: []string{"Class", "settings of apache::vhost that are not taken over: headers", "only some may ask for the site", "Routes:[{Host:gone.shop.org"}}})
}

// Of directives of which only a part is known the rest counts, and what nothing reads is told.
func TestFragmentsOfVirtualHosts(t *testing.T) {
	runManaged(t, Puppet(), []readerCase{{name: "open, of a template, unknown, and settings of directories", tree: files{
		"@ops/modules/shop/templates/vhost.conf.erb": "Redirect gone /old\n",
		"@ops/modules/shop/manifests/init.pp": `class shop {
  apache::vhost { 'shop.org':
    docroot         => '/srv/shop/public',
    proxy_dest      => 'http://127.0.0.1:3000',
    directories     => [{ path => '/srv/shop/public', options => ['Indexes'], allow_override => ['All'] }],
    custom_fragment => "Redirect gone /gone\nHeader set X-Later ${later}",
  }
  apache::vhost { 'b.shop.org': docroot => '/srv/b', proxy_dest => 'http://127.0.0.1:3001',
    custom_fragment => template('shop/vhost.conf.erb'),
  }
  apache::vhost { 'c.shop.org': docroot => '/srv/c', proxy_dest => 'http://127.0.0.1:3002',
    custom_fragment => template('shop/none.erb'),
  }
}
`}, want: []string{
		"shop.org: part {/gone false map[]  410} <- @ops/modules/shop/manifests/init.pp:6", "b.shop.org: part {/old false map[]  410} <- @ops/modules/shop/manifests/init.pp:9",
		"note shop.org: @ops/modules/shop/manifests/init.pp:5 settings of apache::vhost that are not taken over: directories options", "note shop.org: @ops/modules/shop/manifests/init.pp:5 settings of apache::vhost that are not taken over: directories allow_override",
		"note c.shop.org: @ops/modules/shop/manifests/init.pp:12 settings of apache::vhost that are not taken over: custom_fragment"}}})
}

func FuzzVirtualHostsOfResources(f *testing.F) {
	f.Add("proxy_pass", "{ 'path' => '/', 'url' => 'http://127.0.0.1:3000/' }")
	f.Add("directories", "[{ path => '/a', provider => 'location', headers => ['set A b'], rewrites => [{ rewrite_rule => '^ - [F]' }] }]")
	f.Add("custom_fragment", "\"<Location /x>\\n<If x>\"")
	f.Add("redirect_dest", "['a', ['b']]")
	f.Fuzz(func(t *testing.T, name, value string) {
		checkManaged(t, read(t, Puppet(), files{"@ops/manifests/shop.pp": "class shop ($token = 'canary') {\n  apache::vhost { 'shop.org':\n    " + name + " => " + value + ",\n    headers => \"set X-Token ${token}\",\n  }\n}\n"}))
	})
}
