package ops

import (
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// replacedLater is what stands in an image in the place of a value.
var replacedLater = scan.MustCompile(`(?i)^(?:replace|change)[-_ ]?(?:this|me)\b|^(?:replace|change)_(?:this|me)_`)

func (d *dockerfile) reportEnv(r *scan.Report) {
	names := make([]string, 0, len(d.env))
	for name := range d.env {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		c := d.env[name]
		switch {
		case imageOwn.MatchString(name):
		case !scan.InProcess(c.value) && (scan.SecretName(name) && !scan.SecretFile(c.value) || scan.HasAccount(c.value) || scan.SecretValue(name, c.value)):
			r.Find(d.finding(service.Service{Secrets: []string{name}}), d.file, c.line, scan.Declared, "")
			if c.value != "" {
				r.Note(d.file, c.line, "%s has a value in the image; give it from a secret", name)
			}
		case c.value != "" && !strings.EqualFold(c.value, "development") && !replacedLater.MatchString(c.value):
			r.Find(d.finding(service.Service{Env: map[string]string{name: c.value}}), d.file, c.line, scan.Declared, "")
		}
	}
}

// imageOwn are variables that shape the image and not the service, those of buildpacks among them. uv's are named one by one,
// since libuv, which Node rests on, has its own under UV_, for running.
var imageOwn = scan.MustCompile(`^(PATH|LANG|LANGUAGE|LC_\w+|TERM|HOME|SHELL|USER|USERNAME|UID|GID|DEBIAN_FRONTEND|GOPATH|GOBIN|GO111MODULE|GOPROXY|CGO_ENABLED|GOOS|GOARCH|TINI_\w+|LD_\w+|PS1|\w+_VERSION|\w+_SHA\d*|\w+_SHA256SUM|\w+_CHECKSUM|\w+_HOME|\w+_PATH|\w*SERVICE_(USER|UID|GROUP|GID)` +
	`|PYTHON\w+|PIP_\w+|PIPENV_\w+|POETRY_\w+|UV_(?:CACHE_DIR|COMPILE_BYTECODE|CONCURRENT_\w+|CONFIG_FILE|CONSTRAINT|BUILD_CONSTRAINT|BREAK_SYSTEM_PACKAGES|DEFAULT_INDEX|EXCLUDE_NEWER|EXTRA_INDEX_URL|FIND_LINKS|FROZEN|HTTP_\w+|INDEX\w*|INSECURE_HOST|INSTALL\w*|KEYRING_PROVIDER|LINK_MODE|LOCKED|MANAGED_PYTHON|NATIVE_TLS|NO_\w+|OFFLINE|OVERRIDE|PRERELEASE|PREVIEW|PROJECT\w*|PYTHON\w*|REQUEST_TIMEOUT|REQUIRE_HASHES|RESOLUTION|SYSTEM_PYTHON|TOOL_\w+|TORCH_BACKEND|UNMANAGED_INSTALL|VENV_\w+)|VIRTUAL_ENV|NPM_\w+|YARN_\w+|BUNDLE_\w+|GEM_\w+|RUBY_\w+|COMPOSER_\w+|BUILD_\w+|APT_\w+|\w*WORKDIR|reschedule|\w*APP_DIR|INSTALL_DIR` +
	`|GOVERSION|GOPACKAGENAME|GO_INSTALL_\w+|GO_LINKER_\w+|GO_SETUP_\w+|NODE_MODULES_CACHE|NODE_VERBOSE|JBP_CONFIG_\w+|JBP_DEFAULT_\w+|BPL?_\w+|DISABLE_COLLECTSTATIC)$`)
