package ops

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	onlyTemplate = scan.MustCompile(`^\s*(-\s*)?(\{\{[^}]*\}\}\s*)+(#.*)?$`)
	templateCall = scan.MustCompile(`\{\{-?\s*([^}]*?)\s*-?\}\}`)
	valuesPath   = scan.MustCompile(`\.Values\.([\w.]+)`)
	valuesIndex  = scan.MustCompile(`\bindex\s+\.Values((?:\s+"[\w.-]+")+)`)
	defaultText  = scan.MustCompile(`default\s+(?:"([^"\n#{}]*)"|([\w./:-]+))`)
)

// withoutTemplates makes YAML of a chart's template without rendering it: lines that only steer are left empty, values of
// values.yaml are put in where their path stands alone, and what is left becomes <helm>. Lines keep their numbers.
func (k *kubernetes) withoutTemplates(file, text string, values *yaml.Node, chart string) string {
	lines := strings.Split(text, "\n")
	leaveOut(lines, func(condition string) bool { return onlyOthers(condition) || k.isOff(condition, file, values) })
	open := false // a call that goes over several lines
	for i, line := range lines {
		if open {
			open, lines[i] = !strings.Contains(line, "}}"), ""
			continue
		}
		if !strings.Contains(line, "{{") {
			continue
		}
		open = !strings.Contains(line[strings.LastIndex(line, "{{"):], "}}")
		if onlyTemplate.MatchString(line) || !strings.Contains(line, "}}") {
			words, last := wordsBelow(lines, i, values)
			clear(lines[i : last+1])
			if words != "" {
				lines[i] = strings.Repeat(" ", 1+strings.IndexByte(lines[i-1], ':')) + words
			}
			continue
		}
		lines[i] = templateCall.ReplaceAllStringFunc(line, func(call string) string {
			inner := templateCall.FindStringSubmatch(call)[1]
			if words := wordsOf(valueAt(inner, values)); words != "" && wantsWords.MatchString(templateCall.ReplaceAllString(line, "")) {
				return words
			}
			value := helmValue(inner, values, chart)
			if value == unfilled && samePlaces.MatchString(line) {
				value = helmValue(inner, k.liveValues(chartOf(k.t, file)), chart)
			}
			if wholeValue.MatchString(line) && startsSyntax.MatchString(value) {
				return strconv.Quote(value) // as a chart that works has it, in one way or another
			}
			return value
		})
	}
	return strings.Join(lines, "\n")
}

// wholeValue is a line whose value is a template's call alone, startsSyntax a text that YAML would take for something else. A
// list in brackets may be meant.
var (
	wholeValue   = scan.MustCompile(`^\s*(?:-\s*)?(?:[\w.-]+:\s*)?\{\{[^}]*\}\}\s*$`)
	startsSyntax = scan.MustCompile(`^[*&!%@|>?,-]`)
)

var (
	steers   = scan.MustCompile(`\{\{-?\s*(if|with|range|block|define|else|end)\b([^}]*)`)
	isOneOf  = scan.MustCompile(`\beq\b`)
	notThese = scan.MustCompile(`\b(ne|not|and)\b`)
	quotes   = scan.MustCompile(`\|\s*quote\s*-?$`)
	quoted   = scan.MustCompile(`"([^"]*)"`)
)

// leaveOut empties the lines of branches that production does not have: if eq .Values.env "dev".
func leaveOut(lines []string, out func(condition string) bool) {
	depth, from := 0, 0 // from is the depth of the branch that is left out, 0 outside of one
	for i, line := range lines {
		for _, m := range steers.FindAllStringSubmatch(line, 20) {
			switch word := m[1]; {
			case word == "end":
				if depth--; depth < from {
					from = 0
				}
			case word == "else" && depth == from:
				from = 0
			case word == "else":
			default:
				if depth++; from == 0 && word == "if" && out(m[2]) {
					from = depth
				}
			}
		}
		if from > 0 && depth >= from {
			lines[i] = ""
		}
	}
}

// onlyOthers says whether a condition holds in other environments than production alone.
func onlyOthers(condition string) bool {
	names := quoted.FindAllStringSubmatch(condition, 20)
	if len(names) == 0 || !isOneOf.MatchString(condition) || notThese.MatchString(condition) {
		return false
	}
	for _, n := range names {
		if !otherEnvironment.MatchString("-" + n[1] + ".") {
			return false
		}
	}
	return true
}

// oneValue is a condition that is nothing but a value: if .Values.tracing.enabled.
var oneValue = scan.MustCompile(`^\s*\(?\s*\.Values\.([\w.]+)\s*\)?\s*-?\s*$`)

// isOff says whether a condition is a value that values.yaml has off, and that no other file of values sets. A note names it.
func (k *kubernetes) isOff(condition, file string, values *yaml.Node) bool {
	m := oneValue.FindStringSubmatch(condition)
	if m == nil {
		return false
	}
	off := at(values, strings.Split(m[1], ".")...)
	if scalar(off) != "false" {
		return false
	}
	chart := chartOf(k.t, file)
	if field, found := strings.CutPrefix(m[1], turnValue+"."); found {
		return k.itemIsOff(chart, scalar(at(values, turnName)), field, off)
	}
	last := m[1][strings.LastIndexByte(m[1], '.')+1:] + ":"
	for _, p := range slices.Concat(k.t.Below(chart), k.t.Below(path.Dir(chart))) {
		base := path.Base(p)
		if base != "values.yaml" && strings.Contains(base, "values") && chart != "" && strings.Contains(k.t.Text(p, &scan.Report{}), last) {
			return false
		}
	}
	k.noteOff(chart, m[1], off)
	return true
}

func (k *kubernetes) noteOff(chart, what string, off *yaml.Node) {
	if chart != "" {
		k.r.NoteItem(nil, path.Join(chart, "values.yaml"), off.Line, "parts of the chart that are off here are left out; what production switches on belongs into "+service.FileName, what)
	}
}

// valueAt is what a call takes from the values, nil where it takes nothing from there.
func valueAt(call string, values *yaml.Node) *yaml.Node {
	if m := valuesPath.FindStringSubmatch(call); m != nil {
		return at(values, strings.Split(m[1], ".")...)
	}
	if m := valuesIndex.FindStringSubmatch(call); m != nil { // a key that is no identifier is looked up so
		return at(values, strings.Fields(strings.ReplaceAll(m[1], `"`, ""))...)
	}
	return nil
}

func helmValue(call string, values *yaml.Node, chart string) string {
	if v := scalar(valueAt(call, values)); v != "" && !strings.ContainsAny(v, "\n\"'#{}") && len(v) < 500 {
		if quotes.MatchString(call) {
			return strconv.Quote(v) // which a schedule wants: */5 is no YAML without
		}
		return v
	}
	if m := defaultText.FindStringSubmatch(call); m != nil && !strings.HasPrefix(m[2], ".") && !strings.Contains(m[1], ": ") {
		return m[1] + m[2]
	}
	if strings.HasPrefix(call, ".Chart.Name") && chart != "" {
		return chart
	}
	return unfilled
}

// unfilled stands where nothing here knows what a template puts in.
const unfilled = "<helm>"

// samePlaces are keys whose value is the image's, and so that of every place: production's holds for all of them.
var samePlaces = scan.MustCompile(`^\s*(?:-\s*)?(?:containerPort|targetPort|port|path|command|args):`)

// liveValues are those that production gives a chart, in a file of its own beside the chart or in its directory.
func (k *kubernetes) liveValues(chart string) *yaml.Node {
	if chart == "" {
		return nil
	}
	if known, ok := k.live[chart]; ok {
		return known
	}
	if k.live == nil {
		k.live = map[string]*yaml.Node{}
	}
	k.live[chart] = nil
	for _, p := range k.t.Below(path.Dir(chart)) {
		if dir := path.Dir(p); (dir == chart || dir == path.Dir(chart)) && valuesFile.MatchString(p) && environmentOfPath(path.Base(p)) == "production" {
			k.live[chart] = mappingOf(k.t, p, &scan.Report{})
			break
		}
	}
	return k.live[chart]
}

// chartImages gives the workloads of a chart whose image a template fills in the one that its other workloads run, where
// they run the same.
func (k *kubernetes) chartImages() {
	images := map[string]string{}
	for _, w := range k.workloads {
		chart := chartOf(k.t, w.file)
		if placeholder.MatchString(w.image) || w.image == "" {
			continue
		}
		if line := child(w.container, "image"); line != nil && !strings.Contains(k.t.Line(w.file, line.Line), "{{") && !k.calledAfterChart(w) {
			continue // that of a program beside what the chart installs
		}
		if have, ok := images[chart]; ok && parseImage(have).base != parseImage(w.image).base {
			images[chart] = ""
		} else if !ok {
			images[chart] = w.image
		}
	}
	for i := range k.workloads {
		w := &k.workloads[i]
		chart := chartOf(k.t, w.file)
		if chart != "" && strings.HasPrefix(w.file, chart+"/templates/") && images[chart] != "" && placeholder.MatchString(w.image) {
			w.image = images[chart]
		}
	}
}

// calledAfterChart says whether a workload runs the image that has its chart's name.
func (k *kubernetes) calledAfterChart(w workload) bool {
	_, chart := k.values(w.file)
	return chart != "" && placeName(chartWord.ReplaceAllString(chart, "")) == placeName(parseImage(w.image).base)
}

// chartOf is the directory of the chart that a file belongs to, "" where it is in none.
func chartOf(t *scan.Tree, file string) string {
	for dir := path.Dir(file); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if t.Has(path.Join(dir, "Chart.yaml")) {
			return dir
		}
	}
	return ""
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
