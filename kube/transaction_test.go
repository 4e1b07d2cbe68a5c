package kube

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestPick(t *testing.T) {
	history := func(states ...string) (all []*Record) {
		for i, s := range states {
			all = append(all, &Record{Number: len(states) - i, State: s})
		}
		return all
	}
	tests := []struct {
		name    string
		earlier []*Record
		to      int
		want    int // 0 for an error
	}{
		{"the one before", history(stateReady, stateReady), 0, 1},
		{"a failed one was rolled back already", history(stateRolledBack, stateReady, stateReady), 0, 1},
		{"a failed one that was kept", history(stateFailed, stateReady, stateReady), 0, 2},
		{"a run that was killed", history(stateApplying, stateReady), 0, 1},
		{"none before", history(stateReady), 0, 0},
		{"none at all", nil, 0, 0},
		{"by number, whatever became of it", history(stateReady, stateFailed, stateReady), 2, 2},
		{"an unknown number", history(stateReady), 7, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := pick(tt.earlier, tt.to)
			if tt.want == 0 && err == nil || tt.want != 0 && (err != nil || got.Number != tt.want) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func objectNamed(kind, name string) Object {
	u := &unstructured.Unstructured{}
	u.SetKind(kind)
	u.SetAPIVersion("v1")
	u.SetName(name)
	u.SetNamespace("shop")
	return Object{Unstructured: u}
}

// TestLeftover: of 10,000 made up histories nothing goes that is wanted or that no release brought, no ConfigMap or Secret
// that a release needs which can be gone back to, and nothing else stays.
func TestLeftover(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	kinds := []string{"Service", "ConfigMap", "Secret", "ServiceAccount"}
	some := func() (l Objects) {
		for range random.IntN(6) {
			o := objectNamed(kinds[random.IntN(len(kinds))], fmt.Sprint("n", random.IntN(6)))
			if !slices.ContainsFunc(l, func(other Object) bool { return other.key() == o.key() }) {
				l = append(l, o)
			}
		}
		return l
	}
	for range 10_000 {
		wanted := some()
		var earlier []*Record
		brought, needed := map[string]bool{}, map[string]bool{}
		ready := 1
		for i := range random.IntN(8) {
			r := &Record{Number: i, State: []string{stateReady, stateFailed}[random.IntN(2)], objects: some()}
			earlier = append(earlier, r)
			if r.State == stateReady {
				ready++
			}
			for _, o := range r.objects {
				brought[o.key()] = true
				if r.State == stateReady && ready <= kept && (o.GetKind() == "ConfigMap" || o.GetKind() == "Secret") {
					needed[o.key()] = true
				}
			}
		}
		for _, o := range wanted {
			needed[o.key()] = true
		}
		gone := map[string]bool{}
		for _, o := range leftover(wanted, earlier, earlier) {
			if gone[o.key()] || needed[o.key()] || !brought[o.key()] {
				t.Fatalf("%s is to go", o.key())
			}
			gone[o.key()] = true
		}
		for key := range brought {
			if !gone[key] && !needed[key] {
				t.Fatalf("%s stays", key)
			}
		}
	}
}

// TestRecordHasABound: a release that can't be remembered is told with what makes it so large.
func TestRecordHasABound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, 1<<20)
	for i := range text {
		text[i] = byte(random.Uint32())
	}
	logo := objectNamed("ConfigMap", "logo")
	logo.Object["binaryData"] = map[string]any{"logo.png": base64.StdEncoding.EncodeToString(text)}
	r := &Record{Number: 1, objects: Objects{objectNamed("Service", "web"), logo}}
	if _, err := r.configMap("shop"); err == nil || !strings.HasSuffix(err.Error(), "the largest is ConfigMap logo") {
		t.Errorf("%v", err)
	}
}
