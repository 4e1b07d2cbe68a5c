package export

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/smoke"
)

// Hurl writes a file of hurl (7.1 and later) for each suite. base is where the service is, for the line that shows how to
// run the file; {{base}} stands in the file itself.
func Hurl(suites []smoke.Suite, base string) ([]File, []Left) {
	var files []File
	var left []Left
	n := &names{}
	for _, s := range suites {
		h := &hurl{suite: s, base: base, variables: map[string]*string{}, steps: map[string][]string{}}
		text := h.file(n.name(suiteName(s.File), "-") + ".hurl")
		if text.Text != nil {
			files = append(files, text)
		}
		left = append(left, h.left...)
	}
	return files, left
}

// hurl is one file while it is written.
type hurl struct {
	list
	suite     smoke.Suite
	base      string
	b         strings.Builder
	asserts   []string
	variables map[string]*string  // of the environment, with what they are where they are unset
	steps     map[string][]string // the values inside of captured ones that later checks need: "first.id"
	written   int
	files     bool // some check sends one
	writes    bool
	why       string // the check at hand can't be said
}

func (h *hurl) file(name string) File {
	checks := h.suite.Plain()
	for _, c := range checks {
		h.inner(c)
	}
	for _, c := range checks {
		h.entry(c)
	}
	if h.written == 0 {
		return File{}
	}
	return File{name, []byte(h.head(name) + h.b.String())}
}

// head says how the file is run.
func (h *hurl) head(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# From %s by migrate smoke export.\n# hurl --test", h.suite.File)
	if h.files {
		b.WriteString(" --file-root .")
	}
	fmt.Fprintf(&b, " --variable base=%s", h.base)
	if h.writes {
		b.WriteString(" --variable skip_writes=true")
	}
	for _, variable := range slices.Sorted(maps.Keys(h.variables)) {
		value, given, secret := h.suite.Given(variable)
		if fallback := h.variables[variable]; !given && fallback != nil {
			value, given = *fallback, true
		}
		switch {
		case secret || slices.Contains(h.hidden, variable):
			fmt.Fprintf(&b, ` --secret %s="$%s"`, hurlName(variable), variable)
		case given && !strings.ContainsAny(value, "\r\n'"):
			fmt.Fprintf(&b, " --variable %s='%s'", hurlName(variable), value)
		default:
			fmt.Fprintf(&b, ` --variable %s="$%s"`, hurlName(variable), variable)
		}
	}
	return b.String() + " " + name + "\n"
}

// entry writes a check, if hurl has words for it.
func (h *hurl) entry(c smoke.Plain) {
	h.check, h.why, h.asserts = c, "", nil
	if c.Kind != "request" {
		h.leave(0, c.Kind, "hurl asks by HTTP requests alone")
		return
	}
	before := h.b.Len()
	whole := h.b.String()
	noted := len(h.left)
	h.request()
	h.answer()
	if h.why != "" {
		h.b.Reset()
		h.b.WriteString(whole[:before])
		h.left = h.left[:noted]
		h.leave(0, "request", "%s", h.why)
		return
	}
	h.written++
	h.writes = h.writes || c.Writes
	h.conditions()
	h.concealed()
}

// conditions lists what says when a check runs.
func (h *hurl) conditions() {
	if len(h.check.Only) > 0 {
		h.leave(0, "only", "hurl doesn't know where the service is: this runs everywhere")
	}
	if len(h.check.Tags) > 0 {
		h.leave(0, "tags", "hurl has none: choose by files")
	}
	h.ordinary()
}

func (h *hurl) line(format string, args ...any) { fmt.Fprintf(&h.b, format+"\n", args...) }

func (h *hurl) request() {
	c := h.check
	h.line("")
	if c.From != "" {
		h.line("# from: %s", oneLine(c.From))
	}
	h.line("# %s", oneLine(c.Name))
	h.line("%s {{base}}%s", c.Method, h.value(c.Path))
	for _, p := range c.Path {
		if p.Variable != "" {
			h.leave(0, "path", "hurl puts {{%s}} into the path as it is: give it escaped", hurlName(p.Variable))
		}
	}
	typed := false
	for _, f := range c.Headers {
		typed = typed || strings.EqualFold(f.Name, "Content-Type")
		h.line("%s: %s", hurlKey(f.Name), h.value(f.Value))
	}
	if kind := bodyType(c); kind != "" && !typed {
		h.line("Content-Type: %s", kind)
	}
	h.section("Query", c.Query)
	h.section("Cookies", c.Cookies)
	if c.User != nil || c.Password != nil {
		h.line("[BasicAuth]\n%s: %s", h.key(c.User), h.value(c.Password))
	}
	h.options()
	h.body()
}

// bodyType is the type that a run says of a body where no header does.
func bodyType(c smoke.Plain) string {
	_, isText := c.Body.(smoke.PlainText)
	switch {
	case c.BodyFile != "":
		return smoke.MediaOf(c.BodyFile)
	case !c.HasBody:
		return ""
	case isText:
		return "application/x-www-form-urlencoded"
	}
	return "application/json"
}

func (h *hurl) section(name string, fields []smoke.PlainField) {
	for i, f := range fields {
		if i == 0 {
			h.line("[%s]", name)
		}
		h.line("%s: %s", hurlKey(f.Name), h.value(f.Value))
	}
}

func (h *hurl) options() {
	c := h.check
	var lines []string
	if c.Follow > 0 {
		lines = append(lines, "location: true", fmt.Sprintf("max-redirs: %d", c.Follow))
	}
	if c.Eventually > 0 {
		lines = append(lines, fmt.Sprintf("retry: %d", max(1, int(c.Eventually.Seconds()))), "retry-interval: 1s")
	}
	if c.Timeout > 0 {
		h.leave(0, "timeout", "hurl has one for all requests of a run: --max-time %ds", int(c.Timeout.Seconds()+0.999))
	}
	if c.Writes {
		lines = append(lines, "skip: {{skip_writes}}")
	}
	if len(lines) > 0 {
		h.line("[Options]\n%s", strings.Join(lines, "\n"))
	}
}

func (h *hurl) body() {
	c := h.check
	switch {
	case len(c.Files) > 0:
		h.section("Multipart", c.Form)
		if len(c.Form) == 0 {
			h.line("[Multipart]")
		}
		for _, f := range c.Files {
			h.line("%s: file,%s; %s", hurlKey(f.Field), h.path(f.Path), f.Type)
			if f.Name != path.Base(f.Path) {
				h.leave(0, "files "+f.Field, "hurl tells the service the file's own name")
			}
		}
	case c.Form != nil:
		h.section("Form", c.Form)
	case c.BodyFile != "":
		h.line("file,%s;", h.path(c.BodyFile))
	case c.HasBody:
		if text, isText := c.Body.(smoke.PlainText); isText {
			h.line("`%s`", h.filled(text, hurlOneLine))
		} else {
			h.line("%s", h.json(c.Body, ""))
		}
	}
}

// path is one of a file that is sent, from where hurl is run.
func (h *hurl) path(name string) string {
	h.files = true
	if strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/") {
		h.why = "hurl reads no file above --file-root: " + name
	}
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, "#", `\#`, " ", `\ `).Replace(name)
}

// answer writes what the answer must be, and what of it is kept.
func (h *hurl) answer() {
	x := h.check.Expect
	status := "*"
	if len(x.Status) == 1 && x.Status[0].Low == x.Status[0].High {
		status = fmt.Sprint(x.Status[0].Low)
	}
	h.line("HTTP %s", status)
	h.captures()
	if status == "*" {
		h.status(x.Status)
	}
	if x.Type != "" {
		h.asserts = append(h.asserts, `header "Content-Type" matches `+hurlPattern(smoke.MediaPattern(x.Type)))
		if x.Type == "json" && h.check.Method != "HEAD" {
			h.asserts = append(h.asserts, `jsonpath "$" exists`)
		}
	}
	for _, m := range x.Matches {
		h.match(m)
	}
	if x.Within > 0 {
		h.asserts = append(h.asserts, fmt.Sprintf("duration <= %d", x.Within.Milliseconds()))
	}
	if x.SchemaLine > 0 {
		h.leave(x.SchemaLine, "schema", "hurl has no JSON Schema")
	}
	for _, line := range x.ExprLines {
		h.leave(line, "expr", "hurl has no free expressions")
	}
	if len(h.asserts) > 0 {
		h.line("[Asserts]\n%s", strings.Join(h.asserts, "\n"))
	}
}

// status says of a status what is more than a number.
func (h *hurl) status(all []smoke.PlainStatus) {
	if len(all) == 0 {
		all = []smoke.PlainStatus{{Low: 200, High: 299}}
	}
	if len(all) == 1 {
		h.asserts = append(h.asserts, fmt.Sprintf("status >= %d", all[0].Low), fmt.Sprintf("status <= %d", all[0].High))
		return
	}
	var words []string
	for _, s := range all {
		if words = append(words, fmt.Sprint(s.Low)); s.Low != s.High {
			words[len(words)-1] = fmt.Sprintf(`%d\d\d`, s.Low/100)
		}
	}
	h.asserts = append(h.asserts, "status toString matches /^("+strings.Join(words, "|")+")$/")
}
