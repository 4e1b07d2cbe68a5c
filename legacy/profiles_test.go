package legacy

import "testing"

// TestProfiles: what a profile of Spring's says counts where operations or the general settings start the service with it.
func TestProfiles(t *testing.T) {
	tree := func(general, manifest string) map[string]string {
		return map[string]string{
			"pom.xml": "<project><artifactId>shop</artifactId><parent><artifactId>spring-boot-starter-parent</artifactId><version>3.2.0</version></parent><dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency>" +
				"<dependency><artifactId>h2</artifactId></dependency><dependency><artifactId>postgresql</artifactId></dependency><dependency><artifactId>mysql-connector-j</artifactId></dependency></dependencies></project>",
			"src/main/java/App.java":                             "@SpringBootApplication class App { public static void main(String[] a) {} }",
			"src/main/resources/application.properties":          general,
			"src/main/resources/application-postgres.properties": "spring.datasource.url=${SHOP_DB:jdbc:postgresql://localhost/orders}\nspring.datasource.password=${SHOP_PASS:x}\n",
			"src/main/resources/application-mysql.properties":    "spring.datasource.url=jdbc:mysql://localhost/orders\n",
			"deploy/shop.yaml":                                   manifest,
		}
	}
	deployment := "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n        - name: shop\n          image: corp/shop\n          env: [{name: SPRING_PROFILES_ACTIVE, value: \"metrics,postgres\"}]\n"
	for name, c := range map[string]struct{ general, manifest, kind string }{
		"chosen by nothing":              {"", "", ""},
		"chosen by a manifest":           {"", deployment, "postgres"},
		"chosen by the general settings": {"spring.profiles.active=${PROFILE:mysql}\n", "", "mysql"},
	} {
		r := resolveTree(t, tree(c.general, c.manifest))
		if got := r.App.Needs["db"].Kind; got != c.kind || (len(r.App.Needs) == 1) != (c.kind != "") {
			t.Errorf("%s: needs %v, want %q", name, r.App.Needs, c.kind)
		}
		if noted(r, "unless a profile chooses") != (c.kind == "") {
			t.Errorf("%s: %v", name, r.Notes)
		}
	}
}
