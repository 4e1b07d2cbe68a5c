package ops

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// composed reads a compose file that operations fill in and put on the machine: each of its services is a container there.
func (g *meaning) composed(m *managed, text, file, where string) bool {
	if !composeName.MatchString(path.Base(where)) || file != "" && unitFile(file) == path.Base(file) { // one that is no template is read where it lies
		return false
	}
	var doc yaml.Node
	if len(text) > scan.MaxConfigFile || yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) == 0 {
		return false
	}
	left := maxValues
	level := &hieraLevel{file: file}
	services := level.value("compose", doc.Content[0], &left, 0, false).hash["services"]
	for _, name := range services.keys {
		one := &managed{kind: "docker_container", title: name, file: m.file, line: m.line, outer: m.outer, lent: m.lent, composed: true}
		container := services.hash[name]
		for _, key := range container.keys {
			one.set(key, m.onItsLine(container.hash[key], file, 0))
		}
		if image := parseImage(one.attrs.of("image").text).base; webServer.MatchString(image) || besideService[image] || frontProxy[image] {
			g.note(one, "containers beside the service: the gateway and the cluster do what they do", name, m.file, m.line)
			continue
		}
		g.see(one)
	}
	return len(services.keys) > 0
}

// frontProxy are images of what stands in front of services on a machine, or looks after its containers.
var frontProxy = map[string]bool{"traefik": true, "nginx-proxy": true, "docker-gen": true, "watchtower": true, "acme-companion": true, "letsencrypt-nginx-proxy-companion": true, "autoheal": true, "ofelia": true}

// onItsLine is a value with the line of the template that it was filled from.
func (m *managed) onItsLine(v managedValue, file string, depth int) managedValue {
	at := m.written("", file, max(v.line, 1))
	v.file, v.line = at.file, at.line
	if v.kind == valueText {
		v = partlyKnown(v)
	}
	if depth > maxJinjaDepth {
		return v
	}
	return v.each(func(_ string, item managedValue) managedValue { return m.onItsLine(item, file, depth+1) })
}

// listedCommand is a command as one line, where it is written as a list of words.
func listedCommand(v managedValue) managedValue {
	if v.kind != valueList {
		return v
	}
	line := v
	line.kind, line.list = valueText, nil
	var words []string
	for _, word := range v.list {
		if !word.known() {
			return managedValue{kind: valueUnknown, text: "${command}", file: v.file, line: v.line}
		}
		words = append(words, "'"+strings.ReplaceAll(word.text, "'", `'\''`)+"'")
	}
	line.text = strings.Join(words, " ")
	return line
}
