package generators

import (
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// kubeContainerPort is a port of a container.
type kubeContainerPort struct {
	Name     string `yaml:"name"`
	Port     int    `yaml:"containerPort"`
	Protocol string `yaml:"protocol,omitempty"` // TCP where it is absent
}

// Ports are those of the service's own container. Nothing asks those of UDP how it is: they answer to none but what they know.
func (p pod) Ports() []kubeContainerPort {
	var ports []kubeContainerPort
	if p.Port != 0 {
		ports = append(ports, kubeContainerPort{Name: p.PortName, Port: p.Port})
	}
	for _, port := range p.UDP {
		ports = append(ports, kubeContainerPort{Name: udpName(port), Port: port, Protocol: "UDP"})
	}
	return ports
}

// udpName is the name of a port of UDP in a pod and in its Service.
func udpName(port int) string { return fmt.Sprintf("udp-%d", port) }

// servesUDP says that the process answers at ports of UDP as long as it runs.
func servesUDP(s service.Service) bool { return len(s.UDP) > 0 && !runsOnce(s) }

// udpPorts are the ports of UDP of a Service.
func udpPorts(s service.Service) []kubePort {
	var ports []kubePort
	for _, port := range s.UDP {
		ports = append(ports, kubePort{Name: udpName(port), Port: port})
	}
	return ports
}

// udpRules let in whoever calls the services by UDP: no route leads there, so the callers are in the namespace.
func udpRules(app *service.App) (rules []policyRule, names []string) {
	for _, name := range app.ServiceNames() {
		s := app.Effective(name)
		if !servesUDP(s) {
			continue
		}
		var ports []kubePolicyPort
		for _, port := range s.UDP {
			ports = append(ports, kubePolicyPort{Protocol: "UDP", Port: port})
		}
		rules = append(rules, policyRule{kubeRule{From: []kubePeer{{Pods: &kubeSelector{}}}, Ports: ports}, name + " by UDP: who else sends to it has to be named here"})
		names = append(names, name)
	}
	return rules, names
}

// saidPorts are the ports of a service in words.
func saidPorts(s service.Service) string {
	var ports []string
	if s.Port != 0 {
		ports = append(ports, fmt.Sprint(s.Port))
	}
	for _, port := range s.UDP {
		ports = append(ports, fmt.Sprintf("%d/udp", port))
	}
	return strings.Join(ports, ", ")
}
