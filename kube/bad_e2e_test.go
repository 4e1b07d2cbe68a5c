//go:build e2e

package kube

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	admission "k8s.io/api/admissionregistration/v1"
	coordination "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Each test of this file is about input that is bad because of the cluster: what is said of it first, and that nothing is
// half-applied without the journal saying so.

// as is the cluster of KUBECONFIG with other credentials, or another address.
func (f *fixture) as(change func(*rest.Config)) *Cluster {
	f.Helper()
	config := rest.CopyConfig(f.cluster.config)
	change(config)
	c, err := newCluster(f.cluster.Context, config)
	if err != nil {
		f.Fatal(err)
	}
	c.pace.look = f.cluster.pace.look
	return c
}

// own makes the fixture's namespace before the release does.
func (f *fixture) own() {
	f.Helper()
	_, err := f.cluster.typed.CoreV1().Namespaces().Create(f.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: f.namespace}}, metav1.CreateOptions{})
	if err != nil {
		f.Fatal(err)
	}
}

// first is the first line of an error, where what matters has to stand.
func first(err error) string {
	if err == nil {
		return ""
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// shipped are the kinds that a user needs rights on who brings the small application into a namespace.
var shipped = []string{"pods", "pods/log", "secrets", "configmaps", "services", "serviceaccounts", "events", "deployments", "replicasets", "cronjobs", "jobs",
	"leases", "poddisruptionbudgets", "networkpolicies", "endpointslices", "horizontalpodautoscalers"}

// What the cluster would not take is told before the first write, with what to do about it.
func TestBadCluster(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(f *fixture) *Cluster // gives the cluster that the release goes to
		want    []string                  // in the error
	}{
		{"expired token", func(f *fixture) *Cluster {
			return f.as(func(c *rest.Config) {
				c.TLSClientConfig = rest.TLSClientConfig{CAData: c.CAData, CAFile: c.CAFile}
				c.BearerToken, c.BearerTokenFile = "expired", ""
			})
		}, []string{"doesn't know this user", "log in again"}},
		{"expired certificate", func(f *fixture) *Cluster {
			return f.as(func(c *rest.Config) {
				c.TLSClientConfig = rest.TLSClientConfig{CAData: c.CAData, CAFile: c.CAFile}
				c.CertData, c.KeyData = outdated(f.T)
			})
		}, []string{"log in again"}},
		{"a server that never answers", func(f *fixture) *Cluster {
			c := f.as(func(c *rest.Config) { c.Host = silent(f.T) })
			c.pace.first = time.Second
			return c
		}, []string{"can't be reached", "is the VPN on?"}},
		{"a cluster of another CA", func(f *fixture) *Cluster {
			return f.as(func(c *rest.Config) {
				cert, _ := outdated(f.T)
				c.CAData, c.CAFile = cert, ""
			})
		}, []string{"its certificate is not to be trusted", "certificate-authority"}},
		{"no right to one kind", func(f *fixture) *Cluster {
			f.own()
			var some []string
			for _, kind := range shipped {
				if kind != "cronjobs" {
					some = append(some, kind)
				}
			}
			f.grant("shipper", some)
			return f.as(func(c *rest.Config) { c.Impersonate = rest.ImpersonationConfig{UserName: "shipper"} })
		}, []string{"CronJob tidy", "this user may not", "kubectl --context ", "auth can-i"}},
		{"a kind that isn't there", func(f *fixture) *Cluster {
			f.files["kube/base/widget.yaml"] = file("apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\n")
			f.change("kube/base/kustomization.yaml", "  - web.yaml\n", "  - web.yaml\n  - widget.yaml\n")
			return f.cluster
		}, []string{"Widget w: cluster ", "install what brings it first"}},
		{"a login program that fails", func(f *fixture) *Cluster {
			return f.as(func(c *rest.Config) {
				c.TLSClientConfig = rest.TLSClientConfig{CAData: c.CAData, CAFile: c.CAFile}
				c.ExecProvider = &api.ExecConfig{Command: "no-such-login", APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.NeverExecInteractiveMode, InstallHint: "ask anna for it"}
			})
		}, []string{"the login program of this context fails", "no-such-login not found", "ask anna for it"}},
		{"a namespace that is being deleted", func(f *fixture) *Cluster {
			f.own()
			stays := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "stays", Finalizers: []string{"example.test/stays"}}}
			if _, err := f.cluster.typed.CoreV1().ConfigMaps(f.namespace).Create(f.Context(), stays, metav1.CreateOptions{}); err != nil {
				f.Fatal(err)
			}
			f.Cleanup(func() {
				stays.Finalizers = nil
				_, _ = f.cluster.typed.CoreV1().ConfigMaps(f.namespace).Update(context.Background(), stays, metav1.UpdateOptions{})
				f.namespace = "" // it is on its way
			})
			if err := f.cluster.typed.CoreV1().Namespaces().Delete(f.Context(), f.namespace, metav1.DeleteOptions{}); err != nil {
				f.Fatal(err)
			}
			return f.cluster
		}, []string{"is being deleted: wait until it is gone"}},
		{"a quota with room for nothing", func(f *fixture) *Cluster {
			f.own()
			f.quota("count/cronjobs.batch", "0")
			return f.cluster
		}, []string{"CronJob tidy", "exceeded quota", "delete what nobody needs"}},
		{"a webhook that never answers", func(f *fixture) *Cluster {
			f.own()
			f.webhook(silent(f.T))
			return f.cluster
		}, []string{"Deployment web", "webhook silent.example.test", "does not answer", "kubectl --context "}},
		{"another release's objects", func(f *fixture) *Cluster {
			f.own()
			theirs := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "ledger", Annotations: map[string]string{"meta.helm.sh/release-name": "books"}}}
			if _, err := f.cluster.typed.CoreV1().ServiceAccounts(f.namespace).Create(f.Context(), theirs, metav1.CreateOptions{}); err != nil {
				f.Fatal(err)
			}
			return f.cluster
		}, []string{"ServiceAccount ledger: it belongs to the Helm release books", "--take-over"}},
		{"another environment's namespace", func(f *fixture) *Cluster {
			f.play("web", running)
			o := f.options()
			o.App, o.Tag, o.Environment = "ledger", "v0", "production"
			f.must(f.cluster.Apply(f.Context(), f.render("v0"), o))
			return f.cluster
		}, []string{"production", "a namespace of its own"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			c := test.prepare(f)
			before := f.everything()
			o := f.options()
			o.App, o.Tag, o.Environment = "ledger", "v1", "staging"
			start := time.Now()
			result, err := c.Apply(t.Context(), f.render("v1"), o)
			said := ""
			if err != nil {
				said = err.Error()
			}
			for _, want := range test.want {
				if !strings.Contains(said, want) {
					t.Errorf("lacks %q", want)
				}
			}
			t.Logf("after %s: %v", time.Since(start).Round(10*time.Millisecond), err)
			if result.Written > 0 {
				t.Errorf("%d written", result.Written)
			}
			if after := f.everything(); after != before {
				t.Errorf("something was written:\n%s", without(after, before))
			}
		})
	}
}

// everything is what is in the namespace, but for what the cluster itself does there.
func (f *fixture) everything() string {
	f.Helper()
	var b strings.Builder
	for _, resource := range append(inventory, leases) {
		list, err := f.cluster.dynamic.Resource(resource).Namespace(f.namespace).List(context.Background(), metav1.ListOptions{})
		if err != nil {
			f.Fatal(err)
		}
		for _, o := range list.Items {
			if o.GetName() != "default" && o.GetName() != "kube-root-ca.crt" {
				b.WriteString(o.GetKind() + " " + o.GetName() + " " + ours(&o) + "\n")
			}
		}
	}
	return b.String()
}

var leases = schema.GroupVersionResource{Group: "coordination.k8s.io", Version: "v1", Resource: "leases"}

// outdated is a certificate that nobody has signed and that has expired, with its key.
func outdated(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "somebody"}, NotBefore: time.Now().Add(-48 * time.Hour),
		NotAfter: time.Now().Add(-24 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})
}

func (f *fixture) quota(what, most string) {
	f.Helper()
	hard := corev1.ResourceList{corev1.ResourceName(what): resource.MustParse(most)}
	quotas := f.cluster.typed.CoreV1().ResourceQuotas(f.namespace)
	if _, err := quotas.Create(f.Context(), &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: "small"}, Spec: corev1.ResourceQuotaSpec{Hard: hard}}, metav1.CreateOptions{}); err != nil {
		f.Fatal(err)
	}
	for range 100 { // admission goes by what the controller has counted
		q, err := quotas.Get(f.Context(), "small", metav1.GetOptions{})
		if err == nil && len(q.Status.Hard) > 0 {
			return
		}
		_ = pause(f.Context(), 100*time.Millisecond)
	}
	f.Fatal("the quota is not counted")
}

// webhook has the server ask an address about every Deployment of the namespace.
func (f *fixture) webhook(url string) {
	f.Helper()
	seconds, fail, effects := int32(1), admission.Fail, admission.SideEffectClassNone
	hook := &admission.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: f.namespace}, Webhooks: []admission.ValidatingWebhook{{
		Name: "silent.example.test", ClientConfig: admission.WebhookClientConfig{URL: &url}, SideEffects: &effects, TimeoutSeconds: &seconds, FailurePolicy: &fail,
		AdmissionReviewVersions: []string{"v1"}, NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": f.namespace}},
		Rules: []admission.RuleWithOperations{{Operations: []admission.OperationType{"CREATE", "UPDATE"},
			Rule: admission.Rule{APIGroups: []string{"apps"}, APIVersions: []string{"v1"}, Resources: []string{"deployments"}}}}}}}
	hooks := f.cluster.typed.AdmissionregistrationV1().ValidatingWebhookConfigurations()
	if _, err := hooks.Create(f.Context(), hook, metav1.CreateOptions{}); err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = hooks.Delete(context.Background(), f.namespace, metav1.DeleteOptions{}) })
	_ = pause(f.Context(), 2*time.Second) // until the server goes by it
}

// silent is the URL of a listener that takes connections and says nothing.
func silent(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return "https://" + l.Addr().String() + "/ask"
}

// What only shows while it is written ends the release where it is: the journal says how far it came, and where something
// ran before, it runs again.
func TestQuotaEndsHalfWay(t *testing.T) {
	kubelet(t)
	f := newFixture(t)
	*f.cluster.pace = quick
	f.own()
	f.must(f.variant(f.cluster, "v1"))
	before := f.state()
	f.quota("count/services", "0")
	result, err := f.variant(f.cluster, "v2")
	if err == nil || !strings.Contains(err.Error(), "exceeded quota") || result.Written != 0 {
		t.Errorf("a dry run tells: %d written, %v", result.Written, err)
	}
	// Two new Services, and room for one: each alone would be taken.
	if err := f.cluster.typed.CoreV1().ResourceQuotas(f.namespace).Delete(t.Context(), "small", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	f.quota("count/services", "1")
	_, err = f.variant(f.cluster, "two-services")
	var back *RolledBack
	if !errors.As(err, &back) || !strings.Contains(first(err), "exceeded quota") || !strings.Contains(first(err), "Service ") {
		t.Fatalf("%v", err)
	}
	f.settledAs(before, "after the quota")
	if got := states(f.history()); got != "two-services rolled back; v1 ready; " {
		t.Errorf("history: %s", got)
	}
	// With nothing to go back to, what was written stays and is on record.
	g := newFixture(t)
	*g.cluster.pace = quick
	g.own()
	g.quota("count/services", "1")
	result, err = g.variant(g.cluster, "two-services")
	if err == nil || !strings.Contains(err.Error(), "exceeded quota") || !strings.Contains(err.Error(), "what was written before stays") || result.Written == 0 {
		t.Errorf("%d written, %v", result.Written, err)
	}
	if got := states(g.history()); got != "two-services failed; " {
		t.Errorf("history: %s", got)
	}
}

// TestClockIsTheServers: whatever this machine's clock says beside the server's, a lock is seen, and taken over in time.
func TestClockIsTheServers(t *testing.T) {
	for name, skew := range map[string]time.Duration{"server ahead": 6 * time.Hour, "server behind": -6 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			*f.cluster.pace = quick
			f.own()
			skewed := f.as(func(c *rest.Config) {
				c.ContentType, c.AcceptContentTypes = "application/json", "application/json"
				c.Wrap(func(next http.RoundTripper) http.RoundTripper { return &otherClock{next, skew} })
			})
			*skewed.pace = quick
			lease, _, err := skewed.acquire(t.Context(), f.namespace, "ledger")
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			lease.end() // its holder dies
			<-lease.over
			var locked *Locked
			if _, _, err := skewed.acquire(t.Context(), f.namespace, "ledger"); !errors.As(err, &locked) || locked.Ends > quick.lease+time.Second {
				t.Fatalf("while it is held: %v", err)
			}
			for {
				other, _, err := skewed.acquire(t.Context(), f.namespace, "ledger")
				if err == nil {
					other.release()
					break
				}
				if !errors.As(err, &locked) {
					t.Fatal(err)
				}
				_ = pause(t.Context(), 200*time.Millisecond)
			}
			if took := time.Since(start); took > quick.lease+3*time.Second {
				t.Errorf("it was taken over after %s; the lease is of %s", took, quick.lease)
			}
		})
	}
}

// otherClock is a server whose clock is another than this machine's: it is asked through what it would create.
type otherClock struct {
	next http.RoundTripper
	skew time.Duration
}

func (o *otherClock) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := o.next.RoundTrip(r)
	if err != nil || !r.URL.Query().Has("dryRun") || !strings.HasSuffix(r.URL.Path, "/leases") {
		return response, err
	}
	var lease coordination.Lease
	if err := json.NewDecoder(response.Body).Decode(&lease); err != nil {
		return nil, err
	}
	response.Body.Close()
	lease.CreationTimestamp.Time = lease.CreationTimestamp.Add(o.skew)
	response.Body = answer(lease).Body
	response.ContentLength = -1
	return response, nil
}
