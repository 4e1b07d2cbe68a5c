package generators

import "testing"

func TestKeysForOutside(t *testing.T) {
	for key, want := range map[string]bool{
		"ALGOLIA_ADMIN_API_KEY": true, "SHOPIFY_ADMIN_API_TOKEN": true, "FIREBASE_ADMIN_CLIENT_SECRET": true, "SLACK_DEFAULT_WEBHOOK_URL": true,
		"ADMIN_API_KEY": false, "DEFAULT_API_TOKEN": false, "SHOP_INITIAL_API_KEY": false, "STORE_INIT_ADMIN_API_TOKEN": false,
	} {
		if got := keyForOutside(key); got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
}
