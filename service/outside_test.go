package service

import "testing"

func TestKeysForOutside(t *testing.T) {
	for key, want := range map[string]bool{
		"ALGOLIA_ADMIN_API_KEY": true, "SHOPIFY_ADMIN_API_TOKEN": true, "FIREBASE_ADMIN_CLIENT_SECRET": true, "SLACK_DEFAULT_WEBHOOK_URL": true,
		"ADMIN_API_KEY": false, "DEFAULT_API_TOKEN": false, "SHOP_INITIAL_API_KEY": false, "STORE_INIT_ADMIN_API_TOKEN": false,
	} {
		if got := KeyForOutside(key); got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
}

func TestPublicProviders(t *testing.T) {
	for key, want := range map[string]bool{
		"STRIPE_API_KEY": true, "MAILGUN_SECRET": true, "SENTRY_DSN": false, "AWS_SECRET_ACCESS_KEY": false, "PUSHER_APP_SECRET": false, "MAPBOX_API_KEY": false,
	} {
		if got := PublicProvider(key); got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
}

func TestSpareKeys(t *testing.T) {
	for key, want := range map[string]bool{
		"GITHUB_CLIENT_SECRET": true, "MAPBOX_API_KEY": true, "TWILIO_AUTH_TOKEN": true, "SENTRY_DSN": true,
		"CRON_AUTH_TOKEN": false, "JWT_SECRET": false, "DB_PASSWORD": false, "SECRET_KEY": false, "ADMIN_API_KEY": false,
		"GITHUB_WEBHOOK_SECRET": false, "STRIPE_WEBHOOK_SECRET": false, "STRIPE_ENDPOINT_SECRET": false, "SLACK_SIGNING_SECRET": false,
		"MAILGUN_WEBHOOK_SIGNING_KEY": false, "FACEBOOK_VERIFY_TOKEN": false, "SLACK_VERIFICATION_TOKEN": false, "SLACK_WEBHOOK_URL": true,
	} {
		if got := SpareKey(key); got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
}
