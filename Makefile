# The toolkit's own Makefile. What migrated repositories get is Makefile.tmpl.
SHELL := /bin/sh
.DEFAULT_GOAL := help
export GOTOOLCHAIN ?= local

GO            ?= go
VERSION       ?= dev
SIDECAR_IMAGE ?= migrate-sidecar:1
LDFLAGS       := -s -w -X github.com/migrate-to-kubernetes/migrate.Version=$(VERSION)
LINT          := $(GO) tool -modfile=lint/go.mod
WORDS         := sanitize,artifact,artifacts,behavior,color,fiber,optimize,realize,rediculous,mosquitto,colors,capitalize,synchronize

##@ Use it
.PHONY: build demo
build: ## bin/migrate, bin/migrate-sidecar and bin/migrate-smoke
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/ ./cmd/migrate ./cmd/migrate-sidecar ./cmd/migrate-smoke
demo: build ## Take the examples the whole way on this machine: needs Go only
	sh examples/demo.sh

##@ Change it
.PHONY: test lint golden e2e bench fmt
test: ## All tests
	$(GO) vet ./...
	$(GO) test ./...
lint: ## gofmt, vet, staticcheck, errcheck, unparam, misspell: the reasons are in lint/README.md
	@files=$$(gofmt -l $$(git ls-files '*.go' | grep -v '^examples/')); if [ -n "$$files" ]; then echo "gofmt -w $$files"; exit 1; fi
	$(GO) vet -tags e2e ./...
	$(LINT) staticcheck -tags e2e -checks=all,-ST1003 ./...
	$(LINT) errcheck -tags e2e -exclude lint/errcheck.txt ./...
	GOFLAGS="$$GOFLAGS -tags=e2e" $(LINT) unparam ./...
	git ls-files -z | grep -Ezv '(^|/)go\.(mod|sum)$$|^examples/[a-z]+/before/' | xargs -0 $(LINT) misspell -locale UK -error -i $(WORDS)
golden: ## Write examples/*/after anew
	$(GO) test ./cmd/migrate -run TestExamples -update
e2e: ## Images, run_local, kube_apply and smoke_test for real: needs Docker and KUBECONFIG
	$(GO) test -tags e2e -count=1 -timeout 30m ./...
	cd kube/oracle && $(GO) test -tags e2e -count=1 ./...
bench: ## Benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...
fmt:
	gofmt -w $$(git ls-files '*.go')

##@ Ship it
.PHONY: sidecar_image
sidecar_image: ## Build the image of migrate-sidecar and migrate-smoke; SIDECAR_IMAGE=registry.example.com/migrate-sidecar:1
	docker build --file cmd/migrate-sidecar/Dockerfile --tag "$(SIDECAR_IMAGE)" .

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-zA-Z0-9_.-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
