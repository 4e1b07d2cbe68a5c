package cli

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// addWay fills in by what way the target is reached and who asks.
func (f *smokeFlags) addWay(o *smoke.Options) error {
	var err error
	if o.Resolve, err = parseResolve(f.resolve); err != nil {
		return err
	}
	if o.RootCAs, err = readRoots(f.cacert); err != nil {
		return err
	}
	if (f.cert == "") != (f.key == "") {
		return usage("--cert and --key (SMOKE_CERT and SMOKE_KEY) belong together")
	}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return usage("--cert %s: %w", f.cert, err)
		}
		o.Certificates = []tls.Certificate{pair}
	}
	return nil
}

// parseResolve reads ADDRESS or ADDRESS:PORT, for the target's own host, or HOST:PORT:ADDRESS as curl has it; several with
// commas between them.
func parseResolve(text string) (map[string]string, error) {
	out := map[string]string{}
	for _, entry := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if isAddress(entry) {
			out[""] = entry
			continue
		}
		host, rest, _ := strings.Cut(entry, ":")
		port, address, found := strings.Cut(rest, ":")
		if _, err := netip.ParseAddr(strings.Trim(address, "[]")); !found || err != nil || host == "" || port == "" {
			return nil, usage("--resolve (TARGET_RESOLVE) is an address such as 10.1.2.3, or host:port:address, not %q", entry)
		}
		out[net.JoinHostPort(host, port)] = net.JoinHostPort(strings.Trim(address, "[]"), port)
	}
	return out, nil
}

// isAddress says whether text is an IP address, with a port or without.
func isAddress(text string) bool {
	if _, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return true
	}
	_, err := netip.ParseAddrPort(text)
	return err == nil
}

// readRoots adds the authorities of a file to those of the machine.
func readRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("--cacert: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, usage("--cacert %s: no certificate in PEM form in it", file)
	}
	return pool, nil
}

// readValues reads files of values: a mapping of names to texts each. What a later file says goes before an earlier one.
func readValues(files []string) (map[string]string, error) {
	out := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, usage("--values: %w", err)
		}
		var read map[string]yaml.Node
		if err := yaml.Unmarshal(text, &read); err != nil {
			return nil, usage("--values: %w", valuesError(file, err))
		}
		for name, v := range read {
			if v.Kind != yaml.ScalarNode || v.ShortTag() == "!!null" {
				return nil, usage("--values: %s:%d: the value of %s must be a text or a number", file, v.Line, name)
			}
			out[name] = v.Value
		}
	}
	return out, nil
}

// valuesError leaves out what the file says: it may hold secrets.
func valuesError(file string, err error) error {
	var wrong *yaml.TypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s is no mapping of names to values", file)
	}
	return fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
}
