package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	// of annotations, with the path given in clear or by a constant's name, and of Spark's and Javalin's calls
	javaRoute = scan.MustCompile(`@(?:GetMapping|RequestMapping|Path|WebServlet|Get|Controller)\(\s*(?:(?:method|name|produces|displayName)\s*=\s*[\w.{}"/+-]+\s*,\s*)*(?:(?:value|path|urlPatterns)\s*=\s*)?\{?\s*(?:"(/?[\w./-]+)"|((?:\w+\.)*[A-Z][A-Z0-9_]+)\s*[),])|\b(?:get|path|Spark\.get)\(\s*"(/[\w./-]+)"`)
	ofClass   = scan.MustCompile(`^[^{};=]{0,300}?(?:\)|\s)(?:public\s+|final\s+|open\s+|abstract\s+|internal\s+)*(?:class|interface|object)\s+\w+`)
	pathConst = scan.MustCompile(`\bString\s+(\w+)\s*=\s*"(/?[\w./-]+)"|\bconst\s+val\s+(\w+)\s*=\s*"(/?[\w./-]+)"`)
	restBase  = scan.MustCompile(`@ApplicationPath\(\s*"(/?[\w./-]*)"`)
)

// healthWords stand in every file that serves a health endpoint, and in few others.
var healthWords = []string{"ealth", "HEALTH", "eartbeat", "/ping", "\"ping", "PING", "/status", "\"status", "STATUS", "/up\"", "\"up\"", "/live", "\"live", "alive", "sAlive", "sReady", "/read", "\"read", "/monitor", "\"monitor"}

// readRoutes reads the paths that one file serves. What stands at the class comes before what stands at its methods.
func (facts *javaFacts) readRoutes(p, text string) {
	if strings.Contains(text, "@ApplicationPath") {
		if m := restBase.FindStringSubmatch(text); m != nil {
			facts.base = strings.Trim(m[1], "/")
		}
	}
	if !hasAny(text, healthWords...) {
		return
	}
	if strings.Contains(text, "String ") || strings.Contains(text, "const val") {
		for _, g := range pathConst.FindAllStringSubmatch(text, 200) {
			if live, ready := healthRoute(g[2] + g[4]); live || ready {
				facts.constants[g[1]+g[3]] = "/" + strings.TrimPrefix(g[2]+g[4], "/")
			}
		}
	}
	if !strings.Contains(text, "@") && !strings.Contains(text, `get("/`) {
		return
	}
	prefix, line, at := "", 1, 0
	unknown := false // the class has its path from a constant
	for _, m := range javaRoute.FindAllStringSubmatchIndex(text, 2000) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		line += strings.Count(text[at:m[0]], "\n")
		at = m[0]
		name, class := group(2), ofClass.MatchString(text[m[1]:min(m[1]+600, len(text))])
		if class {
			unknown, prefix = name != "", ""
		} else if unknown && group(3) == "" {
			continue
		}
		if name != "" {
			facts.namedRoutes = append(facts.namedRoutes, route{path: name[strings.LastIndexByte(name, '.')+1:], below: prefix, file: p, line: line})
			continue
		}
		place := "/" + strings.Trim(group(1)+group(3), "/")
		if class {
			prefix = strings.TrimSuffix(place, "/")
		} else if group(1) != "" {
			place = prefix + place
		}
		found := route{path: place, file: p, line: line}
		if strings.HasPrefix(group(0), "@Path") {
			facts.restRoutes = append(facts.restRoutes, found)
		} else {
			facts.routes = append(facts.routes, found)
		}
	}
}

// finishRoutes puts the paths of constants in, and the base of JAX-RS, once all files are read.
func (facts *javaFacts) finishRoutes() {
	for _, found := range facts.restRoutes {
		if facts.base != "" {
			found.path = "/" + facts.base + found.path
		}
		facts.routes = append(facts.routes, found)
	}
	for _, named := range facts.namedRoutes {
		if place, ok := facts.constants[named.path]; ok {
			facts.routes = append(facts.routes, route{path: named.below + place, file: named.file, line: named.line})
		}
	}
}
