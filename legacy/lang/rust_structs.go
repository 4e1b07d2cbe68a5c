package lang

import (
	"cmp"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	rustStructHead = scan.MustCompile(`(?m)^(?:pub(?:\(\w+\))?\s+)?struct\s+(\w+)[^{};(]*\{`)
	rustFieldLine  = scan.MustCompile(`(?m)^[ \t]*(?:pub(?:\(\w+\))?\s+)?(\w+)\s*:\s*(?:(?:Option|Box|Arc)<)*([\w:]+)`)
	rustAlias      = scan.MustCompile(`(?m)^\s*(?:pub\s+)?use\s+(\w+)::(?:\w+::)*(\w+)\s+as\s+(\w+)\s*;`)
	rustSeparator  = scan.MustCompile(`\.(separator|prefix_separator|split)\(\s*"([^"\n]{1,4})"\s*\)`)
	rustSecretType = scan.MustCompile(`^(?:String|SecretString|Secret\w*|Url)$`)
)

// rustStruct is a struct with the fields that settings may fill.
type rustStruct struct {
	name, file string
	fields     []rustStructField
}

type rustStructField struct {
	name, of string // and its type, without what wraps it
	line     int
}

// rustStructs are the structs of a file.
func rustStructs(file, text string) []rustStruct {
	var all []rustStruct
	for _, at := range rustStructHead.FindAllStringSubmatchIndex(text, 200) {
		body := text[at[1]:]
		if end := strings.Index(body, "\n}"); end >= 0 {
			body = body[:end]
		}
		s := rustStruct{name: text[at[2]:at[3]], file: file}
		first := strings.Count(text[:at[1]], "\n")
		for _, m := range scan.Find(body, rustFieldLine) {
			s.fields = append(s.fields, rustStructField{m.Groups[1], m.Groups[2][strings.LastIndexByte(m.Groups[2], ':')+1:], first + m.Line})
		}
		all = append(all, s)
	}
	return all
}

// settingsNames is how variables are made of the keys of settings: SHOP_DATABASE__PASSWORD is database.password.
type settingsNames struct{ prefix, behind, between string }

func (n settingsNames) variable(path []string) string {
	return strings.ToUpper(n.prefix + n.behind + strings.Join(path, n.between))
}

// rustNames reads the separators that a file of settings sets: the one behind the prefix is that between keys where nothing
// else is said, as in the crate config.
func rustNames(prefix, text string) settingsNames {
	said := map[string]string{}
	for _, m := range rustSeparator.FindAllStringSubmatch(text, 20) {
		said[m[1]] = m[2]
	}
	between := cmp.Or(said["separator"], said["split"])
	behind := cmp.Or(said["prefix_separator"], said["separator"], "_")
	return settingsNames{prefix, behind, cmp.Or(between, "_")}
}

// secretFields reports the secrets among the fields of the settings that a file reads from variables, and of the structs
// that they are made of.
func (p *rustPackage) secretFields(file, text string, names settingsNames) {
	own := rustStructs(file, text)
	for _, s := range own {
		part := slices.ContainsFunc(own, func(o rustStruct) bool {
			return slices.ContainsFunc(o.fields, func(f rustStructField) bool { return f.of == s.name })
		})
		if !part {
			p.secretsOf(s, text, names, nil)
		}
	}
}

func (p *rustPackage) secretsOf(s rustStruct, text string, names settingsNames, path []string) {
	for _, f := range s.fields {
		at := append(slices.Clone(path), f.name)
		if scan.SecretName(f.name) && rustSecretType.MatchString(f.of) {
			p.variable(names.variable(at), "", s.file, f.line)
		} else if part, of := p.structOf(f.of, s.file, text); part.name != "" && len(path) < 3 && part.name+part.file != s.name+s.file {
			p.secretsOf(part, of, names, at)
		}
	}
}

// structOf finds a struct by the name that a file has for it, with the text of its file: one of the file, or of another
// package or module of the program.
func (p *rustPackage) structOf(name, file, text string) (rustStruct, string) {
	crate := ""
	for _, m := range rustAlias.FindAllStringSubmatch(text, 100) {
		if m[3] == name {
			crate, name = m[1], m[2]
		}
	}
	if !strings.HasSuffix(name, "Settings") && !strings.HasSuffix(name, "Config") && !strings.HasSuffix(name, "Configuration") && !strings.HasSuffix(name, "Options") {
		return rustStruct{}, ""
	}
	if crate == "" {
		for _, s := range rustStructs(file, text) {
			if s.name == name {
				return s, text
			}
		}
	}
	for _, other := range p.sources {
		inCrate := strings.Contains("/"+other, "/"+crate+"/") || strings.Contains("/"+other, "/"+strings.ReplaceAll(crate, "_", "-")+"/")
		if other == file || crate != "" && crate != "crate" && crate != "super" && !inCrate {
			continue
		}
		of := p.t.Text(other, p.r)
		if !strings.Contains(of, "struct "+name) {
			continue
		}
		for _, s := range rustStructs(other, of) {
			if s.name == name {
				return s, of
			}
		}
	}
	return rustStruct{}, ""
}
