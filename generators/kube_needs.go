package generators

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// kubeNamedPort is a port of a Service, an EndpointSlice or a container.
type kubeNamedPort struct {
	Name          string `yaml:"name"`
	Protocol      string `yaml:"protocol,omitempty"` // TCP where it is absent
	Port          int    `yaml:"port,omitempty"`
	TargetPort    string `yaml:"targetPort,omitempty"`
	ContainerPort int    `yaml:"containerPort,omitempty"`
}

// addressSlice is an EndpointSlice: addresses of one family.
type addressSlice struct {
	Name, Type string
	Port       kubeNamedPort
	Addresses  []string
}

// kubeNeeds renders what answers each need in an environment, and lists the needs that nothing answers there. The
// services of the application itself are no needs: their Services stand in the base.
func kubeNeeds(app *service.App, env string) (text []byte, unanswered []string, err error) {
	for _, name := range app.NeedNames() {
		if isOwn(app, name) {
			continue
		}
		var part []byte
		switch answer := app.Environments[env].Needs[name]; {
		case answer.Host != "":
			part, err = needByHost(app, name, answer)
		case len(answer.Addresses) > 0:
			part, err = needByAddresses(app, name, answer)
		case answer.Inside:
			part, err = needInside(app, name)
		default:
			unanswered = append(unanswered, name)
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: environments.%s.needs.%s: %w", service.FileName, env, name, err)
		}
		if text != nil {
			text = append(text, "---\n"...)
		}
		text = append(text, part...)
	}
	return text, unanswered, nil
}

func needByHost(app *service.App, name string, answer service.Answer) ([]byte, error) {
	need := app.Needs[name]
	if answer.Port != 0 && answer.Port != needPort(need) {
		return nil, fmt.Errorf("a host answers at the need's own port %d, not at %d: give its addresses, or change needs.%s.port",
			needPort(need), answer.Port, name)
	}
	return execute("kube/overlays/need-host.yaml", map[string]any{
		"Name": name, "Host": answer.Host, "HostText": comment(answer.Host), "TLS": need.TLS,
	})
}

func needByAddresses(app *service.App, name string, answer service.Answer) ([]byte, error) {
	need := app.Needs[name]
	if needPort(need) == 0 {
		return nil, fmt.Errorf("addresses lead nowhere without a port: set needs.%s.port", name)
	}
	port := kubeNamedPort{Name: portName(need.Kind), Protocol: udp(need.Kind), Port: needPort(need)}
	there := port
	there.Port = answerPort(need, answer)
	slicesOf := map[string]*addressSlice{
		"IPv4": {Name: name, Type: "IPv4", Port: there},
		"IPv6": {Name: name + "-ipv6", Type: "IPv6", Port: there},
	}
	for _, text := range answer.Addresses {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return nil, fmt.Errorf("%q is no IP address: give a name as host", text)
		}
		addr = addr.Unmap().WithZone("")
		if addr.IsLoopback() || addr.IsUnspecified() || addr.IsMulticast() || addr.IsLinkLocalUnicast() {
			return nil, fmt.Errorf("%s can't be reached from a cluster: give the address that other machines use", addr)
		}
		s := slicesOf["IPv4"]
		if addr.Is6() {
			s = slicesOf["IPv6"]
		}
		if !slices.Contains(s.Addresses, addr.String()) {
			s.Addresses = append(s.Addresses, addr.String())
		}
	}
	var all []*addressSlice
	for _, family := range []string{"IPv4", "IPv6"} {
		if s := slicesOf[family]; len(s.Addresses) > 0 {
			all = append(all, s)
		}
	}
	return execute("kube/overlays/need-addresses.yaml", map[string]any{
		"Name": name, "Port": port, "TLS": need.TLS, "Slices": all, "IPv6": len(slicesOf["IPv6"].Addresses) > 0,
	})
}

// answerPort is the port at which a need answers in an environment, 0 where that isn't known. It is the port that a
// NetworkPolicy sees, behind the Service.
func answerPort(need service.Need, answer service.Answer) int {
	switch {
	case len(answer.Addresses) > 0 && answer.Port != 0:
		return answer.Port
	case answer.Inside && insidePort(need.Kind) != 0:
		return insidePort(need.Kind)
	}
	return needPort(need)
}

// needPort is the port at which the services call the need, 0 where nothing says.
func needPort(need service.Need) int {
	switch {
	case need.Port != 0:
		return need.Port
	case need.TLS && need.Kind == "http":
		return 443
	case need.Kind == "http":
		return 80
	}
	return kindPort(need.Kind)
}

// portName names a port by the kind of what answers there: at most 15 letters, digits and hyphens, and one letter.
func portName(kind string) string {
	name := dnsLabel(kind, 15)
	if !containsLetter(name) {
		return "need"
	}
	return name
}

func containsLetter(name string) bool {
	return slices.ContainsFunc([]byte(name), func(c byte) bool { return 'a' <= c && c <= 'z' })
}
