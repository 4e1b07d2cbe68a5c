package host

import (
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// sanitise makes a snapshot that anybody may have written what Take would have taken: no signs that steer a terminal or
// begin a line, no value that may be a secret, no address that is none.
func (s *Snapshot) sanitise() {
	plain(reflect.ValueOf(s).Elem())
	for i := range s.Processes {
		p := &s.Processes[i]
		p.Command = maskCommand(p.Command)
		for name, value := range p.Environment {
			if value != nil {
				p.Environment[name] = plainValue(name, *value)
			}
		}
		p.Points = slices.DeleteFunc(p.Points, func(point Point) bool {
			_, known := service.KindOf(point.Kind)
			return !known || point.Port < 0 || point.Port > 65535 || point.Host != "" && !nameOrAddress(point.Host)
		})
		for n := range p.Calls {
			p.Calls[n].Names = slices.DeleteFunc(p.Calls[n].Names, func(name string) bool { return !nameOrAddress(name) })
		}
	}
	for i := range s.Cron {
		s.Cron[i].Command = maskShell(s.Cron[i].Command)
		for name, value := range s.Cron[i].Environment {
			if value != nil {
				s.Cron[i].Environment[name] = plainValue(name, *value)
			}
		}
	}
	for i := range s.Files {
		if f := &s.Files[i]; f.Format != "environment" {
			f.Text = maskConfig(f.Format, strings.Join(f.Text, "\n"))
		}
	}
}

func nameOrAddress(host string) bool {
	return plainHost.MatchString(strings.ToLower(host)) || plainLabel.MatchString(strings.ToLower(host)) || isAddress(host)
}

// plain takes the control characters out of every text; words of commands keep the ends of lines that a script has.
func plain(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(plainText(v.String(), " "))
	case reflect.Pointer:
		if !v.IsNil() {
			plain(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			plain(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if words, ok := v.Field(i).Interface().([]string); ok && v.Type().Field(i).Name == "Command" {
				for n := range words {
					words[n] = plainText(words[n], "\n")
				}
				continue
			}
			plain(v.Field(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if name := plainText(key.String(), "?"); name != key.String() {
				v.SetMapIndex(key, reflect.Value{})
			}
		}
	}
}

// plainText is a text without control characters, its ends of lines replaced.
func plainText(text, end string) string {
	if strings.IndexFunc(text, unicode.IsControl) < 0 {
		return text
	}
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return '?'
		}
		return c
	}, strings.ReplaceAll(text, "\n", end))
}
