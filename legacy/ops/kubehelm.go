package ops

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	onlyTemplate = scan.MustCompile(`^\s*(-\s*)?(\{\{[^}]*\}\}\s*)+(#.*)?$`)
	templateCall = scan.MustCompile(`\{\{-?\s*([^}]*?)\s*-?\}\}`)
	valuesPath   = scan.MustCompile(`\.Values\.([\w.]+)`)
	defaultText  = scan.MustCompile(`default\s+"?([\w./:-]+)"?`)
)

// withoutTemplates makes YAML of a chart's template without rendering it: lines that only steer are left empty, values of
// values.yaml are put in where their path stands alone, and what is left becomes <helm>. Lines keep their numbers.
func (k *kubernetes) withoutTemplates(file, text string) string {
	values, chart := k.values(file)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.Contains(line, "{{") {
			if strings.Contains(line, "}}") { // the end of a call that goes over several lines
				lines[i] = ""
			}
			continue
		}
		if onlyTemplate.MatchString(line) || !strings.Contains(line, "}}") {
			lines[i] = ""
			continue
		}
		lines[i] = templateCall.ReplaceAllStringFunc(line, func(call string) string {
			return helmValue(templateCall.FindStringSubmatch(call)[1], values, chart)
		})
	}
	return strings.Join(lines, "\n")
}

func helmValue(call string, values *yaml.Node, chart string) string {
	if m := valuesPath.FindStringSubmatch(call); m != nil {
		if v := scalar(at(values, strings.Split(m[1], ".")...)); v != "" && !strings.ContainsAny(v, "\n\"'#{}") && len(v) < 500 {
			return v
		}
	}
	if m := defaultText.FindStringSubmatch(call); m != nil && !strings.HasPrefix(m[1], ".") {
		return m[1]
	}
	if strings.HasPrefix(call, ".Chart.Name") && chart != "" {
		return chart
	}
	return "<helm>"
}

// values are those of the chart that a template belongs to, with the chart's name.
func (k *kubernetes) values(file string) (values *yaml.Node, chart string) {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if k.t.Has(path.Join(dir, "Chart.yaml")) || k.t.Has(path.Join(dir, "values.yaml")) {
			silent := &scan.Report{}
			if k.t.Has(path.Join(dir, "Chart.yaml")) {
				chart = scalar(child(mappingOf(k.t, path.Join(dir, "Chart.yaml"), silent), "name"))
			}
			if k.t.Has(path.Join(dir, "values.yaml")) {
				values = mappingOf(k.t, path.Join(dir, "values.yaml"), silent)
			}
			return values, chart
		}
		if dir == "." {
			return nil, ""
		}
	}
}
