package kube

import (
	"context"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/migrate-to-kubernetes/migrate/secrets/redact"
)

// redactor takes the values of secrets out of text that comes from elsewhere: pod logs, events and the server's errors.
type redactor struct {
	values *redact.Redactor
	blind  bool // the values could not be had: nothing that a container wrote may be shown
}

// blotted stands in place of a log that can't be shown.
const blotted = "(not shown: this user may not read the Secrets, so their values could not be taken out; see kubectl logs)"

// redactorFor knows the values of the Secrets that live objects refer to.
func (c *Cluster) redactorFor(ctx context.Context, namespace string, live Objects) *redactor {
	values := map[SecretRef][]byte{}
	blind := false
	needed, optional := live.SecretRefs()
	for _, ref := range slices.Concat(needed, optional) {
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
	var all [][]byte
	for _, v := range values {
		all = append(all, v)
	}
	return &redactor{values: redact.New(all...)}
}

func (r *redactor) text(s string) string {
	if r == nil {
		return s
	}
	return r.values.Text(s)
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
	if r == nil {
		return err
	}
	return r.values.Error(err)
}

// failure takes the values out of all that a failure says.
func (r *redactor) failure(f *Failure) {
	f.Cause, f.Fix = r.text(f.Cause), r.text(f.Fix)
	for _, lines := range [][]string{f.Log, f.Previous, f.Events} {
		for i := range lines {
			lines[i] = r.text(lines[i])
		}
	}
}
