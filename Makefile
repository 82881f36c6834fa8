# Parley. `make run` shows it working, `make test` proves it; `make help` lists the rest.
# Every target does its own set-up on a Debian machine that has Go and Node.

SHELL := /bin/bash
.SHELLFLAGS := -e -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# TAGS=nogpl leaves the GPL-3.0 part (linked-device WhatsApp) out. ARGS= goes to the program run.
TAGS ?=
ARGS ?=
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# The npm packages whose dist/ folder Go embeds.
WEB := $(patsubst %/package.json,%,$(wildcard admin/ui/package.json connectors/web/widget/package.json))
WEB_BUILT := $(WEB:=/node_modules/.parley-built)
# What drives Chromium in the journeys; it builds nothing.
JOURNEY := internal/journey/browser

# Where the hub's time goes under the benches: the compiler inlines there. Tests build
# without it, which says the same of what is right and compiles sooner.
PROFILE := internal/bench/hub.pgo

# The servers that tests and benches talk to, started for one command and stopped after it.
WITH_SERVERS := go run ./internal/testenv/servers --

.PHONY: help run build web test test-web test-go check lint bench torture profile screens notice clean

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build everything and start the demo
	./parley demo $(ARGS)

build: web ## build ./parley with the web application inside
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -pgo=$(PROFILE) -tags '$(TAGS)' \
		-ldflags '-s -w -X main.version=$(VERSION)' -o parley .

web: $(WEB_BUILT) ## build the web application and the widget

# A package is built again when any of its files is newer than its last build.
define web_package
$(1)/node_modules/.parley-built: $$(shell find $(1) \( -name node_modules -o -name dist \) -prune -o -type f ! -name '*.tsbuildinfo' -print)
	.ci/setup web $(1)
	cd $(1) && npm run --silent build
	touch $(1)/dist/.keep $$@
endef
$(foreach package,$(WEB),$(eval $(call web_package,$(package))))

test: web check test-web test-go ## all tests, against real servers

check:
	@unformatted=$$(find . -name node_modules -prune -o -name '*.go' -print0 | xargs -0r gofmt -l); \
	if [ -n "$$unformatted" ]; then printf 'not formatted by gofmt:\n%s\n' "$$unformatted"; exit 1; fi
	go vet -tags '$(TAGS)' ./...
	go build -tags nogpl -ldflags=-w -o /dev/null . && go vet -tags nogpl . ./connectors/all
	@if go list -deps -tags nogpl . | grep libsignal; then echo 'a build with the tag nogpl contains GPL-3.0 code'; exit 1; fi

test-web: web
	@for package in $(WEB); do (cd $$package && npm run --silent --if-present test); done

# check vets more than go test would.
test-go: web
	.ci/setup servers
	.ci/setup web $(JOURNEY)
	$(WITH_SERVERS:--=-memory --) go test -vet=off -count=1 -timeout 25m -tags '$(TAGS)' ./... $(ARGS)

lint: web check ## gofmt, go vet, staticcheck; biome and the type check
	go run $(STATICCHECK) -tags '$(TAGS)' ./...
	@for package in $(WEB); do \
		echo "biome and tsc in $$package"; \
		(cd $$package && npx --no-install biome check . && npx --no-install tsc --noEmit); done

bench: build ## measure, each figure beside its reference of the same run
	.ci/setup servers
	.ci/setup web $(JOURNEY)
	$(WITH_SERVERS) ./parley bench $(ARGS)

# The promises in full length; `make test` runs the same tests in short form.
torture: web ## the kill, fault and load tests in full length
	.ci/setup servers
	.ci/setup web $(JOURNEY)
	PARLEY_TEST_LONG=1 $(WITH_SERVERS) go test -count=1 -v -timeout 4h -p 1 -tags '$(TAGS)' -run '^Test[A-Z]+[0-9]+_' ./... $(ARGS)

profile: web ## measure anew where the hub's time goes, for the compiler
	.ci/setup servers
	@at=$$(mktemp -d) && trap 'rm -rf "$$at"' EXIT && mkdir $$at/seen && set -x && \
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags 'profile $(TAGS)' -o $$at/parley . && \
	PARLEY_TEST_PROFILE=$$at/seen $(WITH_SERVERS) $$at/parley bench way accept --quick && \
	go tool pprof -proto $$at/seen/*.pprof > $(PROFILE)

screens: build ## photograph every page into docs/screens
	.ci/setup servers
	.ci/setup web $(JOURNEY)
	go run ./internal/screens

notice: ## write NOTICE from go.mod and the lock files
	go run ./internal/house/notice

clean: ## remove what the build left
	rm -f parley
	rm -rf $(WEB:=/node_modules) $(JOURNEY)/node_modules
	for package in $(WEB); do find $$package/dist -mindepth 1 ! -name .keep -delete; done
