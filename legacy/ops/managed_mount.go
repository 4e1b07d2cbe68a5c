package ops

import (
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// configMount is where a container has the files of a ConfigMap, or one of them.
type configMount struct {
	name  string            // of the ConfigMap
	place string            // in the container
	sub   string            // the one file that is there, "" for all of them
	paths map[string]string // below the place, by key; nil where each file is called like its key
}

// configMounts are the ConfigMaps that a workload's container has. What else is mounted there holds other things.
func configMounts(w workload) (all []configMount) {
	for _, volume := range items(child(w.pod, "volumes")) {
		for _, source := range append([]*yaml.Node{volume}, items(at(volume, "projected", "sources"))...) {
			name := scalar(at(source, "configMap", "name"))
			for _, mount := range items(child(w.container, "volumeMounts")) {
				place := path.Clean(scalar(child(mount, "mountPath")))
				if name == "" || scalar(child(mount, "name")) != scalar(child(volume, "name")) || !path.IsAbs(place) {
					continue
				}
				m := configMount{name: name, place: place, sub: scalar(child(mount, "subPath"))}
				for _, item := range items(at(source, "configMap", "items")) {
					if m.paths == nil {
						m.paths = map[string]string{}
					}
					m.paths[scalar(child(item, "key"))] = scalar(child(item, "path"))
				}
				all = append(all, m)
			}
		}
	}
	return all
}

// where is the place of the file of a key, "" where it is not there.
func (m configMount) where(key string) string {
	if m.paths != nil {
		key = m.paths[key]
	}
	switch {
	case key == "":
		return ""
	case m.sub == "":
		return path.Join(m.place, key)
	case m.sub == key:
		return m.place
	}
	return ""
}

// has says whether a file of a container is one of the ConfigMap's.
func (m configMount) has(file string) bool {
	if m.sub != "" {
		return file == m.place
	}
	return m.place != "/" && strings.HasPrefix(file, m.place+"/")
}

var (
	directInterpreter = scan.MustCompile(`^(python[\d.]*|node|ruby|perl|php)$`) // the first argument is the script that it runs
	lineOption        = scan.MustCompile(`^-[a-z]*c$`)                          // the next word is a line that the shell runs
	noStarter         = scan.MustCompile(`^(-.*|\.|source)$`)                   // the next word is an option's value, or is only read
)

// startedScript is the word of a command that is a script of one of these mounts, "" for none. Other words may be files of theirs as
// well: the settings that a program is given.
func startedScript(words []string, mounts []configMount) string {
	from := func(word string) bool {
		return slices.ContainsFunc(mounts, func(m configMount) bool { return m.has(word) })
	}
	if i := slices.IndexFunc(words, lineOption.MatchString); i > 0 && i+1 < len(words) && shells[path.Base(words[0])] {
		return startedScript(strings.Fields(words[i+1]), mounts)
	}
	if i := scriptIn(words); i >= 0 && from(words[i]) {
		return words[i]
	}
	for i, word := range words {
		switch {
		case !from(word):
		case i == 0 || i == 1 && directInterpreter.MatchString(path.Base(words[0])):
			return word
		case strings.HasSuffix(word, ".sh") && !noStarter.MatchString(words[i-1]): // su-exec shop /etc/shop/start.sh
			return word
		}
	}
	return ""
}

// withoutMounted leaves out a command that starts a script which a ConfigMap puts into the container: what it starts is none of the
// image's programs by that name.
func (g *meaning) withoutMounted(k *givenObjects, owner *managed, about []string, w workload) workload {
	script := startedScript(containerWords(w.container), configMounts(w))
	if script == "" {
		return w
	}
	k.done[mountKey(about, script)] = true
	g.note(owner, "commands of containers that start a script of a ConfigMap: what that starts belongs into command", w.name, w.file, w.line)
	kept := mapping(w.container.Line)
	for _, p := range pairs(w.container) {
		if p.key.Value != "command" && p.key.Value != "args" {
			add(kept, p.key.Value, p.key.Line, p.value)
		}
	}
	w.container = kept
	return w
}

// mountKey is a file of the containers of one service.
func mountKey(about []string, where string) string { return strings.Join(about, "\n") + "\x00" + where }

// mountedFiles are the files that ConfigMaps put into a container.
func (g *meaning) mountedFiles(k *givenObjects, owner *managed, about []string, w workload) {
	for _, mount := range configMounts(w) {
		for _, file := range pairs(k.settings[mount.name]) {
			where, text := mount.where(file.key.Value), scalar(file.value)
			if where == "" || text == "" || len(text) > scan.MaxConfigFile || k.done[mountKey(about, where)] {
				continue
			}
			k.done[mountKey(about, where)] = true
			v := textValue(text, k.from[mount.name], file.key.Line)
			v.secret = scan.SecretText(text)
			m := &managed{kind: "ConfigMap", title: path.Base(where), file: v.file, line: v.line, outer: owner.outer, lent: about}
			g.claimFile(m, v, text, "", where)
		}
	}
}
