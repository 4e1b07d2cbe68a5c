package lang

import (
	"go/ast"
	"reflect"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// tag notes what envconfig, env and default tags say of a field, once for each place that its struct has among the settings.
func (s *goScope) tag(f *goFile, field *ast.Field, nest goNest) {
	if len(field.Names) != 1 || field.Tag == nil && !nest.untagged {
		return
	}
	tag, name := tagOf(field), field.Names[0].Name
	if tag.Get("mapstructure") != "" {
		s.keys[name] = fieldKey(name, field.Tag.Value)
	}
	v := goValue{file: f.path, line: f.line(field), plain: plainType(field.Type)}
	if _, d, ok := strings.Cut(tag.Get("env"), "default="); ok {
		v.text, v.known = d, !strings.Contains(d, "$") // the last of the options
	}
	for _, key := range []string{"envDefault", "default", "env-default"} {
		if d, ok := tag.Lookup(key); ok {
			v.text, v.known = d, true
			break
		}
	}
	if len(nest.prefixes) == 0 {
		nest.prefixes = []string{""}
	}
	if other := tag.Get("flag") + tag.Get("mapstructure"); other != "" && tagVariable(tag, name, "", nest) == "" {
		s.tagged[name], _, _ = strings.Cut(other, ",")
	}
	if long := tag.Get("long"); long != "" && v.known {
		v.flag = long
	}
	if nest.untagged && tag.Get("envconfig")+tag.Get("env") == "" && (nest.structs[field] || !ast.IsExported(name)) {
		return // no variable fills it as a whole
	}
	for i, prefix := range nest.prefixes {
		v.env = tagVariable(tag, name, prefix, nest)
		switch {
		case v.env == "" && !v.known:
		case tag == "" && !scan.SecretName(v.env): // most fields are no more than their default
		default:
			if s.tagsOf = append(s.tagsOf, v); i == 0 && tag != "" {
				s.tags[name] = v
			}
		}
	}
}

// unseenNest is for structs of which it isn't seen who fills them: what envconfig puts before its variables may be theirs.
func unseenNest(files []*goFile) goNest {
	nest := goNest{unseen: true}
	for _, f := range files {
		if !f.uses(envconfigPath) {
			continue
		}
		f.calls(func(c *ast.CallExpr) {
			if prefix := envconfigPrefix(f, c); prefix != "" && len(nest.prefixes) == 0 {
				nest.prefixes = []string{prefix}
			}
		})
	}
	return nest
}

var plainTypes = scan.MustCompile(`^(?:bool|u?int(?:8|16|32|64)?|float(?:32|64)|Duration)$`)

// plainType says whether a field holds a number, a time or a switch.
func plainType(t ast.Expr) bool {
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	return plainTypes.MatchString(bareName(t))
}

// tagVariable is the variable that a field is read from, "" where nothing names one. Those of envconfig are in capitals
// whatever the tag says. One that is named is found without the prefix, too, as a name of several words is meant.
func tagVariable(tag reflect.StructTag, field, prefix string, nest goNest) string {
	if name, _, _ := strings.Cut(tag.Get("envconfig"), ","); name != "" {
		if !nest.inner || strings.Contains(name, "_") && len(nest.prefixes) < 2 {
			prefix = ""
		}
		return prefix + strings.ToUpper(name)
	}
	if name, _, _ := strings.Cut(tag.Get("env"), ","); name != "" {
		if nest.unseen {
			prefix = ""
		}
		return prefix + name
	}
	if tag.Get("split_words") != "true" && !nest.untagged || tag.Get("ignored") == "true" {
		return ""
	}
	return prefix + envconfigKey(tag, field)
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
