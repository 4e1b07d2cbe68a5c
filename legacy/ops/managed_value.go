package ops

import (
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// A managedValue is what configuration management gives for a setting, as far as it is known without running anything.
// The value of a secret is never in it: a placeholder with the setting's name stands there from the moment it is read.
// There are hundreds of thousands of them: what is small stands together.
type managedValue struct {
	kind     valueKind
	form     valueForm
	open     bool   // a part of the text is a placeholder
	secret   bool   // a part of the text is a secret
	weight   int32  // how many values are in it
	text     string // of a text or a switch; of what is unknown a placeholder: ${port}
	list     []managedValue
	keys     []string // of a hash, in their order
	hash     map[string]managedValue
	template []string // names of templates that make the text
	scope    func(name string) managedValue
	fill     func(text string) (filled string, lines []int) // fills the template, where it is no ERB
	// Where it is written, and the environment in which alone it holds.
	file        string
	line        int
	environment string
	from        []string // file:line of the values that it is made of
	names       []string // words in the expression that a secret was, which may be names of variables
}

// valueForm is in which a list or hash stands in a text.
type valueForm byte

const (
	formUnknown valueForm = iota
	formYAML
	formJSON
)

type valueKind byte

const (
	valueUnknown valueKind = iota
	valueUndef
	valueText
	valueSwitch // true or false
	valueList
	valueHash
)

// These bound values: a few lines can double one as often as they like.
const (
	maxWeight = 20_000
	maxText   = 16 << 10
)

// bounded weighs a list or hash; one that nobody would write is not known.
func bounded(v managedValue) managedValue {
	v.weight = 1
	for _, item := range v.list {
		v.weight += max(item.weight, 1)
	}
	for _, key := range v.keys {
		v.weight += max(v.hash[key].weight, 1)
	}
	if v.weight > maxWeight {
		return unknownValue("value", v.file, v.line)
	}
	return v
}

func textValue(text, file string, line int) managedValue {
	return managedValue{kind: valueText, text: text, file: file, line: line}
}

func unknownValue(name, file string, line int) managedValue {
	return managedValue{kind: valueUnknown, text: "${" + name + "}", open: true, file: file, line: line}
}

// secretValue stands for the value of a setting that nobody may see.
func secretValue(name, file string, line int) managedValue {
	v := unknownValue(name, file, line)
	v.secret = true
	return v
}

// expressionName is a word in an expression that may be the name of a variable.
var expressionName = scan.MustCompile(`\b[A-Za-z_]\w*`)

const maxExpressionNames = 20

// guard hides a value, of which name says that it is a secret or which looks like one.
func guard(name string, v managedValue) managedValue {
	if i := strings.LastIndex(name, "::"); i >= 0 {
		name = name[i+2:]
	}
	switch v.kind {
	case valueText:
		if !v.open && scan.HasAccount(v.text) {
			return withoutAccount(v)
		}
		if passName.MatchString(name) && passAddress.MatchString(v.text) {
			return v
		}
		if v.text != "" && (scan.SecretName(name) && !((v.open || strings.Contains(v.text, "{{")) && strings.Contains(v.text, "://")) || sealed(v.text)) {
			s := secretValue(placeholderName(name), v.file, v.line)
			s.environment, s.from = v.environment, v.from
			if strings.Contains(v.text, "{{") {
				s.names = expressionName.FindAllString(v.text, maxExpressionNames)
			}
			return s
		}
	case valueUnknown:
		v.secret = v.secret || scan.SecretName(name)
	case valueList, valueHash:
		return v.each(func(key string, item managedValue) managedValue {
			if key == "" {
				key = name
			}
			return guard(key, item)
		})
	}
	return v
}

// Settings of nginx that say where requests are passed on to, and what such an address looks like.
var (
	passName    = scan.MustCompile(`^(proxy|fastcgi|uwsgi|scgi|grpc)_pass$`)
	passAddress = scan.MustCompile(`^((https?|grpcs?)://|unix:)[^@\s]+;?$`)
)

// each is a list or a hash with what becomes of each item, in a copy; any other value as it is. An item of a list has no
// key.
func (v managedValue) each(change func(key string, item managedValue) managedValue) managedValue {
	switch v.kind {
	case valueList:
		list := make([]managedValue, len(v.list))
		for i, item := range v.list {
			list[i] = change("", item)
		}
		v.list = list
	case valueHash:
		hash := make(map[string]managedValue, len(v.hash))
		for key, item := range v.hash {
			hash[key] = change(key, item)
		}
		v.hash = hash
	}
	return v
}

// withoutAccount takes the password, and what else may be secret, out of an address.
func withoutAccount(v managedValue) managedValue {
	v.open, v.secret = true, true
	scheme, rest, _ := strings.Cut(v.text, "://")
	at := strings.LastIndexByte(rest, '@')
	account, address := "", rest[at+1:]
	if end := strings.IndexAny(address, "?#;"); end >= 0 {
		address = address[:end]
	}
	if n, ok := scan.NeedOfURL(v.text); ok && n.User != "" {
		account = n.User
	}
	v.text = scheme + "://" + account + ":${password}@" + address
	return v
}

// sealed recognises values that are secret whatever they are called: encrypted ones, keys.
func sealed(text string) bool {
	return strings.Contains(text, "ENC[") || strings.Contains(text, "PRIVATE KEY") || strings.HasPrefix(text, "$ANSIBLE_VAULT") || strings.Contains(text, "-----BEGIN PGP")
}

// placeholderName is a name as it can stand in ${...}.
func placeholderName(name string) string {
	if name = strings.Trim(notPlaceholder.ReplaceAllString(name, "_"), "_"); name == "" {
		return "value"
	}
	return name
}

var notPlaceholder = scan.MustCompile(`[^A-Za-z0-9_]+`)

// known says whether the whole text is known.
func (v managedValue) known() bool {
	return (v.kind == valueText || v.kind == valueSwitch) && !v.open && !v.secret && v.template == nil
}

// plain is the text where all of it is known, else "".
func (v managedValue) plain() string {
	if v.known() {
		return v.text
	}
	return ""
}

// number is the value as a port or a count, 0 where it is none.
func (v managedValue) number() int {
	n, err := strconv.Atoi(v.plain())
	if err != nil {
		return 0
	}
	return n
}

// texts are the values of a list, or the one value: what is known of them.
func (v managedValue) texts() []string {
	var all []string
	for _, item := range v.items() {
		if s := item.plain(); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// items are the values of a list without the lists in it, or the one value.
func (v managedValue) items() []managedValue {
	switch v.kind {
	case valueList:
		var all []managedValue
		for _, item := range v.list {
			all = append(all, item.items()...)
		}
		return all
	case valueUndef:
		return nil
	}
	return []managedValue{v}
}

// item is what a hash or a list holds under a key or a number; ok is false where what it holds is not known.
func (v managedValue) item(key string) (item managedValue, ok bool) {
	switch v.kind {
	case valueHash:
		if item, has := v.hash[key]; has {
			return item, true
		}
		return managedValue{kind: valueUndef}, true
	case valueList:
		n, err := strconv.Atoi(key)
		if err == nil && n >= 0 && n < len(v.list) {
			return v.list[n], true
		}
		return managedValue{kind: valueUndef}, err == nil
	}
	return managedValue{}, false
}

// pairs are the items of a hash with their keys, or of a list with their numbers.
func (v managedValue) pairs() []valuePair {
	var all []valuePair
	if v.kind == valueHash {
		for _, key := range v.keys {
			item := v.hash[key]
			all = append(all, valuePair{textValue(key, item.file, item.line), item})
		}
	}
	for i, item := range v.list {
		all = append(all, valuePair{numberValue(i, item.file, item.line), item})
	}
	return all
}

type valuePair struct{ key, item managedValue }

// written is where a value stands: that of a text made of several, where data gives one of them, is the place in the data.
func (v managedValue) written() (file string, line int) {
	for _, place := range v.from {
		name, number, _ := strings.Cut(place, ".yaml:")
		if n, err := strconv.Atoi(number); err == nil {
			file, line = name+".yaml", n
		}
	}
	if file == "" {
		return v.file, v.line
	}
	return file, line
}

// off says whether a setting is switched off: false, absent, stopped.
func (v managedValue) off() bool {
	switch strings.ToLower(v.plain()) {
	case "false", "absent", "purged", "stopped", "no", "disabled", "removed":
		return true
	}
	return false
}

// at gives a value the place of another where it has none of its own.
func (v managedValue) at(file string, line int) managedValue {
	if v.file == "" {
		v.file, v.line = file, line
	}
	return v
}

// joined is several values as one text: unknown where one of them is.
func joined(parts []managedValue, file string, line int) managedValue {
	v := textValue("", file, line)
	var b strings.Builder
	for _, p := range parts {
		switch p.kind {
		case valueText, valueSwitch, valueUnknown:
			b.WriteString(p.text)
			v.open, v.secret = v.open || p.open, v.secret || p.secret
			if p.file != "" && len(v.from) < 20 {
				v.from = append(append(v.from, p.file+":"+strconv.Itoa(p.line)), p.from[:min(len(p.from), 20)]...)
			}
			if p.environment != "" {
				v.environment = p.environment
			}
			if p.template != nil {
				v.template, v.scope = p.template, p.scope
				v.fill = p.fill
			}
		case valueList, valueHash:
			text := unknownValue("list", "", 0)
			if p.form != formUnknown {
				text = p.document(p.form, p.file, p.line)
			}
			b.WriteString(text.text)
			v.open, v.secret = v.open || text.open, v.secret || text.secret
			v.from = append(v.from, text.from...)
		}
	}
	if len(parts) == 1 && parts[0].kind != valueList && parts[0].kind != valueHash {
		one := parts[0]
		if one.kind == valueUndef {
			return v
		}
		return one.at(file, line)
	}
	if b.Len() > maxText {
		secret := v.secret
		v = unknownValue("value", file, line)
		v.secret = secret
		return v
	}
	v.text = b.String()
	return v
}

// deeper puts what is missing in a hash from another one: of what both have, the first holds.
func deeper(v, other managedValue) managedValue {
	if v.kind != valueHash || other.kind != valueHash {
		return v
	}
	merged := v
	merged.keys = append([]string(nil), v.keys...)
	merged.hash = make(map[string]managedValue, len(v.hash)+len(other.hash))
	for key, item := range v.hash {
		merged.hash[key] = item
	}
	for _, key := range other.keys {
		if mine, ok := merged.hash[key]; ok {
			merged.hash[key] = deeper(mine, other.hash[key])
			continue
		}
		merged.keys = append(merged.keys, key)
		merged.hash[key] = other.hash[key]
	}
	return bounded(merged)
}
