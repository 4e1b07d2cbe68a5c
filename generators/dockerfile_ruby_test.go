package generators

import "testing"

// Bundler refuses a Ruby of another patch than the one that the Gemfile names, and not each was published for each suite.
func TestRubyOfOnePatch(t *testing.T) {
	for version, want := range map[string]string{
		"2.7.1": "ruby:2.7.1-slim-buster", "ruby-2.7.8": "ruby:2.7.8-slim-bullseye", "2.6.2": "ruby:2.6.2-slim-stretch", "2.2.10": "ruby:2.2.10-slim", "3.1.3": "ruby:3.1.3-slim-bullseye", "3.1.4": "ruby:3.1.4-slim-bookworm",
		"4.0.6": "ruby:4.0.6-slim-bookworm", "3.2": "ruby:3.2-slim-bookworm", "2.7": "ruby:2.7-slim-bullseye", "3.3.0-preview1": "ruby:3.3-slim-bookworm", "1.9.3": "ruby:1.9-slim",
	} {
		if got, err := rubyBase(version); err != nil || got.Image != want {
			t.Errorf("%s: %s %v, want %s", version, got.Image, err, want)
		}
	}
}
