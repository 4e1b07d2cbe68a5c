package perf

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Resolver gives the addresses of a host name; net.DefaultResolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

var _ Resolver = net.DefaultResolver

// Public says whether the target can be reached from outside: whether any of its addresses is neither loopback, private
// nor link-local. Load on such a target may hit production, its log quota, or somebody else.
func Public(ctx context.Context, r Resolver, target *url.URL) (bool, error) {
	host := strings.TrimSuffix(strings.ToLower(target.Hostname()), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return !private(ip), nil
	}
	if host == "localhost" {
		return false, nil
	}
	for _, suffix := range []string{".localhost", ".local", ".svc"} { // names that no public server has
		if strings.HasSuffix(host, suffix) {
			return false, nil
		}
	}
	ips, err := r.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return false, fmt.Errorf("finding the address of %s: %w", host, err)
	}
	for _, ip := range ips {
		if !private(ip) {
			return true, nil
		}
	}
	return false, nil
}

func private(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
}
