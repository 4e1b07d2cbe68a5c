package ops

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func (k *kubernetes) environment(f scan.Finding, w workload) {
	for _, n := range items(child(w.container, "env")) {
		name, value := scalar(child(n, "name")), child(n, "value")
		if name == "" || placeholder.MatchString(name) {
			continue
		}
		if ref := at(n, "valueFrom", "secretKeyRef"); ref != nil {
			k.secret(f, name, w.file, n.Line)
			continue
		}
		if at(n, "valueFrom") == nil {
			k.setting(f, name, k.behind(scalar(value)), w.file, n.Line, scan.Declared)
			if strings.Contains(scalar(value), "{{") && f.Process == "" && !scan.SecretName(name) {
				k.r.Find(scan.Finding{Dir: f.Dir, Requires: name}, w.file, value.Line, scan.Declared, filledByChart)
			}
		}
	}
	for _, n := range items(child(w.container, "envFrom")) {
		for _, v := range pairs(k.secrets[scalar(at(n, "secretRef", "name"))]) {
			k.secret(f, v.key.Value, w.file, n.Line)
		}
		for _, v := range pairs(k.settings[scalar(at(n, "configMapRef", "name"))]) {
			k.setting(f, v.key.Value, k.behind(scalar(v.value)), w.file, n.Line, scan.Declared)
		}
	}
}

var calledAt = scan.MustCompile(`^((?:\w+://)?)([a-z][a-z0-9-]*):(\d{2,5})(/[^\s,]*)?$`)

// behind is an address with the port that the service itself listens on in the place of the one that a Service of the
// cluster has for it.
func (k *kubernetes) behind(value string) string {
	m := calledAt.FindStringSubmatch(value)
	if m == nil || k.targets[m[2]+":"+m[3]] == "" {
		return value
	}
	return m[1] + m[2] + ":" + k.targets[m[2]+":"+m[3]] + m[4]
}

// filledByChart is said of a variable whose value the chart makes for each place that it is installed in.
const filledByChart = "the chart fills in a value here for each environment, and nothing else gives one"

// secret reports a variable that a Secret fills. Hosts that somebody keeps there, too, are no secrets by it, and names are only
// where nothing else gives the variable a value.
func (k *kubernetes) secret(f scan.Finding, name, file string, line int) {
	rank := scan.Declared
	if last := strings.ToUpper(name[strings.LastIndexByte(name, '_')+1:]); !scan.SecretName(name) {
		switch {
		case last == "HOST" || last == "PORT":
			return
		case slices.Contains([]string{"USER", "USERNAME", "NAME", "DATABASE", "REGION", "BUCKET"}, last):
			rank = scan.Guess
		}
	}
	f.Service = service.Service{Secrets: []string{name}}
	k.find(f, "env."+name, file, line, rank, "a Secret fills it")
}
