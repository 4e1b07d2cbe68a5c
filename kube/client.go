package kube

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// Cluster is the one cluster that a kubeconfig context names. It is for one task at a time.
type Cluster struct {
	Context string
	Host    string

	dynamic dynamic.Interface
	typed   kubernetes.Interface
	mapper  meta.RESTMapper // nil until discover
	config  *rest.Config    // for connections to pods

	warnings *warnings
	pace     *pace
}

// Connect opens the named context of the kubeconfig (KUBECONFIG, or ~/.kube/config), whichever context is the current
// one there. Nothing is sent yet.
func Connect(contextName string) (*Cluster, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	raw, err := rules.Load()
	if err != nil {
		return nil, fmt.Errorf("the kubeconfig can't be read: %w", err)
	}
	if _, known := raw.Contexts[contextName]; !known {
		where := strings.Join(rules.GetLoadingPrecedence(), string(os.PathListSeparator))
		have := "no context at all"
		if len(raw.Contexts) > 0 {
			have = "only " + strings.Join(sortedKeys(raw.Contexts), ", ")
		}
		return nil, fmt.Errorf("the kubeconfig (%s) has no context %q, %s", where, contextName, have)
	}
	config, err := clientcmd.NewNonInteractiveClientConfig(*raw, contextName, nil, rules).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("context %q of the kubeconfig: %w", contextName, err)
	}
	return newCluster(contextName, config)
}

func newCluster(name string, config *rest.Config) (*Cluster, error) {
	pace := usual
	c := &Cluster{Context: name, Host: config.Host, warnings: &warnings{seen: map[string]bool{}}, pace: &pace}
	config.QPS = -1 // five requests a second would be the default; the server has its own protection
	config.UserAgent = "migrate"
	config.WarningHandler = c.warnings
	config.Timeout = 0 // each try of a request has its own; a release step's log may be followed for long
	c.config = rest.CopyConfig(config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &patient{next, &pace, new(atomic.Bool)} })
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	if c.dynamic, err = dynamic.NewForConfigAndClient(config, client); err != nil {
		return nil, err
	}
	typed, err := kubernetes.NewForConfigAndClient(config, client)
	c.typed = typed
	return c, err
}

// discover asks the server once which kinds it has. It is the first thing that is sent.
func (c *Cluster) discover(ctx context.Context) error {
	if c.mapper != nil {
		return nil
	}
	groups, err := restmapper.GetAPIGroupResourcesWithContext(ctx, discovery.ToDiscoveryInterfaceWithContext(c.typed.Discovery()))
	if err != nil {
		return c.advised(err)
	}
	c.mapper = restmapper.NewDiscoveryRESTMapper(groups)
	return nil
}

// Version is that of the server, such as v1.31.4.
func (c *Cluster) Version(ctx context.Context) (string, error) {
	v, err := discovery.ToDiscoveryInterfaceWithContext(c.typed.Discovery()).ServerVersionWithContext(ctx)
	if err != nil {
		return "", c.advised(err)
	}
	return v.GitVersion, nil
}

// warnings collects what the server warns of, each once.
type warnings struct {
	mu    sync.Mutex
	seen  map[string]bool
	fresh []string
}

// HandleWarningHeader is called by client-go for each warning of a response.
func (w *warnings) HandleWarningHeader(code int, _ string, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if code == 299 && text != "" && !w.seen[text] {
		w.seen[text] = true
		w.fresh = append(w.fresh, text)
	}
}

func (w *warnings) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	fresh := w.fresh
	w.fresh = nil
	return fresh
}
