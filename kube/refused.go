package kube

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// advised adds to an error of the server's, or of the way to it, which cluster it was and what may help.
func (c *Cluster) advised(err error) error {
	var (
		connection  *url.Error
		certificate *tls.CertificateVerificationError
		before      *advisedError
	)
	switch {
	case errors.Is(err, errLeaseLost):
		return errLeaseLost
	case err == nil || errors.Is(err, context.Canceled) || errors.As(err, &before):
		return err
	case apierrors.IsUnauthorized(err):
		return &advisedError{fmt.Errorf("cluster %s (%s) doesn't know this user: log in again, as a token or a certificate may have expired: %w", c.Context, c.Host, err)}
	case errors.As(err, &certificate):
		return &advisedError{fmt.Errorf("cluster %s (%s): its certificate is not to be trusted: %s: %w", c.Context, c.Host, certificateAdvice(err), certificate.Err)}
	case errors.As(err, &connection) && strings.HasPrefix(connection.Err.Error(), "getting credentials: "):
		return &advisedError{fmt.Errorf("cluster %s (%s): the login program of this context fails, so log in again, or see users in the kubeconfig: %s", c.Context, c.Host,
			loginTrouble(connection.Err))}
	case errors.As(err, &connection):
		return &advisedError{fmt.Errorf("cluster %s (%s) can't be reached: is it up, is the VPN on? %w", c.Context, c.Host, connection.Err)}
	case errors.Is(err, context.DeadlineExceeded):
		return err
	}
	if advice := c.advice(err); advice != "" {
		return &advisedError{fmt.Errorf("%w (%s)", err, advice)}
	}
	return err
}

// advisedError is an error that says already what may help.
type advisedError struct{ error }

// Unwrap gives the error of the server's.
func (e *advisedError) Unwrap() error { return e.error }

// loginTrouble is what a credential plugin said, and how to install it where the kubeconfig says so, without client-go's page
// about plugins between them.
func loginTrouble(err error) string {
	before, hint, _ := strings.Cut(strings.TrimPrefix(err.Error(), "getting credentials: "), "#client-go-credential-plugins")
	said, _, _ := strings.Cut(strings.TrimPrefix(before, "exec: "), "\n")
	if hint := strings.Join(strings.Fields(hint), " "); hint != "" {
		said += " (" + hint + ")"
	}
	return said
}

func certificateAdvice(err error) string {
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		return "is this machine's clock right? If it is, who runs the cluster has to renew it"
	}
	return "see the certificate-authority and the server of this context in the kubeconfig"
}

var (
	rightPattern     = pattern.MustCompile(`User "[^"]*" cannot (\S+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?`)
	namespacePattern = pattern.MustCompile(`namespaces "([^"]+)" not found`)
	webhookPattern   = pattern.MustCompile(`failed calling webhook "([^"]+)"`)
)

// advice is what may help against a refusal of the server's, empty where nothing is known.
func (c *Cluster) advice(err error) string {
	text := err.Error()
	if m := rightPattern.FindStringSubmatch(text); m != nil && apierrors.IsForbidden(err) {
		r := right{m[3], m[2], m[1]}
		where := "--all-namespaces"
		if m[4] != "" {
			where = "-n " + m[4]
		}
		return fmt.Sprintf("this user may not %s: who runs the cluster gives the right by a Role and a RoleBinding; look: kubectl --context %s auth can-i %s %s",
			r, c.Context, r, where)
	}
	if m := namespacePattern.FindStringSubmatch(text); m != nil && apierrors.IsNotFound(err) {
		return fmt.Sprintf("migrate kube apply makes it; before that: kubectl --context %s create namespace %s", c.Context, m[1])
	}
	if strings.Contains(text, "exceeded quota") && apierrors.IsForbidden(err) {
		return fmt.Sprintf("delete what nobody needs, or ask who runs the cluster for more: kubectl --context %s get resourcequota --all-namespaces", c.Context)
	}
	if m := webhookPattern.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("the webhook %s does not answer, and nothing can be written while it has to be asked: see whether its pods run, or who runs it: "+
			"kubectl --context %s get validatingwebhookconfigurations,mutatingwebhookconfigurations", m[1], c.Context)
	}
	return ""
}

// refusedValue is the whole of a value in the server's words, as of the pods of a Job: JSON, or, of older servers, Go.
var refusedValue = pattern.MustCompile(`Invalid value: [\w.&*]*[{\[].*?[}\]]: `)

// withoutLongValues are the server's words with only the short ones of the values that it refuses.
func withoutLongValues(text string) string {
	return refusedValue.ReplaceAllStringFunc(text, func(value string) string {
		if len(value) < 200 {
			return value
		}
		return "Invalid value: ...: "
	})
}

// refused gives the server's refusal of an object its place in the repository and its next step.
func (a *apply) refused(o Object, err error) error {
	at := a.at(o)
	if o.is("", "Secret") && !errors.Is(err, errLeaseLost) { // the server quotes what it refuses
		text := fmt.Sprintf("%s: the server refuses it: %s", at, apierrors.ReasonForError(err))
		if advice := a.cluster.advice(err); advice != "" {
			text += " (" + advice + ")"
		}
		return errors.New(text)
	}
	if conflicts := conflictsOf(err); conflicts != "" {
		return fmt.Errorf("%s: others own fields of it: %s; leave them out of kube/, or take them over with --force-conflicts", at, conflicts)
	}
	if text := err.Error(); apierrors.IsInvalid(err) && (strings.Contains(text, "immutable") || strings.Contains(text, "updates to statefulset spec")) {
		keeping := ""
		if o.is("apps", "StatefulSet") {
			keeping = " --cascade=orphan, which keeps its pods and their data"
		}
		return fmt.Errorf("%s: %s (it can't be changed in place: rename it, or delete it first: kubectl --context %s -n %s delete %s %s%s)",
			at, withoutLongValues(text), a.cluster.Context, o.GetNamespace(), strings.ToLower(o.GetKind()), o.GetName(), keeping)
	}
	return fmt.Errorf("%s: %w", at, a.cluster.advised(err))
}

// conflictsOf names the fields that others own, with the managers, where that is what an error says.
func conflictsOf(err error) string {
	var status *apierrors.StatusError
	if !errors.As(err, &status) || status.ErrStatus.Details == nil {
		return ""
	}
	var found []string
	for _, c := range status.ErrStatus.Details.Causes {
		if c.Type != metav1.CauseTypeFieldManagerConflict {
			continue
		}
		owner := strings.TrimPrefix(c.Message, "conflict with ")
		if manager, _, cut := strings.Cut(strings.TrimPrefix(owner, `"`), `"`); cut {
			owner = manager
		}
		found = append(found, fmt.Sprintf("%s (%s)", strings.TrimPrefix(c.Field, "."), owner))
	}
	return strings.Join(found, ", ")
}
