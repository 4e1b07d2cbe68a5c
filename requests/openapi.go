package requests

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

var (
	openapiName = pattern.MustCompile(`(?i)\.(json|ya?ml)$`)
	openapiMark = pattern.MustCompile(`(?m)^\s*\{?\s*["']?(openapi|swagger)["']?\s*:\s*["']?[23]`)
)

func isOpenAPI(name string, text []byte) bool {
	return openapiName.MatchString(name) && (openapiMark.Match(text) || minifiedMark.Match(text[:min(len(text), 64<<10)]))
}

var minifiedMark = pattern.MustCompile(`"(openapi|swagger)"\s*:\s*"[23]`)

// readOpenAPI reads a description in OpenAPI 3 or Swagger 2. What it says can be asked for safely are GETs whose parameters
// are optional or have an example.
func readOpenAPI(f *file) error {
	root, err := document(f.text)
	if err != nil {
		return err
	}
	paths := at(root, "paths")
	if paths == nil {
		return fmt.Errorf(`a description of OpenAPI without "paths"`)
	}
	o := &openapi{file: f, root: root}
	o.base = o.basePath()
	keyed(paths, func(key, item *yaml.Node) {
		keyed(o.follow(item), func(method, operation *yaml.Node) {
			switch m := strings.ToUpper(method.Value); m {
			case "GET", "HEAD":
				o.operation(m, key, method.Line, item, operation)
			case "POST", "PUT", "PATCH", "DELETE":
				o.left(method.Line, m+" "+o.base+key.Value, "it writes; what to send and what must not be lost is for people to say")
			}
		})
	})
	return nil
}

type openapi struct {
	*file
	root *yaml.Node
	base string
}

// basePath is what stands before every path: basePath of Swagger, the path of the first server of OpenAPI.
func (o *openapi) basePath() string {
	base := text(at(o.root, "basePath"))
	if servers := items(at(o.root, "servers")); len(servers) > 0 {
		base = text(at(servers[0], "url"))
		keyed(at(servers[0], "variables"), func(key, value *yaml.Node) {
			base = strings.ReplaceAll(base, "{"+key.Value+"}", text(at(value, "default")))
		})
		if u, err := url.Parse(base); err == nil {
			base = u.Path
		}
	}
	if base = strings.TrimRight(base, "/"); base != "" && base[0] != '/' {
		base = "/" + base
	}
	return base
}

// follow leads through $ref inside of the file.
func (o *openapi) follow(n *yaml.Node) *yaml.Node {
	for range 20 {
		ref := text(at(n, "$ref"))
		if ref == "" {
			return resolved(n)
		}
		path, inside := strings.CutPrefix(ref, "#/")
		if !inside {
			return nil
		}
		var keys []string
		for _, k := range strings.Split(path, "/") {
			keys = append(keys, strings.NewReplacer("~1", "/", "~0", "~").Replace(unescaped(k)))
		}
		n = at(o.root, keys...)
	}
	return nil
}

func (o *openapi) operation(method string, key *yaml.Node, line int, item, operation *yaml.Node) {
	target := o.base + key.Value
	what := method + " " + target
	if text(at(operation, "deprecated")) == "true" {
		o.left(line, what, "it is marked as deprecated")
		return
	}
	r := Request{Line: line, Method: method, Name: what}
	var query []Field
	for _, list := range []*yaml.Node{at(item, "parameters"), at(operation, "parameters")} {
		for _, p := range items(list) {
			why := o.parameter(o.follow(p), &r, &target, &query)
			if why != "" {
				o.left(line, what, "%s", why)
				return
			}
		}
	}
	if strings.ContainsAny(target, "{}") {
		o.left(line, what, "a parameter that is required has no example in the description")
		return
	}
	r.Secured = o.secured(operation)
	o.answers(&r, at(operation, "responses"))
	o.add(r, addQuery(plain(target), query))
}

// searchTerm is a parameter that says what to look for: without one there is nothing to answer, whatever the description says
// of its being optional.
var searchTerm = pattern.MustCompile(`(?i)^(q|query|search\w*|term|keywords?|lat|latitude|lon|lng|long|longitude)$`)

// parameter takes over one that is required, with its example; the reason where it has none.
func (o *openapi) parameter(p *yaml.Node, r *Request, target *string, query *[]Field) string {
	name, in := text(at(p, "name")), text(at(p, "in"))
	if p == nil || in == "body" || in == "formData" || text(at(p, "required")) != "true" {
		r.Data = r.Data || in == "query" && searchTerm.MatchString(name)
		return ""
	}
	value := o.example(p)
	if value == "" {
		return "a parameter that is required has no example in the description"
	}
	switch in {
	case "path":
		*target = strings.ReplaceAll(*target, "{"+name+"}", url.PathEscape(value))
		r.Data = true
	case "query":
		*query = append(*query, Field{name, plain(value)})
	case "header":
		r.Headers = append(r.Headers, Field{name, plain(value)})
	}
	return ""
}

// example is the example or default of a parameter, or the first of the values that it may have.
func (o *openapi) example(p *yaml.Node) string {
	schema := o.follow(at(p, "schema"))
	for _, n := range []*yaml.Node{p, schema} {
		for _, key := range []string{"example", "x-example", "default"} {
			if value := text(at(n, key)); value != "" {
				return value
			}
		}
		if list := items(at(n, "enum")); len(list) > 0 {
			return text(resolved(list[0]))
		}
	}
	value := ""
	keyed(at(p, "examples"), func(_, n *yaml.Node) {
		if value == "" {
			value = text(at(o.follow(n), "value"))
		}
	})
	return value
}

// secured says whether an account is needed: each of the ways in names a scheme.
func (o *openapi) secured(operation *yaml.Node) bool {
	list := at(operation, "security")
	if list == nil {
		list = at(o.root, "security")
	}
	ways := items(list)
	for _, way := range ways {
		if n := resolved(way); n == nil || len(n.Content) == 0 {
			return false
		}
	}
	return len(ways) > 0
}

// answers takes the status and the kind of the first good answer over.
func (o *openapi) answers(r *Request, responses *yaml.Node) {
	keyed(responses, func(key, n *yaml.Node) {
		status := strings.ToLower(key.Value)
		if len(r.Asserts) > 0 || len(status) != 3 || status[0] != '2' && status[0] != '3' {
			return
		}
		r.Asserts = append(r.Asserts, Assert{key.Line, Query{Kind: OfStatus}, Equal, []string{status}})
		n = o.follow(n)
		media, schema := "", at(n, "schema")
		keyed(at(n, "content"), func(key, value *yaml.Node) {
			if media == "" || key.Value == "application/json" {
				media, schema = key.Value, at(value, "schema")
			}
		})
		if list := items(at(o.root, "produces")); media == "" && schema != nil && len(list) == 1 {
			media = text(list[0])
		}
		if media, _, _ = strings.Cut(media, ";"); media == "" || strings.Contains(media, "*") || status == "204" || r.Method == "HEAD" {
			return
		}
		r.Asserts = append(r.Asserts, Assert{key.Line, Query{Kind: OfHeader, Arg: "Content-Type"}, Matches, mediaPattern(media)})
		if kind := text(at(o.follow(schema), "type")); strings.Contains(media, "json") && (kind == "array" || kind == "object") {
			r.Asserts = append(r.Asserts, Assert{key.Line, Query{Kind: OfJSON, Arg: "$"}, Is, kind})
		}
	})
	r.Silent = len(r.Asserts) == 0
}

func mediaPattern(media string) string {
	if strings.Contains(media, "json") {
		return "json"
	}
	return regexp.QuoteMeta(media)
}
