package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// sitePart is a resource of Puppet's modules for nginx (nginx::resource::server, ::location, ::upstream) and Apache.
var sitePart = scan.MustCompile(`^(?:nginx::resource::(?:server|vhost|location|upstream)|apache::vhost)$`)

// siteOf remembers the resources that sites are made of. It says whether one has no meaning of its own.
func (g *meaning) siteOf(m *managed) bool {
	if !sitePart.MatchString(m.kind) || g.environment != "" {
		return false
	}
	g.siteParts = append(g.siteParts, m)
	if kind := lastSegment(m.kind); kind == "server" || kind == "vhost" {
		return false
	}
	g.told++ // with its server
	return true
}

// maxSiteParts bounds how many sites are put together of resources.
const maxSiteParts = 500

// resourceSites reads each server with its locations, wherever they are declared, and with all upstreams, as a site.
func (g *meaning) resourceSites() {
	parts := g.siteParts[:min(len(g.siteParts), maxSiteParts)]
	for _, m := range parts {
		if m.kind == "apache::vhost" {
			g.apacheMeant(m)
		} else if kind := lastSegment(m.kind); kind == "server" || kind == "vhost" {
			x := &nginxValues{}
			x.around(m.pools(parts), true)
			x.sites(m.hashOf(m.title, m.server(parts)))
			x.meant(g, m)
		} else if servers := m.attr("server", "vhost").texts(); kind == "location" && !slices.ContainsFunc(parts, func(o *managed) bool { return o != m && slices.Contains(servers, o.title) }) {
			g.leave(m)
		}
	}
}

// hashOf is a hash with one item, which stands where the resource does.
func (m *managed) hashOf(key string, item managedValue) managedValue {
	v := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: m.file, line: m.line}
	v.put(key, item)
	return v
}

// pools are the upstreams: all of them on the line of the server, before which they have to stand.
func (m *managed) pools(parts []*managed) managedValue {
	pools := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: m.file, line: m.line}
	for _, other := range parts {
		if members := other.attr("members"); lastSegment(other.kind) == "upstream" {
			pools.put(other.title, m.hashOf("members", m.poolMembers(members)))
		}
	}
	return pools
}

// server is a server as data, with its locations behind its own settings: a line never lies before the one above it.
func (m *managed) server(parts []*managed) managedValue {
	last := m.line
	server := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: m.file, line: m.line}
	for _, name := range m.names {
		server.put(name, m.onServersLine(m.attrs.of(name), &last, 0))
	}
	locations := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: m.file, line: last}
	for _, other := range parts {
		at := other.attr("location").plain()
		if at == "" {
			at = other.title
		}
		if lastSegment(other.kind) != "location" || !slices.Contains(other.attr("server", "vhost").texts(), m.title) || !locationPath.MatchString(at) {
			continue
		}
		if other.file == m.file {
			last = max(last, other.line)
		}
		place := managedValue{kind: valueHash, hash: map[string]managedValue{}, file: m.file, line: last}
		for _, name := range other.names {
			if name != "location" && name != "server" && name != "vhost" {
				place.put(name, m.onServersLine(other.attrs.of(name), &last, 0))
			}
		}
		locations.put(at, place)
	}
	server.put("locations", locations)
	return server
}

// locationPath is what a location may be for: a path, an expression, or a name.
var locationPath = scan.MustCompile(`^((=|\^~)\s*)?/|^~|^@`)

// poolMembers are the members of an upstream: a list of addresses, or a hash with host and port of each.
func (m *managed) poolMembers(v managedValue) managedValue {
	list := managedValue{kind: valueList, file: m.file, line: m.line}
	for _, pair := range v.pairs() {
		address := pair.item.plain()
		if pair.item.kind == valueHash {
			address = pair.item.hash["server"].plain() + ":" + pair.item.hash["port"].plain()
		}
		list.list = append(list.list, textValue(strings.TrimSuffix(address, ":"), m.file, m.line))
	}
	return list
}

// onServersLine is a value that stands in the file of a server, no earlier than what was written before.
func (m *managed) onServersLine(v managedValue, last *int, depth int) managedValue {
	if v.file == m.file {
		*last = max(*last, v.line)
	}
	v.file, v.line = m.file, *last
	if v.secret || v.open {
		v = managedValue{kind: valueText, text: filledIn, file: v.file, line: v.line}
	}
	if depth > maxNested {
		return v
	}
	return v.each(func(_ string, item managedValue) managedValue { return m.onServersLine(item, last, depth+1) })
}

// meant reports what was written as sites of what a resource is about.
func (x *nginxValues) meant(g *meaning, m *managed) {
	n := x.read(g)
	for _, s := range n.sites {
		s.names = append(s.names, m.about()...)
	}
	g.tell(n.webFront, n.texts)
}
