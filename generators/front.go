package generators

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// A service whose old web server answered parts of the site by itself gets a web server in its pods, and beside it on a
// developer's machine, that goes on doing so.
const (
	frontImage = "nginxinc/nginx-unprivileged:1.28"
	frontPort  = 8089      // or the next one
	frontFiles = "/front"  // where it has what the service keeps or is given
	frontCopy  = "/copied" // and what was copied out of the image: no mount may lie below that one
)

// front is the web server of a service.
type front struct {
	Port   int
	Pages  string // of a service that speaks FastCGI, in its own container
	Root   string // and where the web server has their copy
	Parts  []frontPart
	Copies []string     // from the service's image, each with the place that it is copied to
	Shares []frontShare // in the order of the parts
}

// frontShare is a directory that the service keeps, or a file that it is given, with the place where the web server has it.
type frontShare struct{ From, To string }

// frontPart is a part of the site that the web server answers.
type frontPart struct {
	Place  string // of a location, with its sign
	Alias  string
	What   string // as the model says it
	Code   int
	Limits []string
	Pages  bool // beside pages that are made: what makes them is not shown
}

// fronted are the parts of a service that its web server answers, or passes on as they may be.
func fronted(s service.Service) []service.Part {
	if s.Edge == nil || !serves(s) {
		return nil
	}
	var parts []service.Part
	for _, p := range s.Edge.Parts {
		if p.Pattern || p.Refuse != 0 || p.Files != "" || limited(p) {
			parts = append(parts, p)
		}
	}
	return parts
}

// frontOf gathers what the web server of a service serves and from where; it is nil where it would have nothing to do.
func frontOf(app *service.App, name string) *front {
	s := app.Effective(name)
	f := &front{Port: frontPort}
	if s.Port == f.Port {
		f.Port++
	}
	f.fastCGI(s)
	for i, part := range fronted(s) {
		if f.Root != "" && part.Exact && part.Files == "" && part.Refuse == 0 { // no location may stand in an exact one
			part.Pattern, part.Exact, part.Path = true, false, pathExpression(part)
		}
		if part.Whole() || part.Conditional() || part.Pattern && !limited(part) {
			continue
		}
		one := frontPart{Place: location(part), Code: part.Refuse, Limits: limits(part, i), Pages: f.Root != "" && !part.Exact}
		if part.Files != "" {
			one.What = commentLine(part.Files)
			if one.Alias = f.serve(s, stateDir(s, part.Files), strconv.Itoa(i)); one.Alias == "" {
				continue
			}
			if !part.Exact {
				one.Alias += "/"
			}
			one.Alias = quotable(one.Alias)
		}
		f.Parts = append(f.Parts, one)
	}
	if len(f.Parts)+len(frontRules(s))+len(wholeLimits(s)) == 0 && f.Root == "" {
		return nil
	}
	return f
}

// fastCGI has the web server serve the pages of a service that speaks FastCGI, and ask it for what they make. What the service
// keeps below them, such as uploads, is served from where it is kept, and never run.
func (f *front) fastCGI(s service.Service) {
	if s.Edge == nil || s.Edge.FastCGI == "" || !serves(s) {
		return
	}
	f.Pages = stateDir(s, s.Edge.FastCGI)
	if f.Root = f.serve(s, f.Pages, "pages"); f.Root == "" {
		return
	}
	for i, dir := range statePaths(s) {
		below, ok := strings.CutPrefix(dir, strings.TrimSuffix(f.Pages, "/")+"/")
		if !ok || slices.ContainsFunc(fronted(s), func(p service.Part) bool {
			return !p.Whole() && !p.Pattern && strings.HasPrefix("/"+below+"/", strings.TrimSuffix(p.Path, "/")+"/")
		}) {
			continue // or a part of the site says what is done there
		}
		if alias := f.serve(s, dir, "kept"+strconv.Itoa(i)); alias != "" {
			f.Parts = append(f.Parts, frontPart{Place: location(service.Part{Path: service.RoutePath("/" + below), Files: dir}), Alias: quotable(alias) + "/", What: commentLine(dir), Pages: true})
		}
	}
}

// serve finds what brings files to the web server, and says where they lie then: what the service keeps or is given, it has
// as well, and what lies in the image is copied out of it before. It is nowhere where nothing can bring them.
func (f *front) serve(s service.Service, from, number string) string {
	to, kept := path.Join(frontFiles, number), ""
	for _, dir := range statePaths(s) {
		if len(dir) > len(kept) && strings.HasPrefix(from+"/", strings.TrimSuffix(dir, "/")+"/") {
			kept = dir
		}
	}
	for _, file := range configFiles(s) {
		if file.target == from {
			kept = from
		}
	}
	below := strings.TrimPrefix(from, kept)
	switch {
	case kept != "" && !strings.Contains(below, "$"): // a variable, for nginx
		f.Shares = append(f.Shares, frontShare{kept, to})
		return path.Join(to, below)
	case kept != "", shellLess(s):
		return ""
	}
	to = path.Join(frontCopy, number)
	f.Copies = append(f.Copies, from, to)
	return to
}

// shellLess says of an image that it holds the program and nothing else: nothing in it could copy files.
func shellLess(s service.Service) bool { return !ownImage(s) && strings.EqualFold(s.Language, "go") }

// copying are the arguments of the shell that copies the files out of the image; what the image lacks is said, and left out.
func (f *front) copying() []string {
	const each = `while [ $# -gt 1 ]; do rm -rf "$2"; if [ -e "$1" ]; then cp -R "$1" "$2"; else echo "the image has no $1"; fi; shift 2; done`
	return append([]string{"-c", each, "sh"}, f.Copies...)
}

// frontName names the ConfigMap with the web server's configuration, and the file that it is made of.
func frontName(name string) string { return name + "-front" }

func frontFile(name string) string { return kubeBase + frontName(name) + ".conf" }

// frontConf renders the configuration of a service's web server.
func frontConf(app *service.App, name string) ([]fileset.File, error) {
	f := frontOf(app, name)
	if f == nil {
		return nil, nil
	}
	s := app.Effective(name)
	text, err := execute("kube/base/front.conf", map[string]any{"Port": f.Port, "Target": s.Port, "Parts": f.Parts, "Rules": frontRules(s), "Asked": frontAsks(s), "Whole": wholeLimits(s), "Rates": frontRates(s), "Clients": knowsClients(s),
		"Pages": quotable(f.Pages), "Root": quotable(f.Root), "From": commentLine(f.Pages)})
	if err != nil {
		return nil, err
	}
	return []fileset.File{{Path: frontFile(name), Data: text}}, nil
}

// location is the path of a part as nginx has it: not escaped, in quotes; a directory ends with a slash.
func location(p service.Part) string {
	if p.Pattern {
		return `~ "` + quotable(p.Path) + `"`
	}
	at := routePath(service.Route{Path: p.Path})
	if plain, err := url.PathUnescape(at); err == nil {
		at = plain
	}
	if p.Files != "" && !p.Exact {
		at = strings.TrimSuffix(at, "/") + "/"
	}
	at = `"` + quotable(at) + `"`
	if p.Exact {
		return "= " + at
	}
	return "^~ " + at
}

// quotable is a text as it stands between the quotes of nginx, which takes a backslash before a backslash, a quote, t, r and n.
func quotable(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(strings.Map(printable, text))
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}
