package ops

import (
	"fmt"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// firstFormat says whether the top of a file is a mapping of services as in fig.yml and the first compose format.
func firstFormat(root *yaml.Node) bool {
	for i := 1; i < len(root.Content); i += 2 {
		if child(root.Content[i], "image") != nil || child(root.Content[i], "build") != nil {
			return true
		}
	}
	return false
}

// firstToSecond puts services under services: and their dockerfile under their build.
func firstToSecond(raw map[string]any) map[string]any {
	for _, v := range raw {
		s, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if context, ok := s["build"].(string); ok && s["dockerfile"] != nil {
			s["build"] = map[string]any{"context": context, "dockerfile": s["dockerfile"]}
		}
		delete(s, "dockerfile")
	}
	return map[string]any{"services": raw}
}

// prepare removes from the services what only makes sense on the machine that runs them: bases in other files, and ports
// of that machine in variables.
func (l *composeLoader) prepare(raw map[string]any) {
	services, _ := raw["services"].(map[string]any)
	for name, v := range services {
		s, ok := v.(map[string]any)
		if !ok {
			delete(services, name)
			continue
		}
		l.takeBase(s, 0)
		for _, key := range []string{"ports", "expose"} {
			if list, ok := s[key].([]any); ok {
				s[key] = l.plainPorts(list)
			}
		}
		for _, key := range []string{"command", "entrypoint"} {
			if line, ok := s[key].(string); ok && severalStatements.MatchString(strings.TrimSpace(line)) {
				s[key] = []any{"sh", "-c", strings.TrimSpace(line)}
			}
		}
		if list, ok := s["volumes"].([]any); ok {
			s["volumes"] = l.namedVolumes(list)
		}
		for _, key := range []string{"label_file", "deploy", "ulimits", "logging", "develop", "secrets", "configs", "networks", "blkio_config"} {
			delete(s, key)
		}
	}
	for key := range raw {
		if key != "services" {
			delete(raw, key)
		}
	}
}

// severalStatements are lines that nothing but a shell understands, as an image's ENTRYPOINT may hand them to one.
var severalStatements = scan.MustCompile(`^(?:ulimit|cd|umask|sleep|echo)\s[^"'\n]*?(?:;|&&)\s*\S`)

var portTarget = scan.MustCompile(`(?:^|:)(\d+)(?:-\d+)?(/\w+)?$`)

// plainPorts keeps of each short port mapping the container's side.
func (l *composeLoader) plainPorts(list []any) []any {
	var plain []any
	for _, item := range list {
		switch item := item.(type) {
		case string:
			filled, _ := substitute(item, l.lookup)
			if m := portTarget.FindStringSubmatch(strings.TrimSpace(filled)); m != nil {
				plain = append(plain, m[1]+m[2])
			}
		case int:
			plain = append(plain, fmt.Sprint(item))
		case map[string]any:
			delete(item, "published")
			plain = append(plain, item)
		}
	}
	return plain
}

// namedVolumes leaves out the short volumes whose place on the machine stands in a variable that nothing here sets.
func (l *composeLoader) namedVolumes(list []any) []any {
	var named []any
	for _, item := range list {
		if text, ok := item.(string); ok {
			if filled, _ := substitute(text, l.lookup); strings.HasPrefix(strings.TrimSpace(filled), ":") {
				continue
			}
		}
		named = append(named, item)
	}
	return named
}

// takeBase puts beneath a service what it extends in another file of the repository.
func (l *composeLoader) takeBase(s map[string]any, depth int) {
	extends, ok := s["extends"].(map[string]any)
	if !ok || extends["file"] == nil {
		return
	}
	delete(s, "extends")
	file, _ := extends["file"].(string)
	name, _ := extends["service"].(string)
	at, inside := within(path.Dir(l.path), file)
	if !inside || depth > 5 || !l.t.Has(at) {
		return
	}
	tree, err := plain(mappingOf(l.t, at, &scan.Report{}))
	if err != nil {
		return
	}
	raw, _ := tree.(map[string]any)
	services, ok := raw["services"].(map[string]any)
	if !ok {
		services, _ = firstToSecond(raw)["services"].(map[string]any)
	}
	base, ok := services[name].(map[string]any)
	if !ok {
		return
	}
	l.takeBase(base, depth+1)
	for _, key := range []string{"links", "depends_on", "volumes_from"} { // these are not inherited
		delete(base, key)
	}
	if path.Dir(at) != path.Dir(l.path) {
		delete(base, "volumes")
		moveContext(base, path.Dir(file))
	}
	layUnder(s, base)
}

// moveContext makes a build's directory relative to the file that extends the service.
func moveContext(service map[string]any, dir string) {
	switch b := service["build"].(type) {
	case string:
		service["build"] = path.Join(dir, b)
	case map[string]any:
		if context, ok := b["context"].(string); ok {
			b["context"] = path.Join(dir, context)
		}
	}
}

// layUnder gives a mapping the keys of another one that it lacks; variables and labels join, in either form.
func layUnder(over, under map[string]any) {
	for key, value := range under {
		have, both := over[key]
		switch {
		case !both:
			over[key] = value
		case key == "environment" || key == "build":
			a, b := asMapping(have), asMapping(value)
			if a == nil || b == nil {
				continue
			}
			layUnder(a, b)
			over[key] = a
		}
	}
}

// asMapping is a mapping, or what a list of NAME=value means; nil for anything else.
func asMapping(v any) map[string]any {
	list, ok := v.([]any)
	if !ok {
		m, _ := v.(map[string]any)
		return m
	}
	m := map[string]any{}
	for _, item := range list {
		if name, value, ok := strings.Cut(fmt.Sprint(item), "="); ok {
			m[name] = value
		} else {
			m[name] = nil
		}
	}
	return m
}
