package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var validates = scan.MustCompile(`^(?:envalid\.)?(str|num|bool|email|host|port|url|json)$`)

// usesNeed are switches that say whether a service uses what other variables lead to.
var usesNeed = scan.MustCompile(`_ENABLED?$|^(USE|ENABLE|WITH)_`)

// checksEnvironment is the place where a schema of Joi, Zod or Yup is put to the environment, ofSchema how a part of one begins.
var (
	checksEnvironment = scan.MustCompile(`\.(?:validate|validateSync|validateAsync|attempt|assert|parse|safeParse)\(\s*process\.env\s*[,)]|\bvalidationSchema\s*:`)
	ofSchema          = scan.MustCompile(`^(?:[Jj]oi|yup|z)\.(?:coerce\.)?\w+$`)
)

// envalid reads the variables that a specification for envalid lists, {PORT: num({default: 3000})}, and those that a schema
// wants of the environment: Joi.object({PORT: Joi.number().default(3000)}).validate(process.env).
func (p *nodeProject) envalid(s *source) {
	schema := hasAny(s.text, "oi.", "z.", "yup.") && checksEnvironment.MatchString(s.text)
	if !schema && !strings.Contains(s.text, "cleanEnv(") {
		return
	}
	var flat []setting
	spec := func(v value) {
		v.walk(func(part value) {
			for i, key := range part.keys {
				if part.kind != valDict || !isVariable.MatchString(key) {
					continue
				}
				item := part.items[i]
				d, ok := checkedDefault(item)
				if !ok && schema {
					d, ok = defaultOfSchema(item)
				}
				if !ok {
					continue
				}
				v := value{kind: valName, text: "process.env." + key, line: item.line}
				if d != nil {
					if d.kind == valName && scan.IsSwitch(d.text) && usesNeed.MatchString(key) {
						d.kind = valString
					}
					v = value{kind: valEither, line: item.line, items: []value{v, *d}}
				}
				flat = append(flat, setting{name: key, v: v})
				p.infer.variableOf(v, s.file)
			}
		})
	}
	for _, set := range s.settings {
		spec(set.v)
	}
	for _, call := range s.calls {
		if strings.HasSuffix(call.text, "cleanEnv") || schema && strings.HasSuffix(call.text, ".object") {
			spec(call)
		}
	}
	p.infer.flat(flat, s.file)
}

// checkedDefault is the default of a variable that envalid checks, nil where it has none; ok says whether it is one.
func checkedDefault(item value) (d *value, ok bool) {
	if item.kind != valCall || !validates.MatchString(item.text) {
		return nil, false
	}
	if options, given := item.arg(0); given {
		if v, has := options.get("default"); has {
			return &v, true
		}
	}
	return nil, true
}

// defaultOfSchema is the same for a part of a schema, which goes from call to call: Joi.string().uri().default('/').
func defaultOfSchema(item value) (d *value, ok bool) {
	for range 20 {
		if item.kind != valCall || !strings.HasPrefix(item.text, ".") {
			break
		}
		if v, given := item.arg(0); given && item.text == ".default" {
			d = &v
		}
		on, has := item.get(".")
		if !has {
			return nil, false
		}
		item = on
	}
	return d, item.kind == valCall && ofSchema.MatchString(item.text)
}
