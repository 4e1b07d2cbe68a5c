package smoke

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

// upload is a file of a form.
type upload struct {
	field   string
	name    string // that the service is told
	kind    string // Content-Type
	path    string // from where migrate runs, for the curl line
	content []byte
}

func (c *checkDecoder) files(n *yaml.Node) []upload {
	var out []upload
	c.mapping(n, "files", nil, func(k, v *yaml.Node) bool {
		u := upload{field: k.Value}
		if v.Kind == yaml.MappingNode {
			c.mapping(v, "files "+k.Value, c.fileFields(&u), nil)
			if u.path == "" {
				c.fail(v, "files %s needs a \"file\"", k.Value)
			}
		} else {
			u.path, u.content = c.content(v, "files "+k.Value)
		}
		if u.name == "" {
			u.name = path.Base(u.path)
		}
		if u.kind == "" {
			u.kind = MediaOf(u.path)
		}
		out = append(out, u)
		return true
	})
	return out
}

func (c *checkDecoder) fileFields(u *upload) fields {
	line := func(v *yaml.Node, what string) string {
		text := c.text(v, what)
		if strings.ContainsAny(text, "\r\n\"") {
			c.fail(v, "%s must be one line without quotes", what)
		}
		return text
	}
	return fields{
		"file": func(_, v *yaml.Node) { u.path, u.content = c.content(v, "file") },
		"name": func(_, v *yaml.Node) { u.name = line(v, "name") },
		"type": func(_, v *yaml.Node) {
			if u.kind = line(v, "type"); !mediaForm.MatchString(u.kind) {
				c.fail(v, "type %q is no media type such as image/png", u.kind)
			}
		},
	}
}

// media are the types of what is sent from files. The machine's own table would make a run differ from another's.
var media = map[string]string{".json": "application/json", ".xml": "application/xml", ".html": "text/html", ".txt": "text/plain", ".csv": "text/csv",
	".yaml": "application/yaml", ".yml": "application/yaml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".svg": "image/svg+xml", ".pdf": "application/pdf", ".zip": "application/zip", ".gz": "application/gzip"}

// MediaOf is the Content-Type of a file that is sent, by its name.
func MediaOf(file string) string {
	if kind, ok := media[strings.ToLower(path.Ext(file))]; ok {
		return kind
	}
	return "application/octet-stream"
}
