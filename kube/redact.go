package kube

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"sort"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// shortest is the length in bytes from which a value is looked for in printed text: "1" or "true" would blot out half of
// a log and are no secret.
const shortest = 6

// redactor takes the values of secrets out of text that comes from elsewhere: pod logs, events and the server's errors.
type redactor struct {
	replacer *strings.Replacer
	blind    bool // the values could not be had: nothing that a container wrote may be shown
}

// blotted stands in place of a log that can't be shown.
const blotted = "(not shown: this user may not read the Secrets, so their values could not be taken out; see kubectl logs)"

// redactorFor knows the values of the Secrets that live objects refer to.
func (c *Cluster) redactorFor(ctx context.Context, namespace string, live Objects) *redactor {
	values := map[SecretRef][]byte{}
	blind := false
	for _, ref := range live.SecretRefs() {
		secret, err := c.typed.CoreV1().Secrets(namespace).Get(ctx, ref.Secret, metav1.GetOptions{})
		if err != nil {
			blind = blind || !apierrors.IsNotFound(err) // what isn't there is in no log
			continue
		}
		for key, value := range secret.Data {
			values[SecretRef{ref.Secret, key}] = value
		}
	}
	r := newRedactor(values)
	r.blind = blind
	return r
}

func newRedactor(values map[SecretRef][]byte) *redactor {
	forms := map[string]bool{}
	for _, v := range values {
		text := strings.TrimSpace(string(v))
		if len(text) < shortest {
			continue
		}
		for _, form := range []string{text, url.QueryEscape(text), url.PathEscape(text),
			base64.StdEncoding.EncodeToString(v), base64.RawURLEncoding.EncodeToString(v)} {
			forms[form] = true
		}
		for _, line := range strings.Split(text, "\n") { // of a key file, logs are read line by line
			if line = strings.TrimSpace(line); len(line) >= 2*shortest {
				forms[line] = true
			}
		}
		if u, err := url.Parse(text); err == nil && u.User != nil {
			if password, _ := u.User.Password(); len(password) >= shortest {
				forms[password], forms[url.QueryEscape(password)] = true, true
			}
		}
	}
	ordered := sortedKeys(forms)
	sort.SliceStable(ordered, func(i, j int) bool { return len(ordered[i]) > len(ordered[j]) })
	var pairs []string
	for _, form := range ordered {
		pairs = append(pairs, form, "[secret]")
	}
	return &redactor{replacer: strings.NewReplacer(pairs...)}
}

func (r *redactor) text(s string) string {
	if r == nil {
		return s
	}
	return r.replacer.Replace(s)
}

// log is a line that a container wrote.
func (r *redactor) log(line string) (text string, shown bool) {
	if r != nil && r.blind {
		return blotted, false
	}
	return r.text(line), true
}

// error gives err itself where it holds no secret, and otherwise its text without.
func (r *redactor) error(err error) error {
	if err == nil {
		return nil
	}
	if clean := r.text(err.Error()); clean != err.Error() {
		return errors.New(clean)
	}
	return err
}
