# Onestep. Needs Go 1.21 or newer and make; the right Go toolchain fetches itself.

# The release of Go stands in go.mod.
RELEASE := $(shell sed -n 's/^toolchain //p' go.mod)
export GOTOOLCHAIN := $(RELEASE)
# What is built for the browser and `make fpmd` use the simd package; tests run with and without it.
SIMD := GOEXPERIMENT=simd
GO   ?= go
ADDR ?= 127.0.0.1:8080
E2E_TIMEOUT ?= 60m

.DEFAULT_GOAL := help
.PHONY: help go run dist fpmd policies test test-quick vet test-go test-simd test-js check-js e2e chromium firefox emulator shots axe figures audit fuzz crash soak bench bench-go transfer onnx-check clean

help: ## list what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

# Says in a sentence why nothing can be built, where a build would say it in many.
go:
	@command -v $(firstword $(GO)) >/dev/null 2>&1 || { echo "Onestep needs Go 1.21 or newer, and there is no $(firstword $(GO)) in PATH: https://go.dev/dl/" >&2; exit 1; }
	@said=$$($(GO) env GOVERSION 2>&1 | tail -1); case "$$said" in "$(RELEASE)" | "$(RELEASE) "*) ;; \
	go1.[0-9] | go1.[0-9].* | go1.1[0-9]* | go1.20*) echo "Onestep needs Go 1.21 or newer, which fetches $(RELEASE) by itself; this is $$said: https://go.dev/dl/" >&2; exit 1 ;; \
	*) echo "Onestep is built by $(RELEASE), which Go 1.21 or newer fetches once, with a network. Here go says: $$said" >&2; exit 1 ;; esac

run: dist ## build the site, serve it on loopback and print the address (ADDR=host:port)
	$(GO) build -o bin/onestep .
	./bin/onestep -addr $(ADDR) -dir dist

dist: go ## build the static site into dist/, for any host and any sub-path
	$(GO) run ./web/build -out dist

fpmd: go ## build the headless program, with SIMD, as bin/fpmd
	$(SIMD) $(GO) build -trimpath -o bin/fpmd ./policy/cmd/fpmd

# A run that was cut off goes on where it was saved. `bin/fpmd sweep status assets/policies/plan.json -out out/policies` tells how far they are.
JOBS ?= 1

policies: fpmd ## train and score in out/policies what stands in assets/policies: many hours (JOBS=runs at a time)
	bin/fpmd sweep run assets/policies/plan.json -out out/policies -jobs $(JOBS)

test: vet check-js test-go test-simd test-js e2e ## run every test, those in the browser included

# The main job is to open the page, to train and to see the policy of the training.
test-quick: vet dist chromium ## vet, the Go tests in their short form, the page's unit tests and the browser's main job
	$(SIMD) $(GO) test -short ./...
	$(GO) test -tags unit -count=1 ./web/unit
	$(GO) test -tags e2e -count=1 -timeout 10m -run 'TestFirstFrame|TestEveryTaskTrains/tab/^pendulum|TestPageModules' ./web/e2e

vet: go ## vet everything, natively and for the browser
	$(GO) vet ./...
	$(GO) vet -tags e2e ./web/e2e
	$(GO) vet -tags unit ./web/unit
	$(GO) vet -tags shots ./web/e2e
	$(GO) vet -tags axe ./web/e2e
	$(GO) vet -tags record ./web/e2e
	$(SIMD) GOOS=js GOARCH=wasm $(GO) vet ./...

test-go: go emulator ## run the Go tests without SIMD
	$(GO) test -timeout 20m ./...

# Of SIMD there are two kinds of code in policy/kernel alone: what does not reach it is the same program either way. web/build and
# web/bench build theirs with SIMD whatever they are built with. The portable vectors have as many lanes as the machine offers;
# GODEBUG caps them (0 is emulation).
KERNEL := $(firstword $(shell sed -n 's/^module //p' go.mod))/policy/kernel
test-simd: go ## run the Go tests that SIMD makes a difference to with it, at each vector width
	$(SIMD) $(GO) test -timeout 20m $$($(GO) list -test -f '{{$$p := .ImportPath}}{{range .Deps}}{{if eq . "$(KERNEL)"}}{{$$p}}{{"\n"}}{{end}}{{end}}' ./... | sed -n 's/\.test$$//p' | grep -v /web/)
	for width in 0 128 256; do $(SIMD) GODEBUG=simd=$$width $(GO) test ./policy/kernel/... ./policy/nn/... || exit 1; done

e2e: dist chromium firefox ## drive the built site in headless Chromium
	$(GO) test -tags e2e -count=1 -timeout $(E2E_TIMEOUT) ./web/e2e

test-js: chromium ## run the unit tests of the page's modules in headless Chromium: seconds
	$(GO) test -tags unit -count=1 ./web/unit

check-js: ## check the types of the page's modules by TypeScript (needs Node.js; skipped with a message where npm is missing)
	@if ! command -v npm >/dev/null 2>&1; then echo "check-js: skipped: TypeScript comes from npm; install Node.js with npm to check the page's types" >&2; else \
	  $(GO) run ./web/build -modules out/modules && npm ci --ignore-scripts --no-audit --no-fund --silent --prefix web/check && web/check/node_modules/.bin/tsc -p web/check; fi

shots: dist chromium ## take pictures of the page into out/shots: desktop and phone, light and dark
	$(GO) test -tags shots -count=1 -timeout 30m -run TestShots ./web/e2e

# Browsers are never downloaded: the system's own is used, and installed where that is possible.
chromium:
	@for c in chromium chromium-browser google-chrome google-chrome-stable; do \
	  if command -v $$c >/dev/null 2>&1; then exit 0; fi; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "installing chromium from the system's packages"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0; fi; \
	echo "the browser tests need Chromium in PATH: install your system's package 'chromium' and run 'make test' again" >&2; exit 1

# With qemu's user mode the tests train on arm64 too (TestMachinesAgree); without it that part is skipped and says so.
emulator:
	@if ! command -v qemu-aarch64 >/dev/null 2>&1 && [ "$$(uname -sm)" = "Linux x86_64" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "installing qemu-user from the system's packages"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends qemu-user >/dev/null; } || echo "qemu-user cannot be installed: arm64 is not tested" >&2; fi

# Firefox does the main job too, on a screen of Xvfb; where they are missing and cannot be installed that test is skipped by name.
firefox:
	@if ! { command -v firefox-esr || command -v firefox; } >/dev/null 2>&1 || ! command -v Xvfb >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "installing firefox-esr and xvfb from the system's packages"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends firefox-esr xvfb >/dev/null; } || echo "they are unavailable here: TestFirefox is skipped" >&2; \
	  else echo "TestFirefox is skipped: install your system's packages 'firefox-esr' and 'xvfb'" >&2; fi; fi

axe: dist chromium ## judge the accessibility of every place by axe-core (needs Node.js)
	@command -v npm >/dev/null 2>&1 || { echo "axe-core comes from npm: install Node.js with npm and run 'make axe' again" >&2; exit 1; }
	npm ci --ignore-scripts --no-audit --no-fund --prefix web/axe
	$(GO) test -tags axe -count=1 -timeout 10m -run TestAxe ./web/e2e

# The figures of the place Learn: four of shipped policies, and one of 20 trainings of some seconds each.
FIGURES := web/docs/figures
figures: fpmd ## draw the figures of the place Learn anew (about two minutes)
	mkdir -p $(FIGURES)
	for alg in fpmd-m fpmd-r dpmd sac; do \
	  bin/fpmd train -task pendulum -alg $$alg -seeds 1,2,3,4,5 -parallel 1 -episodes 10 -out out/figures/$$alg -overwrite -json >/dev/null || exit 1; done
	for theme in light dark; do \
	  bin/fpmd plot paths -policy assets/policies/pendulum-fpmd-r.safetensors -theme $$theme -out $(FIGURES)/paths-$$theme.svg && \
	  bin/fpmd plot latency -policy assets/policies/half_cheetah-fpmd-m.safetensors -theme $$theme -out $(FIGURES)/latency-$$theme.svg && \
	  for a in r m; do bin/fpmd plot variance -policy assets/policies/hopper-fpmd-$$a.safetensors -theme $$theme -out $(FIGURES)/variance-$$a-$$theme.svg || exit 1; done && \
	  bin/fpmd plot curves -theme $$theme -out $(FIGURES)/learning-$$theme.svg $(foreach a,fpmd-m fpmd-r dpmd sac,out/figures/$(a)) || exit 1; done

audit: vet ## analyse the code and what it is made of: staticcheck, vulnerabilities, licences, locks (needs a network for the first two)
	@.ci/audit

fuzz: go ## run every fuzz target in turn (MINUTES=n, together)
	@.ci/fuzz $(or $(MINUTES),6)

crash: go ## end 200 trainings in every way at seeded moments, and take each up again (CRASHES=n; minutes)
	CRASHES=$(or $(CRASHES),200) $(GO) test -count=1 -v -parallel 4 -timeout 60m -run TestCrashes ./policy/cmd/fpmd

# The samples are left in out/soak.json. The headless half is `make crash`, whose moments are seeded too.
soak: dist chromium ## use the page by a seeded schedule for HOURS=n, with losses of worker, stage and page: the bits stay and nothing grows
	mkdir -p out
	ONESTEP_SOAK=$(or $(HOURS),1)h ONESTEP_SOAK_OUT=$(CURDIR)/out/soak.json $(GO) test -tags e2e -count=1 -v -timeout 100h -run 'TestSoak$$' ./web/e2e

bench: chromium ## measure physics and learning in Chromium, in turn with MuJoCo, onnxruntime, tfjs and jax-js, and beside the recorded result (BENCH=-quick, -record or other flags)
	@command -v npm >/dev/null 2>&1 || { echo "the benchmarks' peers come from npm: install Node.js with npm and run 'make bench' again" >&2; exit 1; }
	npm ci --ignore-scripts --no-audit --no-fund --prefix web/bench
	$(SIMD) $(GO) run ./web/bench $(BENCH)

bench-go: ## run the Go benchmarks natively, with SIMD
	$(SIMD) $(GO) test -run '^$$' -bench . -benchmem ./engine/... ./policy/...

transfer: chromium ## try a policy file in MuJoCo itself (POLICY=FILE)
	npm ci --ignore-scripts --no-audit --no-fund --prefix web/bench
	$(SIMD) $(GO) run ./web/bench -only transfer -policy $(POLICY)

onnx-check: ## compare exported ONNX graphs with onnxruntime (needs Node.js)
	npm ci --ignore-scripts --no-audit --no-fund --prefix web/onnxcheck
	$(GO) test -tags onnx -count=1 ./policy/export

clean: ## remove what was built
	rm -rf dist bin out
