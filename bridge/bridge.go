// Package bridge looks at what stays outside of the cluster while a service moves in: does it answer where migrate.yaml
// says that it does?
//
// It knows the model and the format of smoke checks. Who asks them, this machine or a Job in the cluster, is for the caller
// to say.
package bridge

import (
	"cmp"
	"net"
	"path"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/service"
	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// Probe asks one place whether it answers for a need.
type Probe struct {
	Need  string
	Kind  string
	Field string // of migrate.yaml, which says where it answers
	Place string // host:port; empty where nothing answers yet

	port  int
	tls   bool
	named bool // by the name that certificates are for
	file  string
}

// Answers are the probes of what an environment's needs lead to: the host or each of the addresses. What runs inside the
// cluster has none.
func Answers(app *service.App, environment string) []Probe {
	var probes []Probe
	for _, name := range app.NeedNames() {
		answer := app.Environments[environment].Needs[name]
		p := probe(app, environment, name)
		p.port = cmp.Or(answer.Port, app.Needs[name].Port)
		switch {
		case answer.Inside:
		case answer.Open():
			probes = append(probes, p)
		case len(answer.Addresses) > 0:
			for i, address := range answer.Addresses {
				p.file = path.Join(Dir, name+"-"+strconv.Itoa(i)+".yaml")
				p.Place = p.at(address)
				probes = append(probes, p)
			}
		default:
			p.Place, p.named = p.at(answer.Host), true
			probes = append(probes, p)
		}
	}
	return probes
}

// Names are the probes of the names by which the services of an environment call their needs, as pods in its namespace
// know them once it is applied.
func Names(app *service.App, environment string) []Probe {
	var probes []Probe
	for _, name := range app.NeedNames() {
		p := probe(app, environment, name)
		if !app.Environments[environment].Needs[name].Open() {
			p.Place = p.at(name)
		}
		probes = append(probes, p)
	}
	return probes
}

func probe(app *service.App, environment, need string) Probe {
	n := app.Needs[need]
	return Probe{Need: need, Kind: n.Kind, port: n.Port, tls: n.TLS, Field: "environments." + environment + ".needs." + need, file: path.Join(Dir, need+".yaml")}
}

func (p Probe) at(host string) string { return net.JoinHostPort(host, strconv.Itoa(p.port)) }

// inTheClear says whether a kind begins in the clear at a port, also where it speaks TLS afterwards.
func inTheClear(kind string, port int) bool {
	switch kind {
	case "postgres", "mysql", "nats":
		return true
	case "smtp", "imap", "ftp":
		return port != 465 && port != 993 && port != 990
	}
	return false
}

// overHTTP are the kinds that are called by http and https.
var overHTTP = []string{"http", "s3", "sqs", "couchdb", "influxdb", "solr"}

// Dir is the directory of the files of the checks.
const Dir = "bridge"

// UDP says that the place can't be asked: by UDP nothing answers.
func (p Probe) UDP() bool { return service.UDP(p.Kind) }

// File is the probe as a file of smoke checks, which needs no target. Where the kind is one that greets, it has to; of https
// the certificate has to be good for the host; of all else the port has to be open. An address has no name that a certificate
// could be for, and the name in the cluster is that of the bridge: there the port is asked.
func (p Probe) File() (name string, text []byte, err error) {
	check, greeting := map[string]string{}, smoke.Greeting(p.Kind)
	switch {
	case greeting != "" && p.tls && !inTheClear(greeting, p.port):
		check["hello"] = greeting + " " + p.Place + " over tls"
	case greeting != "":
		check["hello"] = greeting + " " + p.Place
	case p.named && p.tls && slices.Contains(overHTTP, p.Kind):
		check["tls"] = p.Place + " valid"
	default:
		check["tcp"] = p.Place
	}
	text, err = yaml.Marshal(map[string]any{"checks": []any{check}})
	return p.file, text, err
}
