package lang

import (
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// wrappers are conversions that don't change which setting is read.
var wrappers = map[string]bool{"int": true, "str": true, "bool": true, "float": true, "Number": true, "parseInt": true, "parseFloat": true, "String": true,
	"Boolean": true, "strtobool": true, "json.loads": true, "JSON.parse": true, "normalizePort": true, "literal_eval": true, "ast.literal_eval": true,
	"list": true, "tuple": true, "unicode": true, "six.text_type": true, "os.path.abspath": true, "Path": true, "env_bool": true, "make_url": true}

// literal is the text that the expression comes to where nothing is set in the environment.
func (v value) literal() (string, bool) {
	switch v.kind {
	case valString, valNumber:
		return v.text, true
	case valEither:
		for _, item := range v.items {
			if text, ok := item.literal(); ok {
				return text, true
			}
		}
	case valCall:
		if _, fallback, ok := v.environment(); ok {
			if fallback == nil {
				return "", false
			}
			return fallback.literal()
		}
		if wrappers[v.text] && len(v.items) > 0 {
			return v.items[0].literal()
		}
	case valList:
		if len(v.items) > 0 {
			return v.items[0].literal()
		}
	}
	return "", false
}

// number is the literal as a TCP port, 0 where it is none.
func (v value) number() int {
	text, _ := v.literal()
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 1 || n > 65535 {
		return 0
	}
	return n
}

// get is the value of a dict's key or a call's keyword.
func (v value) get(names ...string) (value, bool) {
	for _, name := range names {
		for i, key := range v.keys {
			if key == name {
				return v.items[i], true
			}
		}
	}
	return value{}, false
}

// arg is the nth argument that is given by position.
func (v value) arg(n int) (value, bool) {
	for i, key := range v.keys {
		if key != "" {
			continue
		}
		if n == 0 {
			return v.items[i], true
		}
		n--
	}
	return value{}, false
}

// walk calls fn for v and everything in it.
func (v value) walk(fn func(value)) {
	fn(v)
	for _, item := range v.items {
		item.walk(fn)
	}
}

// readsVariable are the calls that read one environment variable, beside those that envCall recognises by their name.
var readsVariable = map[string]bool{"os.environ.get": true, "environ.get": true, "os.getenv": true, "getenv": true, "os.environ[]": true,
	"environ[]": true, "os.environ.setdefault": true, "process.env[]": true, "config": true, "decouple.config": true, "decouple": true, "env.get_credential": true, "app_env.get_credential": true, "cf_env.get_credential": true}

// envCall are the names that teams give to a function of their own around the environment: env("X"), env.bool("X"),
// get_env_variable("X"), requireEnv("X"). Their first argument must look like a variable, which isVariable judges.
var envCall = scan.MustCompile(`^(?:\w+\.)*(?i:_?(?:get_?|read_?|require_?|must_?)?env(?:iron(?:ment)?)?(?:_?(?:var|variable|setting|secret|value|str|bool|int|list|float|required|default|or|get))*)` +
	`(?:\.(?:str|int|bool|float|list|tuple|dict|json|url|path|get|read|get_value|db|db_url|cache|cache_url|email_url|search_url|dj_db_url|dj_cache_url|dj_email_url))?$`)

var isVariable = scan.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// impliedVariable are the calls that read a variable which they don't name.
var impliedVariable = map[string]string{"dj_database_url.config": "DATABASE_URL", "env.db": "DATABASE_URL", "env.db_url": "DATABASE_URL", "env.dj_db_url": "DATABASE_URL",
	"env.cache": "CACHE_URL", "env.cache_url": "CACHE_URL", "env.email_url": "EMAIL_URL", "dj_email_url.config": "EMAIL_URL", "django_cache_url.config": "CACHE_URL"}

// described turns an object that describes one setting, {default: 9000, env: 'PORT'} as convict has it, into what the
// setting comes to: the variable, or else the default. One that is sensitive is a secret.
func described(v value) value {
	env, ok := v.get("env")
	if !ok || env.kind != valString || !isVariable.MatchString(env.text) || len(v.items) > 8 {
		return v
	}
	d, ok := v.get("default")
	if !ok {
		return v
	}
	sensitive, _ := v.get("sensitive")
	return value{kind: valEither, line: d.line, secret: sensitive.text == "true" && !scan.IsSwitch(d.text), items: []value{{kind: valName, text: "process.env." + env.text, line: env.line}, d}}
}

// environment is the variable that the expression reads, and the value it falls back to, if any.
func (v value) environment() (name string, fallback *value, ok bool) {
	switch v.kind {
	case valName:
		if name, ok := strings.CutPrefix(v.text, "process.env."); ok && !strings.Contains(name, ".") {
			return name, nil, true
		}
	case valEither:
		for i, item := range v.items {
			if name, fallback, ok := item.environment(); ok {
				for _, other := range v.items[i+1:] {
					if _, known := other.literal(); known && fallback == nil {
						fallback = &other
					}
				}
				return name, fallback, true
			}
		}
	case valCall:
		return v.environmentCall()
	}
	return "", nil, false
}

func (v value) environmentCall() (name string, fallback *value, ok bool) {
	if wrappers[v.text] || v.text == "dj_database_url.parse" {
		if inner, given := v.arg(0); given {
			return inner.environment()
		}
	}
	first, _ := v.arg(0)
	name = first.text
	switch {
	case readsVariable[v.text] && v.text != "config" && first.kind == valString && variableName.MatchString(name):
	case (readsVariable[v.text] || envCall.MatchString(v.text)) && first.kind == valString && isVariable.MatchString(name):
	case impliedVariable[v.text] != "":
		name = impliedVariable[v.text]
		if env, given := v.get("env"); given && env.kind == valString {
			name = env.text
		}
	default:
		return "", nil, false
	}
	if d, given := v.get("default"); given {
		return name, &d, true
	}
	if d, given := v.arg(1); given && !strings.HasSuffix(v.text, "[]") {
		return name, &d, true
	}
	return name, nil, true
}
