package lang

import (
	"go/ast"
	"net"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// goDecoders are the packages by which a program reads a file of settings, by the file's extension.
var goDecoders = map[string][]string{
	".json": {"encoding/json"},
	".yaml": {"gopkg.in/yaml", "github.com/go-yaml/yaml", "github.com/ghodss/yaml", "sigs.k8s.io/yaml", "github.com/goccy/go-yaml"},
	".toml": {"github.com/BurntSushi/toml", "github.com/naoina/toml", "github.com/pelletier/go-toml"},
	".ini":  {"gopkg.in/ini", "github.com/go-ini/ini", "gopkg.in/gcfg", "code.google.com/p/gcfg"},
}

var (
	// goListenKey are settings that say where a program listens, goListenSection the sections that may hold them. An address
	// may as well be that of what it calls, where goBindKey leaves no doubt.
	goBindKey       = scan.MustCompile(`(?i)listen|bind`)
	goListenKey     = scan.MustCompile(`(?i)^(?:(?:http|server|web|listen|bind|api)[_-]?)?(?:listen|bind|addr|address|port|listen[_-]?on)$`)
	goListenSection = scan.MustCompile(`(?i)^(?:http|server|web|listen|api|main|general|global)$`)
)

// reportConfig reports what the file of settings says that the program decodes into its structs: the secrets by the names of
// the settings, and the port where the code has none.
func (p *goProgram) reportConfig(t *scan.Tree, r *scan.Report, f scan.Finding, port bool) {
	named := map[string]bool{}
	fields := map[string]bool{} // and names in their tags, as plainKey has them
	for _, file := range p.facts {
		ast.Inspect(file.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if text, ok := stringLit(n); ok {
					named[path.Base(text)] = true
				}
			case *ast.StructType:
				for _, field := range n.Fields.List {
					addKeys(fields, field)
				}
			}
			return true
		})
	}
	for _, of := range settingsFiles(t, f.Dir, func(base string) bool { return named[base] || p.decodes(path.Ext(base)) }) {
		if !of.made && !named[path.Base(of.file)] {
			continue // of another program
		}
		all := decoded(of.settings(t, r), fields, 0)
		if of.secrets(r, f.Dir, all, "os.Getenv(%q)") == 0 && !of.made {
			of.made = true // each machine fills in what is empty here
			of.secrets(r, f.Dir, all, "os.Getenv(%q)")
		}
		if port && listensBy(r, f, of.file, all) {
			port = false
		}
	}
}

// decodes says whether the program reads files of a form.
func (p *goProgram) decodes(ext string) bool {
	switch ext {
	case ".yml":
		ext = ".yaml"
	case ".cfg", ".conf":
		ext = ".ini"
	}
	return slices.ContainsFunc(p.facts, func(f *goFile) bool { return slices.ContainsFunc(goDecoders[ext], f.uses) })
}

// addKeys adds the names under which a decoder finds a field.
func addKeys(fields map[string]bool, field *ast.Field) {
	for _, name := range field.Names {
		fields[plainKey(name.Name)] = true
	}
	if field.Tag == nil {
		return
	}
	raw, _ := strconv.Unquote(field.Tag.Value)
	for _, form := range []string{"json", "yaml", "toml", "ini", "gcfg", "mapstructure"} {
		if name, _, _ := strings.Cut(reflect.StructTag(raw).Get(form), ","); name != "" {
			fields[plainKey(name)] = true
		}
	}
}

func plainKey(name string) string { return strings.ToLower(notWord.ReplaceAllString(name, "")) }

// decoded keeps of settings what has a field: a secret elsewhere in a file of that form is another program's.
func decoded(v value, fields map[string]bool, depth int) value {
	out := value{kind: v.kind, line: v.line}
	for i, key := range v.keys {
		item := v.items[i]
		if item.kind == valDict && depth < maxDepth {
			item = decoded(item, fields, depth+1)
		} else if item.kind == valList && depth < maxDepth {
			entries := value{kind: valList, line: item.line}
			for _, entry := range item.items {
				entries.items = append(entries.items, decoded(entry, fields, depth+1))
			}
			item = entries
		} else if !fields[plainKey(key)] {
			continue
		}
		out.keys, out.items = append(out.keys, key), append(out.items, item)
	}
	return out
}

// listensBy reports the port among settings: that of a key which speaks of listening before any other.
func listensBy(r *scan.Report, f scan.Finding, file string, all value) bool {
	for _, sure := range []bool{true, false} {
		if item, port := listenPort(all, sure); port > 0 {
			f.Service = service.Service{Port: port}
			r.Find(f, file, max(item.line, 1), scan.Convention, "by its file of settings")
			return true
		}
	}
	return false
}

// listenPort finds the setting that says the port, 0 where none does.
func listenPort(all value, sure bool) (value, int) {
	host, _ := all.get("host", "Host", "hostname", "server")
	for i, key := range all.keys {
		item := all.items[i]
		if item.kind == valDict {
			if found, port := listenPort(item, sure); port > 0 && goListenSection.MatchString(key) {
				return found, port
			}
			continue
		}
		if !goListenKey.MatchString(key) || goBindKey.MatchString(key) != sure {
			continue
		}
		if port := portOfAddress(item, host.text, sure); port > 0 {
			return item, port
		}
	}
	return value{}, 0
}

// portOfAddress is the port of an address that can be one of the program's own, 0 for those of what it calls.
func portOfAddress(item value, beside string, sure bool) int {
	host, port := beside, item.number()
	if m := goPort.FindStringSubmatchIndex(item.text); port == 0 && m != nil {
		port, _ = strconv.Atoi(item.text[m[2]:m[3]])
		if m[0] < m[2] { // a colon
			host = item.text[:m[0]]
		}
	}
	own := host == "*" || scan.LocalHost(host) || sure && net.ParseIP(strings.Trim(host, "[]")) != nil
	if !own || port > 65535 || kindOfPort(port) != "http" {
		return 0
	}
	return port
}
