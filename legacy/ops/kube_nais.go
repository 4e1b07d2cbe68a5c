package ops

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// binding is a backing service that a platform gives to a workload.
type binding struct {
	kind, version string
	line          int
}

// naisStores lead from places in the specification of an application of NAIS to what the platform gives it.
var naisStores = []struct{ place, kind string }{{"kafka", "kafka"}, {"redis", "redis"}, {"valkey", "redis"}, {"openSearch", "elasticsearch"}, {"influx", "influxdb"}}

var naisSQL = scan.MustCompile(`^(POSTGRES|MYSQL)_(\d+)`)

// nais takes an application or a job of the platform NAIS as the workload that the platform makes of it.
func (k *kubernetes) nais(file string, n *yaml.Node, name string) {
	spec := child(n, "spec")
	if !strings.HasPrefix(scalar(child(n, "apiVersion")), "nais.io/") || spec == nil || name == "" {
		return
	}
	container := object()
	for _, key := range []string{"env", "command"} {
		if v := child(spec, key); v != nil {
			add(container, key, v.Line, v)
		}
	}
	if p := child(spec, "port"); scalar(p) != "" {
		add(container, "ports", p.Line, listOf(object("containerPort", p)))
	}
	for probe, place := range map[string]string{"livenessProbe": "liveness", "readinessProbe": "readiness"} {
		if p := at(spec, place, "path"); scalar(p) != "" {
			route := *p
			route.Value = "/" + strings.TrimPrefix(p.Value, "/")
			add(container, probe, p.Line, object("httpGet", object("path", &route)))
		}
	}
	w := workload{file: file, kind: "Deployment", name: name, line: n.Line, container: container, pod: object("containers", listOf(container)), image: scalar(child(spec, "image")), schedule: scalar(child(spec, "schedule"))}
	if scalar(child(n, "kind")) == "Naisjob" {
		w.kind = "CronJob"
	}
	for _, s := range naisStores {
		if v := child(spec, s.place); v != nil {
			w.needs = append(w.needs, binding{s.kind, "", v.Line})
		}
	}
	for _, sql := range items(at(spec, "gcp", "sqlInstances")) {
		if m := naisSQL.FindStringSubmatch(scalar(child(sql, "type"))); m != nil {
			w.needs = append(w.needs, binding{strings.ToLower(m[1]), m[2], sql.Line})
		}
	}
	k.workloads = append(k.workloads, w)
}
