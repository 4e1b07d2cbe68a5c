package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// pointedBy says through which variable the need's address can be given: a placeholder in the value, Spring Boot's relaxed
// name of the key, or a variable of that name which the code reads.
func (c *javaConfig) pointedBy(n *scan.Need, key, env string, whole bool, v javaValue) {
	raw := v.text
	if scan.HasAccount(raw) {
		return
	}
	inner := strings.Contains(raw, "${")
	switch {
	case whole && env != "":
		if !scan.SecretName(env) {
			n.Env = map[string]string{env: addressTemplate(javaDefault(raw))}
		}
	case inner && !whole:
		n.Env = addressVariables(raw)
		filled := addressTemplate(anyPlaceholder.ReplaceAllString(raw, "$2"))
		if len(n.Env) == 0 && c.relaxed && strings.Contains(filled, "{host}") {
			n.Env[relaxedName(key)] = filled
		}
	case c.relaxed, c.m.facts.known[relaxedName(key)]:
		if text := javaDefault(raw); text != "" { // of ${another.key:default}
			raw = text
		}
		n.Env = map[string]string{relaxedName(key): addressTemplate(raw)}
	}
	if port := hostSuffix.ReplaceAllString(key, "") + ".port"; c.relaxed && hostSuffix.MatchString(key) {
		if v, ok := c.settings.get(port); ok && !strings.Contains(v.text, "${") {
			n.Env[relaxedName(port)] = "{port}"
		}
	}
	c.unfilled(v)
}

// addressPlace is where an address has its host: behind //, @ or @// of a URL.
var addressPlace = scan.MustCompile(`(?://|@)\$\{([\w.-]+)(?::-?[^{}]*)?\}(:|[/?;,]|$)`)

// addressVariables are the variables in a value that stand for the host and the port of its address: by their names, or
// by the place of one: //${DB_ENDPOINT}/shop.
func addressVariables(raw string) map[string]string {
	found := map[string]string{}
	for _, m := range anyPlaceholder.FindAllStringSubmatch(raw, 10) {
		words := splitName(m[1])
		if len(words) == 0 || !environ.MatchString(m[1]) {
			continue
		}
		switch words[len(words)-1] {
		case "host", "hostname", "addr", "server":
			found[m[1]] = "{host}"
		case "port":
			found[m[1]] = "{port}"
		}
	}
	if m := addressPlace.FindStringSubmatch(raw); m != nil && environ.MatchString(m[1]) && found[m[1]] == "" {
		if found[m[1]] = "{host}:{port}"; m[2] == ":" {
			found[m[1]] = "{host}"
		}
	}
	return found
}

// unfilled reports the variables of a value of Spring's that have no default: the program does not start without them.
func (c *javaConfig) unfilled(v javaValue) {
	if !c.relaxed {
		return
	}
	for _, m := range anyPlaceholder.FindAllStringSubmatch(v.text, 20) {
		if strings.HasPrefix(m[0], "$") && environ.MatchString(m[1]) && !strings.Contains(m[0], ":") {
			c.r.Find(scan.Finding{Dir: c.m.dir, Requires: m[1]}, v.file, v.line, scan.Declared, "the code stops without it")
		}
	}
}
