package generators

import (
	"slices"
	"strings"
)

// asks says whether a variable tells what the container needs: where the model says something else, only one whose name holds no
// word beside those of the backend and of roles, DB_USER and not PG_BACKUP_USER, or that stands beside the variable with the
// backend's host, DJANGO_DB_USER beside DJANGO_DB_HOST; and none where scripts make what the model says.
func (b backend) asks(key, said string, env map[string]string) bool {
	value := env[key]
	if value == "" || said == "" || value == said {
		return value != ""
	}
	own, kind := words(strings.ToUpper(strings.NewReplacer("-", " ", "_", " ").Replace(b.Name))), kindWords[b.Kind]
	foreign := func(w string) bool {
		return !own[w] && roleWords[strings.TrimPrefix(w, "PG")] == noRole && !slices.ContainsFunc(kind[:], func(set map[string]bool) bool { return set[w] })
	}
	ownWords := !slices.ContainsFunc(strings.FieldsFunc(strings.ToUpper(key), betweenWords), foreign)
	return len(b.Init) == 0 && (ownWords || b.hostBeside(key, env))
}

// hostBeside says whether a variable of the same group, whose name differs in its role alone, names the backend.
func (b backend) hostBeside(key string, env map[string]string) bool {
	for other, value := range env {
		host, _, _ := strings.Cut(value, ":")
		if host == b.Name && other != key && slices.Equal(groupOf(other), groupOf(key)) {
			return true
		}
	}
	return false
}

// groupOf are the words of a variable's name without those at the end that say its role.
func groupOf(key string) []string {
	group := strings.FieldsFunc(strings.ToUpper(key), betweenWords)
	for len(group) > 0 && roleWords[group[len(group)-1]] != noRole {
		group = group[:len(group)-1]
	}
	return group
}
