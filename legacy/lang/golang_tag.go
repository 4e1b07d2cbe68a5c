package lang

import (
	"go/ast"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// envconfigPath is the package that fills a struct from variables: the name in a tag in capitals, or the field's own.
const envconfigPath = "github.com/kelseyhightower/envconfig"

// envconfigPrefix is what envconfig.Process puts before the names of the variables.
func envconfigPrefix(files []*goFile) string {
	prefix := ""
	for _, f := range files {
		if !f.uses(envconfigPath) {
			continue
		}
		f.calls(func(c *ast.CallExpr) {
			if pkg, name := f.imported(c.Fun); pkg == envconfigPath && (name == "Process" || name == "MustProcess") && len(c.Args) == 2 {
				if text, ok := stringLit(c.Args[0]); ok && prefix == "" {
					prefix = text
				}
			}
		})
	}
	return prefix
}

// tag notes what envconfig, env and default tags say of a field.
func (s *goScope) tag(f *goFile, field *ast.Field) {
	if field.Tag == nil || len(field.Names) != 1 {
		return
	}
	raw, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		return
	}
	tag, name := reflect.StructTag(raw), field.Names[0].Name
	if key := fieldKey(name, field.Tag.Value); tag.Get("mapstructure") != "" {
		s.keys[name] = key
	}
	v := goValue{file: f.path, line: f.line(field), env: s.tagVariable(tag, name), plain: plainType(field.Type)}
	if _, d, ok := strings.Cut(tag.Get("env"), "default="); ok {
		v.text, v.known = d, !strings.Contains(d, "$") // the last of the options
	}
	for _, key := range []string{"envDefault", "default", "env-default"} {
		if d, ok := tag.Lookup(key); ok {
			v.text, v.known = d, true
			break
		}
	}
	if other := tag.Get("flag") + tag.Get("mapstructure"); other != "" && v.env == "" {
		s.tagged[name], _, _ = strings.Cut(other, ",")
	}
	if long := tag.Get("long"); long != "" && v.known {
		v.flag = long
	}
	if v.env != "" || v.known {
		s.tags[name], s.tagsOf = v, append(s.tagsOf, v)
	}
}

var plainTypes = scan.MustCompile(`^(?:bool|u?int(?:8|16|32|64)?|float(?:32|64)|Duration)$`)

// plainType says whether a field holds a number, a time or a switch.
func plainType(t ast.Expr) bool {
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	return plainTypes.MatchString(bareName(t))
}

// tagVariable is the variable that a field is read from, "" where its tag names none. Those of envconfig are in capitals
// whatever the tag says, and one that is named is found without the prefix, too.
func (s *goScope) tagVariable(tag reflect.StructTag, field string) string {
	if name, _, _ := strings.Cut(tag.Get("envconfig"), ","); name != "" {
		return strings.ToUpper(name)
	}
	if name, _, _ := strings.Cut(tag.Get("env"), ","); name != "" {
		return name
	}
	if tag.Get("split_words") != "true" {
		return ""
	}
	name := splitWords(field)
	if s.prefix != "" {
		name = s.prefix + "_" + name
	}
	return strings.ToUpper(name)
}

// splitWords puts an underscore between the words of a field's name as envconfig does: DatabaseURL is Database_URL.
func splitWords(field string) string {
	var b strings.Builder
	runes := []rune(field)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return b.String()
}
