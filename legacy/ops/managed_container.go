package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func isContainer(m *managed) bool {
	return m.kind == "docker::run" || m.kind == "docker_container" || m.kind == "podman::container"
}

// container understands a container that is run on the machine: docker::run, docker_container.
func (g *meaning) container(m *managed) bool {
	if !isContainer(m) {
		return false
	}
	f := m.finding()
	image := m.attr("image", "repo")
	g.use(image)
	g.use(m.attrs.of("name"))
	if name := image.plain(); name != "" {
		f.About = append(f.About, parseImage(name).base)
		if kind, version := parseImage(name).store(); kind != "" {
			return g.storeContainer(m, f, kind, version)
		}
	}
	run := listedCommand(m.attr("command"))
	if behindName.MatchString(m.title) || m.composed && works.MatchString(run.text) {
		f.Process = jobName(m.title)
	}
	for _, name := range []string{"env", "environment", "extra_env"} {
		g.environmentOf(m, m.attrs.of(name), f)
	}
	if g.environment != "" {
		return true
	}
	for _, v := range append(m.attr("ports", "port", "expose").items(), m.attrs.of("expose").items()...) {
		spec := strings.TrimSuffix(v.plain(), "/tcp")
		if n := textValue(spec[strings.LastIndexByte(spec, ':')+1:], "", 0).number(); n > 0 && validPort(n) {
			port := f
			port.Service = service.Service{Port: n}
			g.claim(m, port, v, "port", scan.Declared, m.says("ports"))
			break
		}
	}
	if v := run; v.known() {
		if argv, _ := command(v.text); len(argv) > 0 && !forDevelopment(argv) {
			own := f
			own.Service = service.Service{Command: argv}
			g.claim(m, own, v, "command", scan.Declared, m.says("command"))
		}
	}
	for _, b := range m.binds() {
		if keepsData(b.target) {
			keep := f
			keep.Service = service.Service{State: []string{b.target}}
			g.claim(m, keep, b.v, "state "+b.target, scan.Declared, m.says("volumes"))
		} else if b.source != "" && !machinesOwn.MatchString(b.source) {
			g.last = append(g.last, func() { g.sees(m, f, b) })
		}
	}
	for _, name := range mountSettings {
		g.use(m.attrs.of(name))
	}
	g.labels(m, f)
	g.leaveSettings(m)
	return true
}

// storeContainer is a container with a database beside the service: it is there for whoever it is about.
func (g *meaning) storeContainer(m *managed, f scan.Finding, kind, version string) bool {
	if g.environment == "" {
		f.Need = &scan.Need{Need: service.Need{Kind: kind, Version: version}, Offer: true}
		g.claim(m, f, m.attr("image", "repo"), "store "+kind, scan.Declared, m.kind+" "+titleForNote(m))
	}
	return true
}

// bind is a place in a container, and the place of the machine that is seen there; that is "" for a volume without a name.
type bind struct {
	source, target string
	v              managedValue
	of             *managed
}

// machinesOwn are places that tell a container about the machine alone.
var machinesOwn = scan.MustCompile(`^/etc/(localtime|timezone|hosts|passwd|group|resolv\.conf)$`)

// sees notes a place of the machine from which nothing was taken for the container that sees it.
func (g *meaning) sees(m *managed, f scan.Finding, b bind) {
	for where := range g.mounted {
		if strings.HasPrefix(where+"/", b.source+"/") {
			return
		}
	}
	file, line := m.place(b.v)
	g.noteFor(f.About, "places of the machine that the container sees: settings there become files, data needs a volume", b.source+" at "+b.target, file, line)
}

// mountSettings are the settings of a container with its volumes.
var mountSettings = []string{"volumes", "volume", "mounts"}

// binds are the volumes of a container: SOURCE:TARGET:OPTIONS, or a hash with source and target.
func (m *managed) binds() []bind {
	var all []bind
	for _, name := range mountSettings {
		for _, v := range m.attrs.of(name).items() {
			b := bind{v: v, of: m}
			if v.kind == valueHash {
				b.source, b.target = v.hash["source"].plain(), v.hash["target"].plain()
			} else if parts := strings.Split(v.plain(), ":"); len(parts) > 1 {
				b.source, b.target = parts[0], parts[1]
			} else {
				b.target = parts[0]
			}
			if path.IsAbs(b.target) {
				b.target = path.Clean(b.target)
				all = append(all, b)
			}
		}
	}
	return all
}

// mounts remembers which places of the machine containers see.
func (g *meaning) mounts(found []*managed) {
	for _, m := range found {
		if !isContainer(m) {
			continue
		}
		for _, b := range m.binds() {
			if path.IsAbs(b.source) && strings.Count(path.Clean(b.source), "/") > 1 {
				b.source = path.Clean(b.source)
				g.bound = append(g.bound, b)
			}
		}
	}
}

// boundAt is the place at which a container sees a file of the machine, by the longest of the places that are mounted there.
func (g *meaning) boundAt(where string) (b bind, place string) {
	for _, one := range g.bound {
		if rest, ok := strings.CutPrefix(where+"/", one.source+"/"); ok && len(one.source) > len(b.source) {
			b, place = one, path.Join(one.target, rest)
		}
	}
	return b, place
}
