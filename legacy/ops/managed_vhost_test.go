package ops

import (
	"slices"
	"strings"
	"testing"
)

// A site that an organisation's own resource makes of one template for all services is read for each of them.
func TestSitesOfAnOrganisationsOwnResource(t *testing.T) {
	runManaged(t, Puppet(), []readerCase{{"one template for all", files{
		"@ops/modules/acme/manifests/apps/shop.pp":    "class acme::apps::shop {\n  acme::app { 'shop': port => 3037 }\n}\n",
		"@ops/modules/acme/manifests/apps/kiosk.pp":   "class acme::apps::kiosk {\n  acme::app { 'kiosk': port => 3038 }\n}\n",
		"@ops/modules/acme/manifests/app.pp":          "define acme::app($port) {\n  acme::nginx_vhost { $title: vhost => $title, app_port => $port }\n}\n",
		"@ops/modules/acme/manifests/nginx_vhost.pp":  "define acme::nginx_vhost($vhost, $app_port, $hidden = false, $framed = false) {\n  nginx::config::site { $vhost: content => template('nginx/proxy-vhost.conf') }\n}\n",
		"@ops/modules/nginx/manifests/config/site.pp": "define nginx::config::site($content) {\n  file { \"/etc/nginx/sites-available/${title}\": content => $content }\n}\n",
		"@ops/modules/nginx/templates/proxy-vhost.conf": `upstream <%= @vhost %>-proxy { server localhost:<%= @app_port %>; }
server {
  server_name <%= @vhost %>;
  add_header X-Content-Type-Options "nosniff";
  <%- if @hidden -%>
  add_header X-Robots-Tag "noindex";
  <%- elsif @framed && @unheard_of -%>
  add_header X-One "canary";
  <%- else -%>
  add_header Referrer-Policy "no-referrer";
  <%- end -%>
  <%- if @unheard_of == 3 -%>
  add_header X-Three "canary";
  <%- end -%>
  location / { proxy_pass http://<%= @vhost %>-proxy; }
}
`,
	}, []string{
		"/etc/nginx/sites-available/kiosk: edge {false   map[X-Content-Type-Options:nosniff] map[] []} <- @ops/modules/nginx/templates/proxy-vhost.conf:4",
		"/etc/nginx/sites-available/shop: edge {false   map[Referrer-Policy:no-referrer]",
		"/etc/nginx/sites-available/shop: edge {false   map[X-Content-Type-Options:nosniff] map[] []} <- @ops/modules/nginx/templates/proxy-vhost.conf:4",
		"note /etc/nginx/sites-available/kiosk: @ops/modules/nginx/templates/proxy-vhost.conf:13 parts of templates for a web server are left out, as whether their conditions hold is not known: proxy-vhost.conf",
	}, []string{"X-Robots-Tag"}}})
}

// Blocks that close themselves, comments and blocks that are not understood take nothing out.
func TestBranchesOfTemplates(t *testing.T) {
	for text, want := range map[string]string{
		"<% if @port.nil? then @port = 80 end %>a<% if @off %>b<% end %>c":                                      "<% if @port.nil? then @port = 80 end %>ac",
		"<%# what to do %>a<% if @off %>b<% end %>c":                                                            "<%# what to do %>ac",
		"<% if @off %>b<% else x end %>c":                                                                       "c",
		"<% if @off %><% for x in @y %>b<% end %>b<% end %>c":                                                   "c",
		"<% if @off { -%>a<% } -%>b":                                                                            "<% if @off { -%>a<% } -%>b",
		"<% if @off %>a<% end %>b<% end %>":                                                                     "<% if @off %>a<% end %>b<% end %>",
		strings.Repeat("<% if @on %>", 50) + "a" + strings.Repeat("<% end %>", 50) + "<% if @off %>b<% end %>c": "ac",
	} {
		if got, _ := certain(text, func(name string) managedValue { return switchValue(name == "on") }); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	for text, want := range map[string]int{"<% if @off %>a<% end %>": 0, "a\n<% if @x == 2 -%>\n  b\n<% end %>": 3, "<% if @x == 2 %><% if @off %>a<% end %> <% end %>": 0} {
		if _, unsure := certain(text, func(string) managedValue { return switchValue(false) }); unsure != want {
			t.Errorf("%q: line %d", text, unsure)
		}
	}
}

// A template that nobody writes takes as long as it has tags, and one beyond the size of a configuration is left alone.
func TestHostileTemplates(t *testing.T) {
	asked := 0
	value := func(string) managedValue { asked++; return switchValue(true) }
	for _, text := range []string{strings.Repeat("<%do%>", 30_000), strings.Repeat("<%if a%>", 30_000)} {
		if got, _ := certain(text, value); got != text {
			t.Errorf("%d bytes of %d stay", len(got), len(text))
		}
	}
	asked = 0
	if got, _ := certain(strings.Repeat("<%if a%>", 60_000), value); len(got) != 480_000 || asked > 0 {
		t.Errorf("%d bytes stay, and %d names are asked for", len(got), asked)
	}
}

// A class that mounts a share is about the few that include it, a handler of the monitoring checks nothing, and a file for the web
// server is called after the service in front of its own words.
func TestSharesOfIncludedClasses(t *testing.T) {
	r := read(t, Puppet(), files{
		"@ops/modules/acme/manifests/apps/shop.pp":  "class acme::apps::shop {\n  include uploads\n}\n",
		"@ops/modules/uploads/manifests/init.pp":    "class uploads {\n  mount { '/data/uploads': device => 'nfs.example.net:/', fstype => 'nfs' }\n  sensu::handler { 'slack': command => 'handler.rb' }\n}\n",
		"@ops/modules/daemon/manifests/init.pp":     "class daemon {\n  service { 'daemon': }\n  mount { '/data/own': device => 'nfs.example.net:/' }\n}\n",
		"@ops/modules/acme/manifests/apps/kiosk.pp": "class acme::apps::kiosk {\n  include daemon\n}\n",
	})
	for _, f := range r.Findings {
		if f.Check != nil {
			t.Errorf("a check: %+v", f)
		}
		if len(f.Service.State) > 0 && slices.Contains(f.About, "shop") != (f.Service.State[0] == "/data/uploads") || slices.Contains(f.About, "kiosk") {
			t.Errorf("%v is about %v", f.Service.State, f.About)
		}
	}
	for file, want := range map[string]string{"templates/shop_extra_nginx_config.conf.erb": "shop", "files/shop-nginx.conf": "shop", "nginx.conf": "nginx", "shop.conf": "shop", "files/shop_prod.conf": "shop_prod"} {
		if got := frontFileName(file); got != want {
			t.Errorf("%s: %s", file, got)
		}
	}
}

func FuzzCertain(f *testing.F) {
	f.Add("a\n<% if @on -%>\nb\n<% elsif @off %>\nc\n<% else %>d<% end %>\n<% @x.each do |y| %>\ne\n<% end %>")
	f.Add("<% end %><% else %><% if %>")
	f.Fuzz(func(t *testing.T, text string) {
		got, _ := certain(text, func(name string) managedValue { return switchValue(name == "on") })
		if strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Errorf("%q has other lines than %q", got, text)
		}
	})
}
