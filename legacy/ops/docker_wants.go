package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// wanted says what docker build wants that the repository does not hold, so that the Dockerfile builds nothing by itself; ""
// where it does.
func (d *dockerfile) wanted(t *scan.Tree) string {
	if name := d.openArguments(); name != "" {
		return "wants the build argument " + name + " to know what to copy"
	}
	if d.openBase != "" {
		return "wants the build argument " + d.openBase + " to know what to rest on"
	}
	if d.ofPublished(t) {
		return "takes what dotnet publish has made before"
	}
	return ""
}

var platformArgument = scan.MustCompile(`^(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT)$`)

// openArguments is a build argument without a default that a source of COPY is made of, "" for none.
func (d *dockerfile) openArguments() string {
	for _, s := range d.sources {
		if strings.Contains(s.value, "://") {
			continue // what lies elsewhere is nothing of the repository's
		}
		for _, m := range variable.FindAllStringSubmatch(s.value, 5) {
			if name := m[1] + m[2]; d.args[name] && m[3] == "" && d.env[name].value == "" && !platformArgument.MatchString(name) {
				return name
			}
		}
	}
	return ""
}

// onlyVariable is a command, the last of a line, that is nothing but a variable.
var onlyVariable = scan.MustCompile(`(?:^|[;&]\s*|\bexec\s+)"?\$\{?(\w+)\}?"?$`)

// startsArgument says whether only an argument of the build, which has no default, says what the image holds and starts.
func (d *dockerfile) startsArgument(argv []string) bool {
	m := onlyVariable.FindStringSubmatch(argv[len(argv)-1])
	return m != nil && d.env[m[1]].line > 0 && d.env[m[1]].value == "" && d.openArguments() != ""
}

// openArgument is an argument in the name of an image that has neither a value nor a default, "" for none.
func openArgument(name string, global map[string]string) string {
	for _, m := range variable.FindAllStringSubmatch(name, 5) {
		arg := m[1] + m[2]
		if value, said := global[arg]; said && value == "" && len(name) > len(m[0]) {
			continue // a part of the name that may be there
		}
		if global[arg] == "" && m[3] == "" && !platformArgument.MatchString(arg) {
			return arg
		}
	}
	return ""
}

// ofPublished says whether the image is made of the directory that dotnet publish fills: it rests on .NET without its
// compiler, and starts an assembly that no stage makes.
func (d *dockerfile) ofPublished(t *scan.Tree) bool {
	img := parseImage(d.from.image)
	if language, _, _ := img.language(); language != "dotnet" || len(d.builders) > 0 || img.base == "sdk" || strings.Contains(img.tag, "sdk") || !d.copiesAll() {
		return false
	}
	argv, _ := d.words()
	at := slices.IndexFunc(argv, func(word string) bool { return strings.HasSuffix(word, ".dll") })
	return at >= 0 && !slices.ContainsFunc(t.Below(d.builtFrom()), func(p string) bool { return path.Base(p) == path.Base(argv[at]) })
}
