package bridge

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

var shop = NewExport(&service.App{Name: "shop", Services: map[string]*service.Service{
	"web":   {Port: 8080, Health: &service.Health{Ready: "/readyz"}, Routes: []service.Route{{Host: "shop.example.com"}}},
	"api":   {Port: 8080, Health: &service.Health{Live: "/live", Port: 9090}, Routes: []service.Route{{Host: "api.shop.example.com"}}},
	"queue": {Port: 11300, Protocol: "tcp", UDP: []int{514}},
	"deep":  {Port: 8080, Health: &service.Health{Ready: "/deep/ready"}, Routes: []service.Route{{Host: "deep.example.com", Path: "/deep"}, {Host: "api.shop.example.com"}}},
	"odd":   {Port: 80, Health: &service.Health{Live: "/a\n    server x"}},
}, Environments: map[string]service.Environment{"live": {Hosts: map[string]string{"shop.example.com": "Shop.live.example.com"}}}}, "live", []Place{
	{Service: "web", Cluster: "spare", Backup: true, By: "node s1", Address: "10.9.0.1", Port: 30080, Protocol: "http"},
	{Service: "web", Cluster: "main", By: "node n1", Address: "10.0.0.1", Port: 30080, Protocol: "http"},
	{Service: "web", Cluster: "main", By: "node n2", Address: "2001:db8::1", Port: 30080, Protocol: "http"},
	{Service: "web", Cluster: "main", By: "Gateway public", Hosts: []string{"shop.live.example.com"}, Address: "192.0.2.7", Port: 443, Protocol: "https"},
	{Service: "api", Cluster: "main", By: "Gateway public", Hosts: []string{"*.example.org", "api.shop.example.com"}, Address: "192.0.2.7", Port: 443, Protocol: "https"},
	{Service: "api", Cluster: "main", By: "Ingress api", Hosts: []string{"old.example.com"}, Address: "lb.example.net", Port: 80, Protocol: "http"},
	{Service: "queue", Cluster: "main", By: "load balancer", Address: "192.0.2.9", Port: 514, Protocol: "udp"},
	{Service: "queue", Cluster: "main", By: "load balancer", Address: "192.0.2.9", Port: 11300, Protocol: "tcp"},
	{Service: "deep", Cluster: "spare", Backup: true, By: "Gateway public", Hosts: []string{"deep.example.com"}, Address: "192.0.2.8", Port: 443, Protocol: "https"},
	{Service: "deep", Cluster: "main", By: "Gateway public", Hosts: []string{"deep.example.com"}, Address: "lb.example.net", Port: 80, Protocol: "http"},
})

const head = "# shop in live, as it is reached from outside of the cluster. Written by migrate bridge export; don't edit.\n"

func TestFormats(t *testing.T) {
	want := map[string]string{
		"hosts": `# Ingress api leads to old.example.com: lb.example.net is no address, an alias in DNS says it
# Gateway public leads to deep.example.com: lb.example.net is no address, an alias in DNS says it
192.0.2.7	shop.live.example.com api.shop.example.com
`,
		"env": `WEB_URL=http://10.0.0.1:30080
# or http://[2001:db8::1]:30080, node n2
# or http://10.9.0.1:30080, node s1
# api.shop.example.com answers at 192.0.2.7
API_URL=https://api.shop.example.com
QUEUE_HOST=192.0.2.9
QUEUE_PORT=11300
# or udp://192.0.2.9:514, load balancer
# deep.example.com answers at lb.example.net
DEEP_URL=http://deep.example.com
`,
		"nginx": `
# proxy_pass http://shop_live_web;
# proxy_set_header Host shop.live.example.com;
upstream shop_live_web {
    server 10.0.0.1:30080 max_fails=1 fail_timeout=5s;   # node n1
    server [2001:db8::1]:30080 max_fails=1 fail_timeout=5s;   # node n2
    server 10.9.0.1:30080 max_fails=1 fail_timeout=5s backup;   # node s1
}

# proxy_pass https://shop_live_api;
# proxy_set_header Host api.shop.example.com;
# proxy_ssl_server_name on; proxy_ssl_name api.shop.example.com;
upstream shop_live_api {
    server 192.0.2.7:443 max_fails=1 fail_timeout=5s;   # Gateway public
}

# queue speaks tcp at 192.0.2.9:11300: that belongs in a stream block of its own

# queue speaks udp at 192.0.2.9:514: that belongs in a stream block of its own

# proxy_pass http://shop_live_deep;
# proxy_set_header Host deep.example.com;
# lb.example.net is looked up when this is read: read it again when its addresses change
upstream shop_live_deep {
    server lb.example.net:80 max_fails=1 fail_timeout=5s;   # Gateway public
}
`,
		"haproxy": `
backend shop_live_web
    mode http
    option httpchk
    http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host shop.live.example.com
    server place1 10.0.0.1:30080 check inter 5s   # node n1
    server place2 [2001:db8::1]:30080 check inter 5s   # node n2
    server place3 10.9.0.1:30080 check inter 5s backup   # node s1

backend shop_live_api
    mode http
    http-request set-header Host api.shop.example.com
    server place1 192.0.2.7:443 check inter 5s ssl verify required ca-file @system-ca sni str(api.shop.example.com) verifyhost api.shop.example.com check-sni api.shop.example.com   # Gateway public

backend shop_live_queue
    mode tcp
    server place1 192.0.2.9:11300 check inter 5s   # load balancer

# queue speaks udp at 192.0.2.9:514, which HAProxy doesn't

backend shop_live_deep
    mode http
# lb.example.net is looked up when this is read: read it again when its addresses change
    http-request set-header Host deep.example.com
    option httpchk
    http-check send meth GET uri /deep/ready ver HTTP/1.1 hdr Host deep.example.com
    server place1 lb.example.net:80 check inter 5s   # Gateway public
`,
		"apache": `
# ProxyPass "/" "balancer://shop_live_web/"
<Proxy "balancer://shop_live_web">
    # node n1
    BalancerMember "http://10.0.0.1:30080" retry=5
    # node n2
    BalancerMember "http://[2001:db8::1]:30080" retry=5
    # node s1
    BalancerMember "http://10.9.0.1:30080" retry=5 status=+H
</Proxy>

# ProxyPass "/" "balancer://shop_live_api/"
# SSLProxyEngine on
<Proxy "balancer://shop_live_api">
    # Gateway public, at 192.0.2.7, to which the name has to lead here (--format hosts)
    BalancerMember "https://api.shop.example.com" retry=5
</Proxy>

# queue speaks tcp at 192.0.2.9:11300, which mod_proxy doesn't

# queue speaks udp at 192.0.2.9:514, which mod_proxy doesn't

# ProxyPass "/" "balancer://shop_live_deep/"
# lb.example.net is looked up when this is read: read it again when its addresses change
<Proxy "balancer://shop_live_deep">
    # Gateway public, at lb.example.net, to which the name has to lead here (--format hosts)
    BalancerMember "http://deep.example.com" retry=5
</Proxy>
`,
	}
	if len(want) != len(Formats) {
		t.Errorf("%d of %d formats are read here", len(want), len(Formats))
	}
	for name, text := range want {
		f, ok := FormatOf(name)
		if got := string(f.Text(shop)); !ok || got != head+text {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, head+text)
		}
	}
}

// A health endpoint that no route of the name leads to is another service's.
func TestHealthBehindARoute(t *testing.T) {
	for path, want := range map[string]string{"": "/readyz", "/": "/readyz", "/v2": "", "/readyz": "/readyz", "/ready": ""} {
		app := &service.App{Name: "shop", Services: map[string]*service.Service{"web": {Port: 8080, Health: &service.Health{Ready: "/readyz"}, Routes: []service.Route{{Host: "shop.example.com", Path: path}}}}}
		e := NewExport(app, "live", nil)
		if got := e.healthAt(Place{Service: "web", Hosts: []string{"shop.example.com"}, Protocol: "https"}); got != want {
			t.Errorf("route %q: %q, want %q", path, got, want)
		}
		if got := e.healthAt(Place{Service: "web", Protocol: "http"}); got != "/readyz" {
			t.Errorf("route %q: %q at a place of its own", path, got)
		}
	}
}
