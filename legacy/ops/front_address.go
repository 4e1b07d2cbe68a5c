package ops

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// maxNetworks bounds how many networks a part of a site names.
const maxNetworks = 200

// addresses takes over which clients may ask for a part of a site, where nothing else is said of who may; false where that is not
// all understood.
func (n *nginx) addresses(block []*directive, s nginxScope) bool {
	part, first := service.Part{}, (*directive)(nil)
	closed := false
	for _, d := range block {
		switch d.name() {
		case "satisfy", "auth_basic", "auth_request", "auth_jwt", "stub_status":
			return false
		case "allow", "deny":
		default:
			continue
		}
		if first == nil {
			first = d
		}
		switch network, ok := networkOf(d.value()); {
		case d.value() == "all" && d.name() == "allow":
			return false // an exception of what holds above, or the end of a list that is no use
		case d.value() == "all":
			closed = true
		case !ok || closed || len(part.Allow)+len(part.Deny) >= maxNetworks:
			return false
		case d.name() == "allow":
			part.Allow = append(part.Allow, network)
		default:
			part.Deny = append(part.Deny, network)
		}
	}
	limits, plain := s.limitedPart()
	if first == nil || !plain {
		return false
	}
	limits.Allow, limits.Deny = part.Allow, part.Deny
	switch {
	case closed && len(part.Allow) == 0:
		if limits.Refuse = 403; limits.Whole() || hiddenFiles.MatchString(s.at()) || ofEndings.MatchString(s.at()) {
			return false
		}
		limits.Deny = nil
	case len(part.Allow) > 0 != closed, len(part.Allow)+len(part.Deny) == 0:
		return false
	case len(part.Allow) > 0 && len(part.Deny) > 0 && !before(block, part.Deny):
		return false
	}
	s.site.answersItself(first.file, first.line, limits, "only some addresses may ask for %s (allow, deny): let the gateway or a NetworkPolicy keep it so", partOf(s.at()))
	return true
}

// before says whether all networks that are denied stand before the first that is allowed: the first that fits counts.
func before(block []*directive, denied []string) bool {
	for _, d := range block {
		if d.name() == "allow" {
			return len(denied) == 0
		}
		if d.name() == "deny" && len(denied) > 0 {
			denied = denied[1:]
		}
	}
	return true
}

// networkOf is an address or a network as nginx has it: 10.0.0.0/8. Apache also writes 10.1 and 10.0.0.0/255.0.0.0.
func networkOf(text string) (string, bool) {
	address, mask, masked := strings.Cut(text, "/")
	if octets := strings.Split(strings.TrimSuffix(address, "."), "."); len(octets) < 4 && !masked && !strings.Contains(text, ":") {
		for _, octet := range octets {
			if _, err := strconv.ParseUint(octet, 10, 8); err != nil {
				return "", false
			}
		}
		mask, masked = strconv.Itoa(8*len(octets)), true
		address = strings.Join(append(octets, slices.Repeat([]string{"0"}, 4-len(octets))...), ".")
	}
	if quad := net.ParseIP(mask).To4(); quad != nil {
		ones, bits := net.IPMask(quad).Size()
		if bits == 0 {
			return "", false
		}
		mask = strconv.Itoa(ones)
	}
	if !masked {
		return address, service.Network(address)
	}
	prefix, err := netip.ParsePrefix(address + "/" + mask)
	return prefix.Masked().String(), err == nil
}

// limitedPart is the part of the site in which a directive stands: all of it, a path, or an expression.
func (s apacheScope) limitedPart() (service.Part, bool) {
	switch {
	case s.at == "" || s.at == "/":
		return service.Part{Path: "/"}, true
	case s.regular:
		return partOfPattern(s.at, false)
	}
	return onlyPath(s.at, false, false)
}

// asks takes over whom Apache lets ask for a part of a site; false where that is not all understood.
func (a *apache) asks(block []*directive, s apacheScope) bool {
	part, first := service.Part{}, (*directive)(nil)
	closed, opened := false, false
	for _, d := range block {
		words := d.words[min(1, len(d.words)):]
		switch d.name() {
		case "authtype", "satisfy", "require", "allow", "deny", "order":
		case "sethandler":
			if strings.HasPrefix(d.value(), "server-") || strings.HasPrefix(d.value(), "balancer-") {
				return false // Apache's own pages
			}
			continue
		default:
			if strings.HasPrefix(d.name(), "require") && d.opens || strings.HasPrefix(d.name(), "auth") {
				return false
			}
			continue
		}
		if first == nil {
			first = d
		}
		kind := strings.ToLower(strings.Join(words[:min(1, len(words))], ""))
		switch name := d.name(); {
		case name == "order":
			closed = strings.EqualFold(d.rest(), "deny,allow") && closed || strings.EqualFold(d.rest(), "allow,deny")
		case name == "require" && kind == "ip", name != "require" && kind == "from":
			for _, word := range words[1:] {
				network, ok := networkOf(word)
				switch {
				case strings.EqualFold(word, "all") && name == "deny":
					closed = true
					continue
				case strings.EqualFold(word, "all") && name == "allow":
					opened = true
					continue
				case !ok || name == "deny" || len(part.Allow) >= maxNetworks:
					return false
				}
				part.Allow = append(part.Allow, network)
			}
			closed = closed || name == "require"
		case name == "require" && strings.EqualFold(d.rest(), "local"):
			part.Allow = append(part.Allow, "127.0.0.0/8", "::1")
			closed = true
		case name == "require" && strings.EqualFold(d.rest(), "all denied"):
			closed = true
		default:
			return false
		}
	}
	limits, plain := s.limitedPart()
	if limits.Allow = part.Allow; first == nil || !plain || opened || !closed || limits.Whole() { // a part of the site may be open
		return false
	}
	if len(part.Allow) == 0 {
		limits.Refuse = 403
	}
	s.site.answersItself(first.file, first.line, limits, "only some may ask for %s: let the gateway, a NetworkPolicy or the service keep it so", partOf(s.at))
	return true
}
