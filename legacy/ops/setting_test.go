package ops

import "testing"

func TestNeedOfSetting(t *testing.T) {
	for _, c := range []struct{ name, value, kind string }{
		{"ELASTICSEARCH_URL", "http://search:9288", "elasticsearch"}, {"ERP_URL", "http://erp01.corp.example:8080", "http"},
		{"ERP_HOST", "erp01.corp.example:443", "http"}, {"CACHE_HOST", "cache01.corp.example:6379", "redis"},
	} {
		if n, ok := needOfSetting(c.name, c.value); !ok || n.Kind != c.kind {
			t.Errorf("%s=%s: %q, %v, want %q", c.name, c.value, n.Kind, ok, c.kind)
		}
	}
	if n, ok := needOfSetting("LEDGER_URL", "<WHERE IT IS>"); ok {
		t.Errorf("a placeholder is no need: %+v", n)
	}
	if n, ok := needOfSetting("SMTP_BIND_ADDR", "mail01:1025"); ok {
		t.Errorf("what the service binds is no need: %+v", n)
	}
	if n, ok := needOfSetting("TEST_DATABASE_URL", "mysql://db/shop_test"); ok {
		t.Errorf("the database of tests is no need: %+v", n)
	}
	if !developmentValue("AGENCIES", `<FULL PATH TO "agencies.json">`) {
		t.Error("a placeholder is no value")
	}
	if secretSetting("QUEUE_USE_WEB_TOKEN", "true") || !secretSetting("QUEUE_TOKEN", "x7") {
		t.Error("a switch is no secret, whatever its name speaks of")
	}
}

// Where links in mails lead is the service's own address.
func TestLinksInMails(t *testing.T) {
	for name, want := range map[string]bool{"MAIL_LINK_HOST": false, "EMAIL_LINKS_URL": false, "MAIL_HOST": true, "SMTP_HOST": true} {
		if n, ok := needOfSetting(name, "mail.acme.net"); ok != want {
			t.Errorf("%s: %v %v", name, ok, n)
		}
	}
}
