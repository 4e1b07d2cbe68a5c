package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Routes of NestJS: what a controller and its methods say, behind the prefix and the version that all of them have.
var (
	nestMark    = scan.MustCompile("@(Controller|Get|All)\\(\\s*(?:['\"`]([^'\"`\\n]{0,120})['\"`]|\\{([^}]{0,300})\\})?")
	nestPath    = scan.MustCompile("\\bpath:\\s*['\"`]([^'\"`\\n]{0,120})['\"`]")
	nestVersion = scan.MustCompile("\\bversion:\\s*(?:['\"`](\\w+)['\"`]|(VERSION_NEUTRAL))")
	nestPrefix  = scan.MustCompile("\\.setGlobalPrefix\\(\\s*(?:[^'\"`;]{0,80}['\"`]([^'\"`\\n$]{1,80})['\"`]\\s*)?([^;]{0,600})")
	nestNamed   = scan.MustCompile(`\.setGlobalPrefix\(\s*([A-Za-z_][\w.]*)\s*[,)]`)
	nestInURL   = scan.MustCompile(`\.enableVersioning\(([^;]{0,300})`)
	nestDefault = scan.MustCompile("\\bdefaultVersion:\\s*['\"`](\\w+)['\"`]")
)

// nestRoutes is what stands before the paths of all controllers.
type nestRoutes struct {
	prefix, except string // and what comes without
	unknown        bool   // the prefix is worked out while it runs
	versions       bool   // are in the path
	version        string // of controllers that say none
}

func (p *nodeProject) nest() nestRoutes {
	n := nestRoutes{}
	for _, s := range p.sources {
		if found := nestPrefix.FindStringSubmatch(s.text); found != nil {
			n.prefix, n.except, n.unknown = strings.Trim(found[1], "/"), found[2], found[1] == ""
			if named := nestNamed.FindStringSubmatch(s.text); named != nil && n.unknown {
				set, _, ok := p.lookUp(value{kind: valName, text: named[1]}, func(v value) bool { return v.kind == valString })
				n.prefix, n.unknown = strings.Trim(set.text, "/"), !ok
			}
		}
		if found := nestInURL.FindStringSubmatch(s.text); found != nil && !hasAny(found[1], "VersioningType.HEADER", "VersioningType.MEDIA_TYPE", "VersioningType.CUSTOM") {
			n.versions = true
			if d := nestDefault.FindStringSubmatch(found[1]); d != nil {
				n.version = d[1]
			}
		}
	}
	return n
}

// routes are the paths that the controllers of a file answer by GET; none where what stands before them isn't known.
func (n nestRoutes) routes(s *source) []route {
	if n.unknown || !strings.Contains(s.text, "@Controller") {
		return nil
	}
	var routes []route
	controller, version, inside := "", "", false
	for _, found := range scan.Find(s.text, nestMark) {
		own := strings.Trim(found.Groups[2], "/")
		if given := nestPath.FindStringSubmatch(found.Groups[3]); given != nil {
			own = strings.Trim(given[1], "/")
		}
		if found.Groups[1] == "Controller" {
			controller, version, inside = own, n.version, true
			if v := nestVersion.FindStringSubmatch(found.Groups[3]); v != nil {
				version = v[1]
			}
			continue
		}
		if !inside {
			continue
		}
		prefix, inURL := n.prefix, ""
		if n.versions && version != "" {
			inURL = "v" + version
		}
		if controller != "" && hasAny(n.except, "'"+controller+"'", "'/"+controller+"'", "\""+controller+"\"", "\"/"+controller+"\"", "'"+controller+"/", "\""+controller+"/") {
			prefix = ""
		}
		routes = append(routes, route{path: path.Join("/", prefix, inURL, controller, own), file: s.file, line: found.Line})
	}
	return routes
}
