package ops

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// report finds the code of every workload and claims what the manifests say of it.
func (k *kubernetes) report() {
	byDir := map[string][]workload{}
	var dirs []string
	var homeless []workload
	places := k.places()
	k.chartImages()
	holds := k.imagesOfPrograms(places)
	for _, w := range k.workloads {
		img := parseImage(w.image)
		if kind, version := img.store(); kind != "" {
			k.offer(w, kind, version)
			continue
		}
		if w.kind == "CronJob" && asksOthers.MatchString(img.path) {
			k.r.Note(w.file, w.line, "%s asks another program at %q with an image of others (%s), which is not taken over: keep its CronJob", w.called(), w.schedule, w.image)
			continue
		}
		if img.helper() || img.webServer() || testService.MatchString(w.name) || maintenancePage.MatchString(w.name) || maintenancePage.MatchString(w.file) || len(items(child(w.pod, "containers"))) == 0 {
			continue
		}
		dir := k.dirOf(w, places)
		if dir == "" {
			dir = holds[parseImage(w.image).path]
		}
		if kind, version := k.storeIn(dir); kind != "" {
			k.offer(w, kind, version)
			continue
		}
		if dir == "" {
			homeless = append(homeless, w)
			continue
		}
		if k.toolIn(dir) {
			k.r.Note(w.file, w.line, "%s runs the image of %s, which holds no code of this repository: a program of others, not converted", w.name, dir)
			continue
		}
		if byDir[dir] == nil {
			dirs = append(dirs, dir)
		}
		byDir[dir] = append(byDir[dir], w)
	}
	if len(dirs) == 0 && k.hasCode(".") {
		own := ofRepository(homeless)
		if own == nil {
			own = k.ownImage(homeless)
		}
		if len(own) > 0 {
			dirs, byDir["."] = []string{"."}, own
		}
	}
	overlays := k.overlaysByDir(byDir)
	for _, dir := range slices.Sorted(maps.Keys(overlays)) { // production's come first: they count where others differ
		k.overlay(overlays[dir], dir, true)
	}
	for _, dir := range dirs {
		k.directory(dir, byDir[dir])
	}
	for _, dir := range slices.Sorted(maps.Keys(overlays)) {
		k.overlay(overlays[dir], dir, false)
	}
}

// asksOthers are images of programs that do no more than ask for a page.
var asksOthers = scan.MustCompile(`(?:^|/)(?:curl|wget|httpie)$`)

// ofRepository are the workloads that run the repository's image, where no directory is called like one: all of them where
// they run the same, else those that serve and the jobs with their image. It is nil where there are several that serve.
func ofRepository(list []workload) []workload {
	if oneImage(list) {
		return list
	}
	serving := slices.DeleteFunc(slices.Clone(list), workload.job)
	if !oneImage(serving) {
		return nil
	}
	base := parseImage(serving[0].image).base
	return slices.DeleteFunc(slices.Clone(list), func(w workload) bool { return w.image != "" && parseImage(w.image).base != base })
}

// job says whether a workload comes to an end.
func (w workload) job() bool { return w.kind == "CronJob" || w.kind == "Job" }

// storeIn is the backing service that the image of a directory without code is made of, "" for none.
func (k *kubernetes) storeIn(dir string) (kind, version string) {
	file := path.Join(dir, "Dockerfile")
	if dir == "" || k.t.First(dir, manifests...) != "" || !k.t.Has(file) {
		return "", ""
	}
	d := parseDockerfile(k.t, file, &scan.Report{})
	if d == nil {
		return "", ""
	}
	return parseImage(d.from.image).store()
}

// toolIn says whether a directory makes an image that is a program of others with settings or scripts around it.
func (k *kubernetes) toolIn(dir string) bool {
	file := path.Join(dir, "Dockerfile")
	if dir == "." || k.t.First(dir, manifests...) != "" || !k.t.Has(file) {
		return false
	}
	d := parseDockerfile(k.t, file, &scan.Report{})
	if d == nil {
		return false
	}
	d.dir = dir
	return d.tool(k.t)
}

// oneImage says whether all workloads run the same image, whatever its version: then it is the repository's.
func oneImage(list []workload) bool {
	if len(list) == 0 {
		return false
	}
	first := parseImage(list[0].image).base
	for _, w := range list {
		if parseImage(w.image).base != first {
			return false
		}
	}
	return first != ""
}

// ownImage are the workloads that run the image which their chart is called after, else the one that several of them share.
// It is nil where that is not sure.
func (k *kubernetes) ownImage(list []workload) []workload {
	byImage := map[string][]workload{}
	named := ""
	for _, w := range list {
		base := parseImage(w.image).base
		byImage[base] = append(byImage[base], w)
		if k.calledAfterChart(w) {
			named = base
		}
	}
	delete(byImage, "")
	if named != "" {
		return byImage[named]
	}
	var shared []workload
	for _, same := range byImage {
		if len(same) > 1 {
			if shared != nil {
				return nil
			}
			shared = same
		}
	}
	return shared
}

// dirOf is the directory of a workload's code: what a BuildConfig says, else the one that is called like the workload, its
// container or its image, else the module below the root that holds the manifest.
func (k *kubernetes) dirOf(w workload, places map[string][]string) string {
	base := parseImage(w.image).base
	for _, name := range []string{w.name, base} {
		if b := k.builds[name]; b != nil {
			return k.buildDir(b)
		}
	}
	names := []string{w.called(), ownWords(scalar(child(w.container, "name")))}
	if parts := strings.Split(parseImage(w.image).path, "/"); len(parts) > 1 { // acme/api is what Acme.Api makes
		names = append(names, strings.Join(parts[len(parts)-2:], ""))
	}
	for name, more := base, true; more && name != ""; _, name, more = strings.Cut(name, "-") {
		names = append(names, name)
	}
	for _, name := range names {
		dirs := places[placeName(name)]
		if name == "" || len(dirs) == 0 || len(dirs) > 1 && strings.Count(dirs[0], "/") == strings.Count(dirs[1], "/") {
			continue
		}
		return dirs[0]
	}
	if dir := k.codeAbove(w.file); dir != "" && dir != "." && k.t.Module(dir) != "" {
		return dir
	}
	return ""
}

// maintenancePage is what answers while the service does not.
var maintenancePage = scan.MustCompile(`(?i)(?:^|[-_/])maintenance(?:[-_]?page)?(?:[-_/.]|$)`)

// chartWord is what a chart's name has around the name of what it installs.
var chartWord = scan.MustCompile(`(?i)^(?:helm|chart)-|-(?:helm|chart)$`)

// offer tells of a backing service that runs in the cluster: its name is what the others call.
func (k *kubernetes) offer(w workload, kind, version string) {
	need := scan.Need{Name: w.name, Offer: true}
	need.Kind, need.Version, need.Port = kind, version, scan.DefaultPort(kind)
	if placeholder.MatchString(w.name) || need.Port == 0 {
		return
	}
	k.find(scan.Finding{Dir: ".", Need: &need}, "offer."+w.name, w.file, w.line, scan.Convention, "runs in the cluster")
}

// ofProduction leaves out what runs elsewhere alone, where the manifests of production say what runs there: a job of a
// test environment may well overwrite the data of production.
func (k *kubernetes) ofProduction(list []workload) []workload {
	live := map[string]bool{}
	known := false
	for _, w := range list {
		known = known || placedInProduction(w.file)
		live[w.called()] = live[w.called()] || !placedElsewhere(w.file)
	}
	return slices.DeleteFunc(slices.Clone(list), func(w workload) bool {
		elsewhere := known && placedElsewhere(w.file) && !live[w.called()]
		if elsewhere {
			k.r.Note(w.file, w.line, "%s is not among the manifests of production: left out", w.name)
		}
		return elsewhere
	})
}

func (k *kubernetes) directory(dir string, list []workload) {
	list = k.ofProduction(list)
	main := mainOf(list)
	if main >= 0 && list[main].job() && k.startsOtherwise(dir, list[main]) {
		main = -1
	}
	k.processes(scan.Finding{Dir: dir}, list, main)
}

// processes claims what the workloads of one image say: that at main of the service itself, the others of processes beside it.
func (k *kubernetes) processes(of scan.Finding, list []workload, main int) {
	mainName := ""
	if main >= 0 {
		mainName = list[main].called()
	}
	for i, w := range list {
		f := of
		if name := w.called(); i != main && name != mainName {
			f.Process = processName(name, mainName)
			if placeholder.MatchString(name) || len(items(child(w.container, "command")))+len(items(child(w.container, "args"))) == 0 {
				continue
			}
		}
		k.process(f, w)
	}
}

func (k *kubernetes) process(f scan.Finding, w workload) {
	k.command(f, w)
	k.port(f, w)
	k.probes(f, w)
	k.environment(f, w)
	for _, part := range k.included(w.file) {
		k.environment(f, part)
	}
	if w.replicas != nil {
		claimReplicas(k.r, f, scalar(w.replicas), w.file, w.replicas.Line, "replicas of "+w.name)
	}
	for _, b := range w.needs {
		k.need(f.Dir, b.kind, b.version, w.file, b.line, scan.Declared, "the platform gives it one")
	}
	for _, hook := range w.hooks {
		k.hook(f, w, hook)
	}
	for _, c := range items(child(w.pod, "initContainers")) {
		words := containerWords(c)
		if n := child(c, "command"); n != nil && oneOff.MatchString(shown(words)) && !forImage.MatchString(shown(words)) && !onlyChecks.MatchString(shown(words)) {
			step := scan.Finding{Dir: f.Dir, About: f.About, Process: "migrate", Service: service.Service{Command: words, Release: true}}
			k.find(step, "command", w.file, n.Line, scan.Declared, "an init container")
		}
	}
}

// forImage are steps whose results belong into the image, where the build puts them.
var forImage = scan.MustCompile(`\b(collectstatic|compress|compilemessages|assets:precompile)\b`)

// byHand are tasks that somebody starts once in a while: they take data away, or copy it.
var byHand = scan.MustCompile(`\b(?:rake|rails)\s+(?:\S+:)?(?:dump|backup|restore|reset|drop|rollback|truncate|seed)\b|\bmanage\.py\s+(?:dumpdata|flush)\b|\bartisan\s+(?:migrate:(?:fresh|refresh|reset|rollback)|db:(?:seed|wipe))`)

var webPortName = scan.MustCompile(`(?i)^(http|web|https?-.*|.*-http|api|server|main)$`)

// otherPortName are names of ports at which no pages are asked for.
var otherPortName = scan.MustCompile(`(?i)^(grpc|tcp)(-.*)?$`)

// containerPort is one of a container's ports, the zero one for none.
type containerPort struct {
	number, line int
	name         string
}

// mainPort is the port at which a container serves.
func mainPort(w workload) containerPort {
	var best containerPort
	for _, n := range items(child(w.container, "ports")) {
		p := child(n, "containerPort")
		port := containerPort{portText(scalar(p)), 0, scalar(child(n, "name"))}
		if port.number == 0 || strings.EqualFold(scalar(child(n, "protocol")), "udp") {
			continue
		}
		port.line = p.Line
		if webPortName.MatchString(port.name) {
			return port
		}
		if best.number == 0 || besides[best.number] && !besides[port.number] {
			best = port
		}
	}
	return best
}

// toldPort is the port of a container that lists none: what it is told in the variable PORT, or what a probe asks.
func toldPort(w workload) (port, line int, note string) {
	for _, n := range items(child(w.container, "env")) {
		if v := child(n, "value"); scalar(child(n, "name")) == "PORT" && portText(scalar(v)) > 0 {
			return portText(scalar(v)), v.Line, "the variable PORT"
		}
	}
	for _, probe := range []string{"readinessProbe", "livenessProbe"} {
		if p := at(w.container, probe, "httpGet", "port"); portText(scalar(p)) > 0 {
			return portText(scalar(p)), p.Line, "the port that a probe asks"
		}
	}
	return 0, 0, ""
}

// datagrams reports the ports of UDP of a container.
func (k *kubernetes) datagrams(f scan.Finding, w workload) {
	for _, n := range items(child(w.container, "ports")) {
		p := child(n, "containerPort")
		if number := portText(scalar(p)); number > 0 && number != http3 && strings.EqualFold(scalar(child(n, "protocol")), "udp") {
			f.Service = service.Service{UDP: []int{number}}
			k.find(f, "udp", w.file, p.Line, scan.Declared, "containerPort")
		}
	}
}

func (k *kubernetes) port(f scan.Finding, w workload) {
	best := mainPort(w)
	if f.Process != "" {
		return
	}
	k.datagrams(f, w)
	if best.number == 0 {
		if port, line, note := toldPort(w); port > 0 {
			f.Service = service.Service{Port: port}
			k.find(f, "port", w.file, line, scan.Declared, note)
		}
		return
	}
	f.Service = service.Service{Port: best.number}
	k.find(f, "port", w.file, best.line, scan.Declared, "containerPort")
	if otherPortName.MatchString(best.name) {
		f.Service = service.Service{Protocol: service.SpeaksTCP}
		k.find(f, "protocol", w.file, best.line, scan.Declared, "the port is called "+best.name)
	}
}

// probedPort is the port that a probe asks, 0 where that is the one at which the container serves, or either is not known.
func probedPort(w workload, said string) int {
	port, main := portText(said), mainPort(w).number
	for _, n := range items(child(w.container, "ports")) {
		if port == 0 && scalar(child(n, "name")) == said {
			port = portText(scalar(child(n, "containerPort")))
		}
	}
	if port == main || main == 0 {
		return 0
	}
	return port
}

func (k *kubernetes) probes(f scan.Finding, w workload) {
	if f.Process != "" {
		return
	}
	k.askedInFront(f, w)
	for _, probe := range []string{"livenessProbe", "readinessProbe"} {
		if asked := at(w.container, probe, "grpc"); asked != nil {
			f.Service = service.Service{Protocol: service.SpeaksTCP}
			k.find(f, "protocol", w.file, asked.Line, scan.Declared, "a probe asks it by gRPC")
		}
		n := at(w.container, probe, "httpGet", "path")
		if !strings.HasPrefix(scalar(n), "/") || placeholder.MatchString(scalar(n)) {
			continue
		}
		f.Service = service.Service{Health: &service.Health{Ready: scalar(n), Port: probedPort(w, scalar(at(w.container, probe, "httpGet", "port")))}}
		if probe == "livenessProbe" {
			f.Service.Health.Live, f.Service.Health.Ready = scalar(n), ""
		}
		k.find(f, probe, w.file, n.Line, scan.Declared, probe)
	}
}
