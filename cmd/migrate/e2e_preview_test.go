//go:build e2e

package main_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// tryNext takes the service through a switch and a canary, there and back, while it is asked all the time: no request may fail.
func (r *e2eRepo) tryNext() {
	r.Helper()
	next := r.tag + "-next"
	r.while(proxied, []string{"kubectl", "proxy", "--port", "0"}, func(api string) {
		said := r.underLoad(api, func() {
			r.must("make", "kube_switch", "TAG="+next)
			r.must("make", "kube_switch", "END=back")
			r.must("make", "kube_switch", "TAG="+next)
			r.must("make", "kube_switch", "END=finish")
			r.status(next)
			r.must(r.tools.migrate, "kube", "canary", "--env", "staging", "--tag", r.tag, "--percent", "50", "--watch", "3s")
			r.must("make", "kube_canary", "END=finish")
			r.status(r.tag)
		})
		r.Logf("over a switch, the way back, another with its end, and a canary with its end: %s", said)
	})
}

var proxied = regexp.MustCompile(`Starting to serve on (127\.0\.0\.1:\d+)`)

// underLoad asks the Service while something is done, each time a pod that it leads to at that moment, and fails where an answer
// is missing or wrong.
func (r *e2eRepo) underLoad(api string, do func()) string {
	r.Helper()
	url := fmt.Sprintf("http://%s/api/v1/namespaces/%s/services/%s:80/proxy/tariffs", api, r.namespace, r.service)
	var mu sync.Mutex
	var failed []string
	asked, load := 0, sync.WaitGroup{}
	over := make(chan struct{})
	for range 4 {
		load.Go(func() {
			for {
				select {
				case <-over:
					return
				case <-time.After(20 * time.Millisecond):
				}
				response, err := http.Get(url)
				if err == nil {
					err = response.Body.Close()
				}
				mu.Lock()
				if asked++; err != nil || response.StatusCode != http.StatusOK {
					failed = append(failed, fmt.Sprint(time.Now().Format("15:04:05.000"), " ", err, response))
				}
				mu.Unlock()
			}
		})
	}
	do()
	close(over)
	load.Wait()
	if len(failed) > 0 || asked < 100 {
		r.Errorf("%d of %d requests failed:\n%s", len(failed), asked, strings.Join(failed[:min(len(failed), 5)], "\n"))
	}
	return fmt.Sprintf("%d requests, %d failed", asked, len(failed))
}
