package adopt

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// intoModel puts into the model what it has a word for.
func (t *taker) intoModel() {
	for _, o := range t.theirs {
		if name := t.of[o.id()]; name != "" {
			t.namespace(o)
			t.workload(o, name)
		}
	}
	for _, o := range t.theirs {
		if o.kind == "Ingress" {
			t.ingress(o)
		}
	}
}

func (t *taker) workload(o object, name string) {
	_, main := mainOf(o, name)
	if main == nil {
		return
	}
	t.replicas(o, name)
	t.command(o, main, name)
	t.port(o, main, name)
	t.health(o, main, name)
	s := t.App.Services[name]
	if n := at(o.node, "spec", "schedule"); text(n) != "" && s.Schedule != text(n) {
		s.Schedule = text(n)
		t.field(o, n.Line, "spec.schedule", "services."+name+".schedule")
	}
	if n := at(o.node, "spec", "timeZone"); text(n) != "" && s.TimeZone != text(n) {
		s.TimeZone = text(n)
		t.field(o, n.Line, "spec.timeZone", "services."+name+".timezone")
	}
	for _, e := range list(at(main, "env")) {
		t.variable(o, e, name)
	}
	for _, e := range list(at(main, "envFrom")) {
		t.variables(o, e, name)
	}
}

// namespace is where the environment is.
func (t *taker) namespace(o object) {
	n := at(o.node, "metadata", "namespace")
	e, ok := t.App.Environments[t.Environment]
	if !ok || text(n) == "" || e.Namespace == text(n) {
		return
	}
	if text(n) == "default" {
		t.leave(o, n.Line, "metadata.namespace", fmt.Sprintf("default is everybody's; %s goes to %s", t.Environment, e.Namespace))
		return
	}
	e.Namespace = text(n)
	t.App.Environments[t.Environment] = e
	t.field(o, n.Line, "metadata.namespace", "environments."+t.Environment+".namespace")
}

func (t *taker) replicas(o object, name string) {
	n := at(o.node, "spec", "replicas")
	count, err := strconv.Atoi(text(n))
	if err != nil || o.kind != "Deployment" {
		return
	}
	for _, env := range t.environments() {
		e := t.App.Environments[env]
		if have, ok := e.Replicas[name]; ok && have == count {
			continue
		}
		if e.Replicas == nil {
			e.Replicas = map[string]int{}
		}
		e.Replicas[name] = count
		t.App.Environments[env] = e
		t.field(o, n.Line, "spec.replicas", "environments."+env+".replicas")
	}
}

// command is taken where it is the process's own; that of the service itself belongs to its image.
func (t *taker) command(o object, main *yaml.Node, name string) {
	s, words, line := t.App.Services[name], commandOf(o), main.Line
	if len(words) == 0 || slices.Equal(words, s.Command) || t.ownImage(name) {
		return
	}
	s.Command = words
	t.field(o, line, "command", "services."+name+".command")
}

// ownImage says whether the service is built by a Dockerfile of the team, whose entry point is not known here.
func (t *taker) ownImage(name string) bool {
	b := t.App.Effective(name).Build
	return b != nil && b.Dockerfile != ""
}

func (t *taker) port(o object, main *yaml.Node, name string) {
	s := t.App.Services[name]
	ports := list(at(main, "ports"))
	if s.Port != 0 || len(ports) == 0 || o.kind != "Deployment" {
		return
	}
	n := at(ports[0], "containerPort")
	if port, err := strconv.Atoi(text(n)); err == nil {
		s.Port = port
		t.field(o, n.Line, "ports", "services."+name+".port")
	}
}

func (t *taker) health(o object, main *yaml.Node, name string) {
	s := t.App.Services[name]
	if s.Port == 0 {
		return
	}
	for probe, field := range map[string]string{"readinessProbe": "ready", "livenessProbe": "live"} {
		n := at(main, probe, "httpGet", "path")
		if !strings.HasPrefix(text(n), "/") {
			continue
		}
		if s.Health == nil {
			s.Health = &service.Health{}
		}
		to := &s.Health.Ready
		if field == "live" {
			to = &s.Health.Live
		}
		if *to != text(n) {
			*to = text(n)
			t.field(o, n.Line, probe+".httpGet.path", "services."+name+".health")
		}
	}
}

// variable takes a variable with a plain value, or one that a Secret or ConfigMap fills.
func (t *taker) variable(o object, n *yaml.Node, name string) {
	key := text(at(n, "name"))
	if !service.VariableName(key) {
		return
	}
	value := at(n, "value")
	if ref := at(n, "valueFrom", "configMapKeyRef"); ref != nil {
		value = at(t.data("ConfigMap", text(at(ref, "name"))), text(at(ref, "key")))
	}
	if ref := at(n, "valueFrom", "secretKeyRef"); ref != nil {
		t.secret(o, n.Line, key, name, fmt.Sprintf("its value is in the Secret %s, key %s: keep it in gopass as %s", text(at(ref, "name")), text(at(ref, "key")), key))
		return
	}
	if value != nil || at(n, "valueFrom") == nil {
		t.plainValue(o, n.Line, key, text(value), name)
	}
}

// variables takes those of a whole ConfigMap or Secret that is among the manifests.
func (t *taker) variables(o object, n *yaml.Node, name string) {
	for _, e := range entries(t.data("ConfigMap", text(at(n, "configMapRef", "name")))) {
		if service.VariableName(e.key.Value) {
			t.plainValue(o, n.Line, text(at(n, "prefix"))+e.key.Value, text(e.value), name)
		}
	}
	for _, e := range entries(t.data("Secret", text(at(n, "secretRef", "name")))) {
		if service.VariableName(e.key.Value) {
			t.secret(o, n.Line, text(at(n, "prefix"))+e.key.Value, name, "keep its value in gopass")
		}
	}
}

// data is what a ConfigMap or Secret of the manifests holds.
func (t *taker) data(kind, name string) *yaml.Node {
	for _, o := range t.theirs {
		if o.kind != kind || o.name != name || name == "" {
			continue
		}
		for _, key := range []string{"stringData", "data"} {
			if data := at(o.node, key); data != nil {
				return data
			}
		}
	}
	return nil
}

func (t *taker) secret(o object, line int, key, name, todo string) {
	s := t.App.Services[name]
	effective := t.App.Effective(name)
	field := "services." + name + ".secrets"
	if slices.Contains(effective.Secrets, key) {
		return
	}
	if have, plain := effective.Env[key]; plain && !t.Secret(key, have) && todo != "" && !secretWord(key) {
		t.leave(o, line, "env "+key, "it is plain configuration in migrate.yaml; a Secret holds it here, perhaps otherwise: "+todo)
		return
	}
	for _, of := range []string{name, t.App.Base(name)} {
		delete(t.App.Services[of].Env, key)
	}
	s.Secrets = append(s.Secrets, key)
	t.result.Fields[field] = fmt.Sprintf("%s:%d", o.file, line)
	t.item(o, line, "env "+key, field, todo)
}

// secretWord says whether a variable that a Secret fills is one: hosts, names and the like are kept there, too.
func secretWord(key string) bool {
	last := key[strings.LastIndexByte(key, '_')+1:]
	return !slices.Contains([]string{"HOST", "PORT", "USER", "USERNAME", "NAME", "DATABASE", "REGION", "BUCKET"}, strings.ToUpper(last))
}

func (t *taker) plainValue(o object, line int, key, value, name string) {
	s, effective := t.App.Services[name], t.App.Effective(name)
	switch {
	case slices.Contains(effective.Secrets, key):
		t.leave(o, line, "env "+key, "it is a secret in migrate.yaml: its value belongs in gopass")
	case t.Secret(key, value):
		t.secret(o, line, key, name, "it looks like a secret: keep its value in gopass, not in a manifest")
	case t.namesNeed(effective, value):
		// the address of a need, which every environment answers by itself
	case t.Environment != "" && effective.Env[key] != "" && effective.Env[key] != value && t.alone(key):
		e := t.App.Environments[t.Environment]
		if e.Env[key] == value {
			return
		}
		if e.Env == nil {
			e.Env = map[string]string{}
		}
		e.Env[key] = value
		t.App.Environments[t.Environment] = e
		t.field(o, line, "env "+key, "environments."+t.Environment+".env."+key)
	default:
		if have, ok := effective.Env[key]; ok && have == value {
			return
		}
		if s.Env == nil {
			s.Env = map[string]string{}
		}
		s.Env[key] = value
		t.field(o, line, "env "+key, "services."+name+".env."+key)
	}
}

// alone says whether one service at most has a variable, so that an environment's value is meant for it.
func (t *taker) alone(key string) bool {
	n := 0
	for _, s := range t.App.Services {
		if _, ok := s.Env[key]; ok {
			n++
		}
	}
	return n <= 1
}

// namesNeed says whether a value is no more than the name of a need of the service.
func (t *taker) namesNeed(s service.Service, value string) bool {
	return value != "" && slices.Contains(s.Needs, value)
}

// ingress takes the hosts and paths that lead to a service, and keeps the Ingress one.
func (t *taker) ingress(o object) {
	class := text(at(o.node, "spec", "ingressClassName"))
	if class == "" {
		class = text(at(o.node, "metadata", "annotations", "kubernetes.io/ingress.class"))
	}
	for _, l := range leads(o) {
		name := t.behind(l.backend)
		if name == "" {
			t.leave(o, l.line, "path "+l.path, "no service of migrate.yaml is behind "+l.backend)
			continue
		}
		t.route(o, l.line, name, l.host, l.path)
		if t.App.Gateway == nil && class != "" {
			t.App.Gateway = &service.Gateway{Ingress: class}
			t.field(o, o.node.Line, "spec.ingressClassName", "gateway")
		}
	}
}

// lead is a host and path of an Ingress and the Service behind them.
type lead struct {
	host, path, backend string
	line                int
}

// leads are all of an Ingress, in either version of its format; what no rule catches goes by its default.
func leads(o object) []lead {
	var all []lead
	add := func(n, backend *yaml.Node, host, path string) {
		name := text(at(backend, "service", "name"))
		if name == "" {
			name = text(at(backend, "serviceName"))
		}
		if name != "" {
			all = append(all, lead{strings.ToLower(host), path, name, n.Line})
		}
	}
	for _, rule := range list(at(o.node, "spec", "rules")) {
		for _, p := range list(at(rule, "http", "paths")) {
			add(p, at(p, "backend"), text(at(rule, "host")), text(at(p, "path")))
		}
	}
	for _, key := range []string{"defaultBackend", "backend"} {
		if n := at(o.node, "spec", key); n != nil {
			add(n, n, "", "/")
		}
	}
	return all
}

// behind is the service to which a Service of the manifests leads.
func (t *taker) behind(backend string) string {
	for _, o := range t.theirs {
		if o.kind != "Service" || o.name != backend {
			continue
		}
		for _, w := range t.theirs {
			if name := t.of[w.id()]; name != "" && selects(at(o.node, "spec", "selector"), at(w.node, "spec", "template", "metadata", "labels")) {
				return name
			}
		}
	}
	if s := t.App.Services[backend]; s != nil && s.Port != 0 {
		return backend
	}
	return ""
}

// selects says whether all of a selector's labels are among those.
func selects(selector, labels *yaml.Node) bool {
	for _, e := range entries(selector) {
		if text(at(labels, e.key.Value)) != e.value.Value {
			return false
		}
	}
	return len(entries(selector)) > 0
}

// hosts are those of all rules.
func (t *taker) hosts() []string {
	var hosts []string
	for _, o := range t.theirs {
		if o.kind == "Ingress" {
			for _, l := range leads(o) {
				hosts = append(hosts, l.host)
			}
		}
	}
	return hosts
}

func (t *taker) route(o object, line int, name, host, path string) {
	if path == "" || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "(*$") {
		path = "/"
	}
	s := t.App.Services[name]
	var unnamed []string // hosts of routes that the environment has no name for
	for _, r := range s.Routes {
		for _, env := range t.environments() {
			called := r.Host
			if other := t.App.Environments[env].Hosts[r.Host]; other != "" {
				called = other
			} else if !slices.Contains(unnamed, r.Host) && !slices.Contains(t.hosts(), r.Host) {
				unnamed = append(unnamed, r.Host)
			}
			if strings.EqualFold(called, host) && (r.Path == path || r.Path == "" && path == "/") {
				return
			}
		}
	}
	if t.Environment != "" && len(unnamed) > 0 && unnamed[0] != "" && host != "" {
		e := t.App.Environments[t.Environment]
		if e.Hosts == nil {
			e.Hosts = map[string]string{}
		}
		e.Hosts[unnamed[0]] = host
		t.App.Environments[t.Environment] = e
		field, why := "environments."+t.Environment+".hosts", ""
		for _, other := range unnamed[1:] {
			why = fmt.Sprintf("%s keeps its name here; if it has another: migrate add route %s --env %s --as HOST", other, other, t.Environment)
		}
		t.result.Fields[field] = fmt.Sprintf("%s:%d", o.file, line)
		t.item(o, line, "host "+host, field, why)
		return
	}
	s.Routes = append(s.Routes, service.Route{Host: host, Path: path})
	field, why := "services."+name+".routes", ""
	for _, env := range t.App.EnvironmentNames() {
		if t.Environment != "" && env != t.Environment && host != "" {
			why = fmt.Sprintf("everywhere; where it is called otherwise: migrate add route %s --env %s --as HOST", host, env)
		}
	}
	t.result.Fields[field] = fmt.Sprintf("%s:%d", o.file, line)
	t.item(o, line, "host "+host+path, field, why)
}
