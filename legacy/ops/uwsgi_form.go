package ops

import (
	"encoding/xml"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// uwsgiOptions gives the options of a file in their order, whichever of uWSGI's forms it has.
func uwsgiOptions(t *scan.Tree, p string, r *scan.Report) []iniEntry {
	data, err := t.Read(p)
	if err != nil {
		if strings.Contains(p, "uwsgi") {
			r.Note(p, 0, "%v", err)
		}
		return nil
	}
	text := string(data)
	if !strings.Contains(text, "uwsgi") {
		return nil
	}
	switch path.Ext(unitFile(p)) {
	case ".xml":
		return uwsgiXML(p, text, r)
	case ".yaml", ".yml":
		return uwsgiYAML(p, text, r)
	}
	var options []iniEntry
	for _, e := range parseINI(text, iniStyle{backslash: true, inline: true}) {
		switch {
		case e.section == "uwsgi":
			options = append(options, e)
		case e.section == "app:main": // PasteDeploy's, read with the code
			return nil
		}
	}
	return options
}

func uwsgiYAML(p, text string, r *scan.Report) []iniEntry {
	var options []iniEntry
	for _, doc := range documents(p, text, r) {
		for _, option := range pairs(at(doc, "uwsgi")) {
			for _, value := range items(option.value) {
				if value.Kind == yaml.ScalarNode {
					options = append(options, iniEntry{"uwsgi", option.key.Value, value.Value, value.Line})
				}
			}
		}
	}
	return options
}

// uwsgiXML reads <uwsgi><module>shop.wsgi</module><master/></uwsgi>, which may stand among others.
func uwsgiXML(p, text string, r *scan.Report) []iniEntry {
	var options []iniEntry
	dec := xml.NewDecoder(strings.NewReader(text))
	dec.Strict = false
	var open []string
	for len(options) < 1000 {
		token, err := dec.Token()
		if err != nil {
			if len(open) > 0 {
				r.Note(p, 0, "not understood as XML: %v", err)
			}
			return options
		}
		switch e := token.(type) {
		case xml.StartElement:
			if open = append(open, e.Name.Local); len(open) > 1 && open[len(open)-2] == "uwsgi" {
				line, _ := dec.InputPos()
				options = append(options, iniEntry{"uwsgi", e.Name.Local, "true", line})
			}
		case xml.CharData:
			if n := len(open); n > 1 && open[n-2] == "uwsgi" && strings.TrimSpace(string(e)) != "" {
				options[len(options)-1].value = strings.TrimSpace(string(e))
			}
		case xml.EndElement:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	return options
}
