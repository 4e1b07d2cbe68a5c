package legacy

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// files gives services the files that operations put beside them: those become part of a ConfigMap, with what an
// environment has in their place; one that holds secrets is a secret as a whole.
func (r *resolver) files(units []*unit) {
	many := len(units) > 1
	for _, u := range units {
		s := r.App.Services[u.base]
		if s == nil {
			continue
		}
		u.files = stronger(u.files)
		taken := map[string]bool{}
		for _, f := range u.files {
			if f.Environment == "" && s.Files[f.File.Path] == "" {
				r.file(u, s, f, taken, many)
			}
		}
		for _, f := range u.files {
			if f.Environment != "" {
				r.fileThere(s, f)
			}
		}
	}
}

// file takes over one file that holds everywhere.
func (r *resolver) file(u *unit, s *service.Service, f Claimed, taken map[string]bool, many bool) {
	where, secret := f.File.Path, false
	for _, other := range u.files { // what is secret in one environment is in all
		secret = secret || other.File.Path == where && other.File.Secret
	}
	if secret {
		r.secretFile(u, s, f)
		return
	}
	name := fileName(where, taken)
	taken[name] = true
	if many {
		name = u.base + "/" + name
	}
	if s.Files == nil {
		s.Files = map[string]string{}
	}
	s.Files[where] = service.BaseFile(name)
	field := "services." + u.base + ".files." + where
	r.Claims[field] = append(r.Claims[field], Claim{f.Evidence, s.Files[where], f.order})
	r.write(s.Files[where], f)
}

// fileThere takes over what an environment has in the place of a file.
func (r *resolver) fileThere(s *service.Service, f Claimed) {
	where := f.File.Path
	base, e := s.Files[where], r.App.Environments[f.Environment]
	if _, known := r.App.Environments[f.Environment]; !known || base == "" || f.File.Secret || f.File.Text == r.Files[base] || e.Files[where] != "" {
		return
	}
	if e.Files == nil {
		e.Files = map[string]string{}
	}
	e.Files[where] = service.EnvironmentFile(f.Environment, base)
	r.App.Environments[f.Environment] = e
	field := "environments." + f.Environment + ".files." + where
	r.Claims[field] = append(r.Claims[field], Claim{f.Evidence, e.Files[where], f.order})
	r.write(e.Files[where], f)
}

// write keeps the text of a file for init to write, and says what is not known in it.
func (r *resolver) write(at string, f Claimed) {
	if r.Files == nil {
		r.Files = map[string]string{}
	}
	r.Files[at] = f.File.Text
	if len(f.File.Open) > 0 {
		names := make([]string, len(f.File.Open))
		for i, name := range f.File.Open {
			names[i] = "${" + name + "}"
		}
		r.note(f.Evidence, fmt.Sprintf("%s becomes %s; fill in what is not known here: %s", f.File.Path, at, strings.Join(names, ", ")))
	}
}

// secretFile makes a file with secrets in it an entry of the store, all of it.
func (r *resolver) secretFile(u *unit, s *service.Service, f Claimed) {
	where := f.File.Path
	if f.File.Present && f.File.Elsewhere {
		r.note(f.Evidence, "what operations put in the place of the repository's "+where+" is kept elsewhere: where it differs, put it into gopass whole and let it take that one's place (secrets.keys)")
		return
	}
	if f.File.Present {
		r.note(f.Evidence, where+" holds secrets, and the repository has one of its own: say them as variables (secrets), or put the file into gopass whole and let it take that one's place (secrets.keys)")
		return
	}
	key := r.fileKey(s, where)
	if slices.Contains(s.Secrets, key) {
		return // another place puts the same file there
	}
	if r.App.Secrets.Keys == nil {
		r.App.Secrets.Keys = map[string]service.SecretValue{}
	}
	r.App.Secrets.Keys[key] = service.SecretValue{Whole: true, File: where}
	s.Secrets = append(s.Secrets, key)
	slices.Sort(s.Secrets)
	for _, field := range []string{"services." + u.base + ".secrets", "secrets.keys." + key} {
		r.Claims[field] = append(r.Claims[field], Claim{f.Evidence, key, f.order})
	}
	says, args := "%s holds secrets: it is not copied. Put it into gopass as it is on the machine, all of it, under %s; it is mounted from there", []any{where, key}
	if f.File.Elsewhere {
		says = "what stands in %s is kept elsewhere. Put it into gopass as it is on the machine, all of it, under %s; it is mounted from there"
	}
	if len(f.File.Sets) > 0 {
		says, args = says+". It sets %s", append(args, scan.List(f.File.Sets))
	}
	r.Notes = append(r.Notes, scan.NewNote(f.Evidence.File, f.Evidence.Line, says, args...))
}

// fileKey is what the entry for a file is called: after the file, and after its whole path where that name has been given
// to something else.
func (r *resolver) fileKey(s *service.Service, where string) string {
	name := func(text string) string {
		key := strings.Trim(strings.ToUpper(notVariable.ReplaceAllString(text, "_")), "_")
		if key == "" || key[0] >= '0' && key[0] <= '9' {
			key = "FILE_" + key
		}
		return key
	}
	free := func(key string) bool {
		given, known := r.App.Secrets.Keys[key]
		_, plain := s.Env[key]
		return given.File == where || !known && !plain && !slices.Contains(s.Secrets, key)
	}
	key := name(path.Base(where))
	for i := 1; !free(key); i++ {
		if key = name(where); i > 1 {
			key += "_" + strconv.Itoa(i)
		}
	}
	return key
}

var notVariable = scan.MustCompile(`[^A-Za-z0-9]+`)

// fileName is what a file is called in the ConfigMap: its own name where that is free, else with its directory's.
func fileName(where string, taken map[string]bool) string {
	clean := func(name string) string { return strings.Trim(notFile.ReplaceAllString(name, "-"), "-") }
	name := clean(path.Base(where))
	if name == "" || strings.Trim(name, ".") == "" {
		name = "file"
	}
	if taken[name] {
		name = clean(strings.Trim(path.Dir(where), "/") + "-" + name)
	}
	for i, stem := 2, name; taken[name]; i++ {
		name = fmt.Sprintf("%d-%s", i, stem)
	}
	return name
}

var notFile = scan.MustCompile(`[^-._a-zA-Z0-9]+`)

// withFiles keeps aside the files that services read. It says whether a finding was one.
func (u *unit) withFiles(f Claimed) bool {
	if f.File != nil && !unknownFile(f.File) {
		u.files = append(u.files, f)
	}
	return f.File != nil
}

// unknownFile is where a file claims a place that nothing could be mounted at.
func unknownFile(f *scan.File) bool {
	where := f.Path
	return where == "" || where == "/" || where == "." || path.Clean(where) != where || strings.HasPrefix(where, "..") || strings.ContainsAny(where, ":\n\r\t")
}
