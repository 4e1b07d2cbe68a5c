package requests

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

var postmanMark = pattern.MustCompile(`schema\.(?:get)?postman\.com/json/collection|"_postman_id"|"_postman_variable_scope"|"postman_id"`)

func isPostman(name string, text []byte) bool {
	return strings.HasSuffix(strings.ToLower(name), ".json") && postmanMark.Match(text[:min(len(text), 64<<10)])
}

// readPostman reads a collection of Postman, v2.0 or v2.1. Of an environment nothing is taken over.
func readPostman(f *file) error {
	root, err := document(f.text)
	if err != nil {
		return err
	}
	switch {
	case at(root, "values") != nil:
		f.left(1, "the environment "+text(at(root, "name")), "values belong to an environment: export those that the checks name as variables")
		return nil
	case at(root, "item") == nil && bytes.Contains([]byte(f.text), []byte(`"requests"`)):
		return errors.New("a collection of Postman's version 1; export it as v2.1")
	case at(root, "item") == nil:
		return errors.New(`a collection of Postman without "item"`)
	}
	p := &postman{file: f}
	p.variables(at(root, "variable"))
	p.folder(root, nil, at(root, "auth"), 0)
	return nil
}

type postman struct {
	*file
	visited int
}

func (p *postman) variables(list *yaml.Node) {
	for _, v := range items(list) {
		name := text(at(v, "key"))
		if name == "" {
			name = text(at(v, "id"))
		}
		if value := text(at(v, "value")); name != "" && value != "" && text(at(v, "disabled")) != "true" {
			p.vars.known[name] = value
		}
	}
}

// folder reads the items of a collection or folder; the account that it names holds for all in it.
func (p *postman) folder(n *yaml.Node, names []string, auth *yaml.Node, depth int) {
	if depth > 50 {
		p.left(n.Line, strings.Join(names, " / "), "more than 50 folders deep")
		return
	}
	for _, item := range items(at(n, "item")) {
		if p.visited++; p.visited > maxNodes {
			return
		}
		item = resolved(item)
		path := append(append([]string(nil), names...), text(at(item, "name")))
		own := auth
		if a := at(item, "auth"); a != nil {
			own = a
		}
		if at(item, "item") != nil {
			p.folder(item, path, own, depth+1)
			continue
		}
		if request := at(item, "request"); request != nil {
			p.request(item, request, strings.Join(path, " / "), own)
		}
	}
}

func (p *postman) request(item, n *yaml.Node, name string, auth *yaml.Node) {
	r := Request{Line: item.Line, Name: name, Method: "GET", Silent: true}
	raw := ""
	if n.Kind == yaml.ScalarNode {
		raw = n.Value
	} else {
		if m := text(at(n, "method")); m != "" {
			r.Method = strings.ToUpper(m)
		}
		raw = postmanURL(at(n, "url"))
	}
	if a := at(n, "auth"); a != nil {
		auth = a
	}
	err := p.parts(&r, n, auth)
	filled := raw
	if err == nil {
		filled, err = p.vars.fill(raw)
	}
	if err != nil {
		p.left(r.Line, r.Method+" "+raw, "%v", err)
		return
	}
	for _, e := range items(at(item, "event")) {
		if text(at(e, "listen")) != "test" {
			continue
		}
		lines := at(e, "script", "exec")
		script := text(lines)
		for _, l := range items(lines) {
			script += text(l) + "\n"
		}
		p.scripts(&r, withoutComments(script), r.Line)
	}
	p.add(r, filled)
	for _, c := range r.Capture {
		p.vars.captured[c.Name] = true
	}
}

var lineComment = pattern.MustCompile(`(?m)^\s*//.*$`)

func withoutComments(script string) string { return lineComment.ReplaceAllString(script, "") }

var postmanPathVariable = pattern.MustCompile(`/:([A-Za-z_]\w*)`)

// postmanURL is the URL of a request: raw where it stands, else from its parts; :name becomes {{name}} or its value.
func postmanURL(n *yaml.Node) string {
	if n == nil || n.Kind == yaml.ScalarNode {
		return text(n)
	}
	raw := text(at(n, "raw"))
	if raw == "" {
		var parts []string
		for _, p := range items(at(n, "path")) {
			parts = append(parts, text(p))
		}
		var host []string
		for _, h := range items(at(n, "host")) {
			host = append(host, text(h))
		}
		raw = strings.Join(host, ".") + "/" + strings.Join(parts, "/")
	}
	raw, _, _ = strings.Cut(raw, "?")
	values := map[string]string{}
	for _, v := range items(at(n, "variable")) {
		values[text(at(v, "key"))] = text(at(v, "value"))
	}
	scheme := schemeStart.FindString(raw)
	raw = scheme + postmanPathVariable.ReplaceAllStringFunc(raw[len(scheme):], func(m string) string {
		if value := values[m[2:]]; value != "" {
			return "/" + value
		}
		return "/{{" + m[2:] + "}}"
	})
	mark := "?"
	for _, q := range items(at(n, "query")) {
		if text(at(q, "disabled")) == "true" || text(at(q, "key")) == "" {
			continue
		}
		raw += mark + strings.NewReplacer("&", "%26", "#", "%23").Replace(text(at(q, "key"))) + "=" + strings.NewReplacer("&", "%26", "#", "%23").Replace(text(at(q, "value")))
		mark = "&"
	}
	return raw
}

// parts reads headers, body and account.
func (p *postman) parts(r *Request, n, auth *yaml.Node) error {
	for _, h := range items(at(n, "header")) {
		if text(at(h, "disabled")) == "true" || text(at(h, "key")) == "" {
			continue
		}
		value, err := p.vars.fill(text(at(h, "value")))
		if err != nil {
			return fmt.Errorf("its header %s: %w", text(at(h, "key")), err)
		}
		r.Headers = append(r.Headers, Field{strings.TrimSpace(text(at(h, "key"))), value})
	}
	if err := p.body(r, at(n, "body")); err != nil {
		return err
	}
	return p.account(r, auth)
}

func (p *postman) body(r *Request, n *yaml.Node) error {
	if n == nil || text(at(n, "disabled")) == "true" {
		return nil
	}
	var err error
	switch mode := text(at(n, "mode")); mode {
	case "raw":
		if r.Body, err = p.vars.fill(text(at(n, "raw"))); err != nil {
			return fmt.Errorf("its body: %w", err)
		}
		r.HasBody = strings.TrimSpace(r.Body) != ""
		if language := text(at(n, "options", "raw", "language")); r.HasBody && r.Header("Content-Type") == "" && (language == "json" || language == "xml") {
			r.Headers = append(r.Headers, Field{"Content-Type", "application/" + language})
		}
	case "urlencoded":
		for _, f := range items(at(n, mode)) {
			if text(at(f, "disabled")) == "true" {
				continue
			}
			value, err := p.vars.fill(text(at(f, "value")))
			if err != nil {
				return fmt.Errorf("its form: %w", err)
			}
			r.Form = append(r.Form, Field{text(at(f, "key")), value})
		}
	case "formdata":
		for _, f := range items(at(n, mode)) {
			if text(at(f, "type")) == "file" {
				r.Parts = append(r.Parts, Part{Name: text(at(f, "key")), File: plain(text(at(f, "src")))})
				continue
			}
			value, err := p.vars.fill(text(at(f, "value")))
			if err != nil {
				return fmt.Errorf("its form: %w", err)
			}
			r.Parts = append(r.Parts, Part{Name: text(at(f, "key")), Value: value})
		}
	case "graphql":
		r.Body, r.HasBody = plain(graphQL(text(at(n, mode, "query")))), true
		r.Headers = append(r.Headers, Field{"Content-Type", "application/json"})
	case "file":
		r.BodyFile = plain(text(at(n, mode, "src")))
	}
	return nil
}

// account reads auth, whose values are a list in v2.1 and a mapping in v2.0.
func (p *postman) account(r *Request, n *yaml.Node) error {
	kind := text(at(n, "type"))
	get := func(name string) string {
		value := text(at(n, kind, name))
		for _, v := range items(at(n, kind)) {
			if text(at(v, "key")) == name {
				value = text(at(v, "value"))
			}
		}
		filled, err := p.vars.fill(value)
		if err != nil || filled == "" {
			return "${" + envName(name) + "}"
		}
		return filled
	}
	switch kind {
	case "", "noauth":
	case "basic":
		r.Auth = &Auth{get("username"), get("password")}
	case "bearer":
		r.Headers = append(r.Headers, Field{"Authorization", "Bearer " + get("token")})
	case "apikey":
		name, value := get("key"), get("value")
		if !onlyVariables(value) { // a key by its place, whatever it is called
			value = "${" + envName(name) + "}"
		}
		if text(at(n, kind, "in")) == "query" {
			return errors.New("its key stands in the query, which is not taken over")
		}
		r.Headers = append(r.Headers, Field{name, value})
	case "oauth2":
		r.Headers = append(r.Headers, Field{"Authorization", "Bearer ${TOKEN}"})
	default:
		return fmt.Errorf("its account is by %s, which no check can do", kind)
	}
	return nil
}
