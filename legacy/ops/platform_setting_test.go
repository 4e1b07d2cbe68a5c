package ops

import "testing"

func TestEnvironmentOfPath(t *testing.T) {
	for file, want := range map[string]string{
		"manifest.yml": "", "manifest-staging.yml": "staging", "manifests/prod.yml": "production", "deploy/uat/manifest.yml": "uat",
		"manifest-pre-prod.yml": "preprod", "values-non_prod.yaml": "", "manifest-dev.yml": "", "staging/web/manifest.yml": "",
	} {
		if got := environmentOfPath(file); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
	for name, want := range map[string]bool{"manifest.yml": false, "manifest-production.yml": false, "manifest-non-prod.yml": true, "shop-dev": true, "qa": true} {
		if got := otherPlace(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
