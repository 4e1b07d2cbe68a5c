package smoke

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// Target is the service under test, as a person writes it: see ParseTarget.
type Target struct {
	Scheme string // http or https; empty where https is to be tried first and http after it
	Host   string // name or address, an IPv6 address without brackets
	Port   string // empty for the scheme's own port
	Base   string // put before every path; begins with "/" and doesn't end with it, or is empty
	Notes  []string
}

var errUser = errors.New("target: no user or password here: put an Authorization header with a ${VARIABLE} into the checks' file")

// ParseTarget reads a target. All of these are targets:
//
//	127.0.0                 an old shorthand for 127.0.0.1, as is 127.1
//	:8080                   a port of this machine
//	127.0.0.1:8080          host and port
//	::1, [::1]:8080         IPv6, in brackets where a port follows
//	api.example.com/users   with a base path, which is put before the path of every check
//	https://api.example.com with a scheme
//
// Without a scheme, port 443 means https, names and addresses from inside mean http, and any other leaves Scheme empty:
// https is tried first. Notes say what was read into the text. An error says what to write instead, and never repeats
// a password.
func ParseTarget(text string) (Target, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Target{}, errors.New("no target: say which service to check, for example 127.0.0.1:8080 or https://api.example.com/users")
	}
	var t Target
	rest := text
	if scheme, after, found := strings.Cut(text, "://"); found {
		t.Scheme, rest = strings.ToLower(scheme), after
		if t.Scheme != "http" && t.Scheme != "https" {
			return Target{}, fmt.Errorf("target: only http and https can be checked, not %q", scheme)
		}
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, rest = rest[:i], rest[i:]
	} else {
		rest = ""
	}
	if strings.Contains(authority, "@") {
		return Target{}, errUser
	}
	if i := strings.IndexAny(text, "?#"); i >= 0 { // a query may hold a token
		return Target{}, fmt.Errorf("target %q: only a base path may follow the host, and no query after it, which belongs to a check's request", text[:i])
	}
	if err := t.setAuthority(authority); err != nil {
		if strings.Contains(text, "@") { // after a password with a slash
			return Target{}, errUser
		}
		return Target{}, fmt.Errorf("target %q: %w", text, err)
	}
	if err := t.setBase(rest); err != nil {
		return Target{}, fmt.Errorf("target %q: %w", text, err)
	}
	t.chooseScheme()
	return t, nil
}

func (t *Target) setAuthority(authority string) error {
	host, port := authority, ""
	switch {
	case strings.HasPrefix(authority, "["):
		end := strings.IndexByte(authority, ']')
		if end < 0 {
			return errors.New(`the "[" of an IPv6 address has no "]"`)
		}
		host, port = authority[1:end], authority[end+1:]
		if ip, err := netip.ParseAddr(host); err != nil || !ip.Is6() {
			return fmt.Errorf("%q is no IPv6 address", host)
		}
		if port != "" && port[0] != ':' {
			return fmt.Errorf("after the IPv6 address only :PORT may follow, not %q", port)
		}
		port = strings.TrimPrefix(port, ":")
	case strings.Count(authority, ":") >= 2:
		if ip, err := netip.ParseAddr(authority); err != nil || !ip.Is6() {
			return errors.New("neither host:port nor an IPv6 address; for IPv6 with a port write [::1]:8080")
		}
		t.note("read as an IPv6 address; with a port it would be written [::1]:8080")
	default:
		host, port, _ = strings.Cut(authority, ":")
		if host == "" && port != "" {
			host = "127.0.0.1"
			t.note("without a host it is this machine, 127.0.0.1")
		}
	}
	if strings.HasSuffix(authority, ":") && !strings.HasSuffix(host, ":") {
		return errors.New(`a port number is missing after ":"`)
	}
	if err := t.setHost(host); err != nil {
		return err
	}
	return t.setPort(port)
}

func (t *Target) setHost(host string) error {
	if host == "" {
		return errors.New("the host is missing")
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" {
			return errors.New("an IPv6 address with a zone can't be checked; use a global address or a name")
		}
		t.Host = ip.String()
		return nil
	}
	if strings.Trim(host, "0123456789.") == "" {
		full, err := completeIPv4(host)
		if err != nil {
			return err
		}
		t.note("%s is short for %s", host, full)
		t.Host = full
		return nil
	}
	bad := strings.IndexFunc(host, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '.' && r != '_'
	})
	if bad >= 0 || host[0] == '.' || strings.Contains(host, "..") {
		return fmt.Errorf("%q is no host name", host)
	}
	t.Host = strings.ToLower(host)
	return nil
}

// completeIPv4 fills in a loopback address that was cut short. Other short forms mean different things to different
// tools (10.1 is 10.0.0.1 to some), so they are refused.
func completeIPv4(short string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(short, "."), ".")
	wrong := fmt.Errorf("%q is no IPv4 address: four numbers from 0 to 255 (only 127.0.0 may be cut short)", short)
	if len(parts) > 3 || parts[0] != "127" {
		return "", wrong
	}
	last := "1"
	if len(parts) > 1 && parts[len(parts)-1] != "0" {
		last = parts[len(parts)-1] // 127.2 is 127.0.0.2, as everywhere
		parts = parts[:len(parts)-1]
	}
	for len(parts) < 3 {
		parts = append(parts, "0")
	}
	ip, err := netip.ParseAddr(strings.Join(parts, ".") + "." + last)
	if err != nil {
		return "", wrong
	}
	return ip.String(), nil
}

func (t *Target) setPort(port string) error {
	if port == "" {
		return nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return fmt.Errorf("%q is no port: a number from 1 to 65535", port)
	}
	t.Port = strconv.FormatUint(n, 10)
	return nil
}

func (t *Target) setBase(base string) error {
	u, err := url.Parse("http://host" + base)
	if err != nil {
		return fmt.Errorf("the base path %q is no path of a URL", base)
	}
	t.Base = strings.TrimRight(u.EscapedPath(), "/")
	return nil
}

func (t *Target) chooseScheme() {
	switch {
	case t.Scheme != "":
	case t.Port == "443":
		t.Scheme = "https"
		t.note("https, for its port")
	case t.Inside():
		t.Scheme = "http"
		t.note("http, for an address from inside")
	case t.Port == "80":
		t.Scheme = "http"
		t.note("http, for its port")
	}
}

func (t *Target) note(format string, args ...any) {
	t.Notes = append(t.Notes, fmt.Sprintf(format, args...))
}

// Inside says whether the target is seen from its own network: a loopback, private or link-local address, a name under
// .svc, .local or .localhost, or a name without dots.
func (t Target) Inside() bool {
	if ip, err := netip.ParseAddr(t.Host); err == nil {
		ip = ip.Unmap()
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	name := strings.TrimSuffix(t.Host, ".")
	for _, zone := range []string{".svc", ".local", ".localhost"} {
		if strings.HasSuffix(name, zone) {
			return true
		}
	}
	return !strings.Contains(name, ".")
}

// Address is the host and port to connect to.
func (t Target) Address() string {
	port := t.Port
	if port == "" {
		port = "80"
		if t.Scheme != "http" {
			port = "443"
		}
	}
	return net.JoinHostPort(t.Host, port)
}

// hostPort is what stands before the path of a URL.
func (t Target) hostPort() string {
	host := t.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if t.Port != "" {
		host += ":" + t.Port
	}
	return host
}

// String is the target as a URL; an open scheme is left out.
func (t Target) String() string {
	host := t.hostPort()
	if t.Scheme == "" {
		return host + t.Base
	}
	return t.Scheme + "://" + host + t.Base
}
