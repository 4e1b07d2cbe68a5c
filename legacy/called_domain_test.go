package legacy

import "testing"

// A domain that is called after the service is its own: org is no process of shop.org.
func TestDomainOfTheService(t *testing.T) {
	s := &subjects{names: map[string]string{"shop": "."}, plain: map[string]string{}, dirs: []string{"."}, runs: map[string]bool{}, front: map[string]bool{}, heard: map[string]bool{}}
	for name, want := range map[string]string{"www.shop.org": "", "shop.org": "", "shop.dev": "", "shop-worker": "worker"} {
		if _, process, ok := s.meant([]string{name}, true); process != want || !ok {
			t.Errorf("%s: %q %v", name, process, ok)
		}
	}
	if _, _, ok := s.meant([]string{"www.shopping.org"}, true); ok {
		t.Error("another domain")
	}
}
