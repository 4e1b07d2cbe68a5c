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
	TLS   bool
	file  string
}

// Answers are the probes of what an environment's needs lead to: the host or each of the addresses. What runs inside the
// cluster has none.
func Answers(app *service.App, environment string) []Probe {
	var probes []Probe
	for _, name := range app.NeedNames() {
		answer := app.Environments[environment].Needs[name]
		p := probe(app, environment, name)
		port := cmp.Or(answer.Port, app.Needs[name].Port)
		switch {
		case answer.Inside:
		case len(answer.Addresses) > 0:
			for i, address := range answer.Addresses {
				p.file = path.Join(Dir, name+"-"+strconv.Itoa(i)+".yaml")
				p.Place = join(address, port)
				probes = append(probes, p)
			}
		case answer.Host == "" || service.IsPlaceholder(answer.Host):
			probes = append(probes, p)
		default:
			p.Place = join(answer.Host, port)
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
		answer := app.Environments[environment].Needs[name]
		p := probe(app, environment, name)
		if answer.Inside || len(answer.Addresses) > 0 || answer.Host != "" && !service.IsPlaceholder(answer.Host) {
			p.Place = join(name, app.Needs[name].Port)
		}
		probes = append(probes, p)
	}
	return probes
}

func probe(app *service.App, environment, need string) Probe {
	n := app.Needs[need]
	return Probe{Need: need, Kind: n.Kind, TLS: n.TLS, Field: "environments." + environment + ".needs." + need, file: path.Join(Dir, need+".yaml")}
}

func join(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// greetsFirst are the kinds that begin in the clear and speak TLS afterwards.
var greetsFirst = []string{"postgres", "mysql", "mariadb", "nats", "smtp", "imap", "ftp"}

// overHTTP are the kinds that are called by http and https.
var overHTTP = []string{"http", "s3", "sqs", "couchdb", "influxdb", "solr"}

// Dir is the directory of the files of the checks.
const Dir = "bridge"

// File is the probe as a file of smoke checks, which needs no target. Where the kind is one that greets, it has to; of https
// the certificate has to be good; of all else the port has to be open.
func (p Probe) File() (name string, text []byte, err error) {
	check := map[string]string{}
	switch {
	case smoke.Greets(p.Kind) && p.TLS && !slices.Contains(greetsFirst, p.Kind):
		check["hello"] = p.Kind + " " + p.Place + " over tls"
	case smoke.Greets(p.Kind):
		check["hello"] = p.Kind + " " + p.Place
	case p.TLS && slices.Contains(overHTTP, p.Kind):
		check["tls"] = p.Place + " valid"
	default:
		check["tcp"] = p.Place
	}
	text, err = yaml.Marshal(map[string]any{"checks": []any{check}})
	return p.file, text, err
}
