package service

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// SecretValue says how the value of a secret is made out of entries of the store. The zero value is the rule: the first
// line of the entry that has the variable's name.
type SecretValue struct {
	From   string `yaml:"from,omitempty" jsonschema:"description=Name of the entry where it is not the variable's; with a / in front its whole path in the store."`
	Field  string `yaml:"field,omitempty" jsonschema:"description=Take the entry's line field: value instead of its first line."`
	Whole  bool   `yaml:"whole,omitempty" jsonschema:"description=Take the whole entry: a certificate\\, a JSON key."`
	Base64 bool   `yaml:"base64,omitempty" jsonschema:"description=The entry holds base64\\, for what is no text; its content is decoded."`
	Value  string `yaml:"value,omitempty" jsonschema:"description=Put together from several: postgres://{user}:{password}@db:5432/shop. {password} is the first line of the entry\\, {user} its line user\\, {db.user} that of the entry db. In a URL the parts are escaped."`
	File   string `yaml:"file,omitempty" jsonschema:"description=Path of the file that the service reads it from\\, absolute or below its code; it is then no variable."`
}

// SecretPart is a piece of a value: a text as it stands, or, where Entry is set, a part of an entry.
type SecretPart struct {
	Text  string
	Entry string
	Field string // "" is the first line
	Whole bool
}

// entryName is the name of an entry, or its whole path behind a /.
var (
	entryName = pattern.MustCompile(`^/?[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$`)
	fieldName = pattern.MustCompile(`^[A-Za-z0-9_-]+$`)
)

// IsURL says that the parts of a composed value are to be escaped, because it is a URL.
func (s SecretValue) IsURL() bool { return strings.Contains(s.Value, "://") }

// Parts takes the value of the named variable apart. The error says what is wrong with it.
func (s SecretValue) Parts(variable string) ([]SecretPart, error) {
	own := s.From
	if own == "" {
		own = variable
	}
	if s.Value == "" {
		return []SecretPart{{Entry: own, Field: s.Field, Whole: s.Whole || s.Base64 && s.Field == ""}}, nil
	}
	var parts []SecretPart
	for rest := s.Value; rest != ""; {
		text, reference, after, err := cutReference(rest)
		if err != nil {
			return nil, err
		}
		if text != "" {
			parts = append(parts, SecretPart{Text: text})
		}
		if reference != "" {
			part, err := parseReference(reference, own)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part)
		}
		rest = after
	}
	return parts, nil
}

// cutReference gives the text before the first {reference}, with {{ and }} as single braces.
func cutReference(s string) (text, reference, after string, err error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "{{"), strings.HasPrefix(s[i:], "}}"):
			b.WriteByte(s[i])
			i++
		case s[i] == '}':
			return "", "", "", errors.New("has a } without a {; a brace that is meant stands twice")
		case s[i] == '{':
			reference, after, closed := strings.Cut(s[i+1:], "}")
			if !closed || reference == "" {
				return "", "", "", errors.New("has a { that names nothing; write {user}, {db.user}, or {{ for a brace")
			}
			return b.String(), reference, after, nil
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), "", "", nil
}

func parseReference(reference, own string) (SecretPart, error) {
	part := SecretPart{Entry: own, Field: reference}
	if dot := strings.LastIndexByte(reference, '.'); dot >= 0 {
		part.Entry, part.Field = reference[:dot], reference[dot+1:]
	}
	if !entryName.MatchString(part.Entry) || !fieldName.MatchString(part.Field) {
		return SecretPart{}, fmt.Errorf("{%s} names no part of an entry; write {user}, or {db.user} for the line user of the entry db", reference)
	}
	if part.Field == "password" {
		part.Field = ""
	}
	return part, nil
}

// Secret is how the value of a variable is made in an environment.
func (a *App) Secret(env, variable string) SecretValue {
	everywhere := a.Secrets.Keys[variable]
	if here, ok := a.Environments[env].Secrets[variable]; ok {
		here.File = everywhere.File
		return here
	}
	return everywhere
}

// OptionalSecret says whether the services start without a variable.
func (a *App) OptionalSecret(variable string) bool {
	return slices.Contains(a.Secrets.Optional, variable)
}

// optionalSecrets finds names that are no secrets of a service, or that a file is made of, which has to be there.
func (v *validator) optionalSecrets(a *App) {
	wanted := wantedSecrets(a)
	for i, key := range a.Secrets.Optional {
		at := "secrets.optional." + strconv.Itoa(i)
		switch {
		case !wanted[key]:
			v.add(at, "no service has %s among its secrets%s", key, DidYouMean(key, wanted))
		case a.Secrets.Keys[key].File != "":
			v.add(at, "%s is mounted as a file, which a container does not start without", key)
		}
	}
}

func wantedSecrets(a *App) map[string]bool {
	wanted := map[string]bool{}
	for _, s := range a.Services {
		if s != nil {
			for _, key := range s.Secrets {
				wanted[key] = true
			}
		}
	}
	return wanted
}

// secretValues finds what is wrong with how values are made.
func (v *validator) secretValues(at string, a *App, values map[string]SecretValue) {
	wanted := wantedSecrets(a)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !wanted[key] {
			v.add(at+"."+key, "no service has it among its secrets%s", DidYouMean(key, wanted))
		}
		v.secretValue(at+"."+key, key, values[key])
	}
}

func (v *validator) secretValue(at, variable string, s SecretValue) {
	if s.From != "" && (!entryName.MatchString(s.From) || strings.Contains(s.From, "..")) {
		v.add(at+".from", "%q is no name of an entry: letters, digits and _ . - between /", s.From)
	}
	if s.Field != "" && !fieldName.MatchString(s.Field) {
		v.add(at+".field", "%q is no name of a line: letters, digits, _ and -", s.Field)
	}
	if s.Value != "" && (s.Field != "" || s.Whole || s.Base64) {
		v.add(at+".value", "says by itself what is taken; leave out field, whole and base64")
	}
	if s.Field != "" && s.Whole {
		v.add(at+".whole", "is not one line; leave out field or whole")
	}
	if s.File != "" && (path.Clean(s.File) != s.File || s.File == "/" || s.File == "." || strings.HasPrefix(s.File, "../") || s.File == "..") {
		v.add(at+".file", "%q is no path of a file, absolute or below the code", s.File)
	}
	if _, err := s.Parts(variable); err != nil {
		v.add(at+".value", "%s", err)
	}
}

// SecretVariable is the name of a secret of a service with code of its own where the values of all of an application's
// services meet: in the environment of one command. It is the secret's own name; where several services have a secret of
// that name, two _ and the service's name follow.
func (a *App) SecretVariable(base, name string) string {
	for _, other := range a.ServiceNames() {
		if a.Base(other) != base && slices.Contains(a.Services[other].Secrets, name) {
			return name + "__" + strings.ReplaceAll(base, "-", "_")
		}
	}
	return name
}
