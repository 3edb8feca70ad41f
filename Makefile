# Onestep. Needs Go 1.21 or newer and make; the right Go toolchain fetches itself.

export GOTOOLCHAIN := go1.27.4
# What is built for the browser and `make fpmd` use the simd package; tests run with and without it.
SIMD := GOEXPERIMENT=simd
GO   ?= go
ADDR ?= 127.0.0.1:8080
E2E_TIMEOUT ?= 40m

.DEFAULT_GOAL := help
.PHONY: test-js check-js help run dist fpmd policies test vet test-go test-simd e2e chromium shots axe figures bench bench-go transfer onnx-check clean

help: ## list what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: dist ## build the site, serve it on loopback and print the address (ADDR=host:port)
	$(GO) build -o bin/onestep .
	./bin/onestep -addr $(ADDR) -dir dist

dist: ## build the static site into dist/, for any host and any sub-path
	$(GO) run ./web/build -out dist

fpmd: ## build the headless program, with SIMD, as bin/fpmd
	$(SIMD) $(GO) build -trimpath -o bin/fpmd ./policy/cmd/fpmd

# The budgets are the tasks' defaults. A run that was cut off goes on where it was saved.
TASKS  ?= pendulum inverted_pendulum inverted_double_pendulum reacher swimmer hopper half_cheetah walker2d
AGENTS ?= fpmd-m fpmd-r
SEEDS  ?= 1 2 3

policies: fpmd ## train and score in out/policies what stands in assets/policies: hours (TASKS=, AGENTS=, SEEDS=)
	@for task in $(TASKS); do for agent in $(AGENTS); do for seed in $(SEEDS); do \
	  dir=out/policies/$$task-$$agent-$$seed; resume=; [ -f $$dir/record.json ] && resume=-resume; echo $$dir; \
	  ./bin/fpmd train -task $$task -alg $$agent -seed $$seed -k 20 -json -out $$dir $$resume >>out/policies.log && ./bin/fpmd score $$dir || exit 1; \
	done; done; done

test: vet check-js test-go test-simd test-js e2e ## run every test, those in the browser included

vet: ## vet everything, natively and for the browser
	$(GO) vet ./...
	$(GO) vet -tags e2e ./web/e2e
	$(GO) vet -tags unit ./web/unit
	$(GO) vet -tags shots ./web/e2e
	$(GO) vet -tags axe ./web/e2e
	$(GO) vet -tags record ./web/e2e
	$(SIMD) GOOS=js GOARCH=wasm $(GO) vet ./...

test-go: ## run the Go tests without SIMD
	$(GO) test ./...

# The portable vectors have as many lanes as the machine offers; GODEBUG caps them (0 is emulation).
test-simd: ## run the Go tests with SIMD, at each vector width
	$(SIMD) $(GO) test ./...
	for width in 0 128 256; do $(SIMD) GODEBUG=simd=$$width $(GO) test ./policy/kernel/... ./policy/nn/... || exit 1; done

e2e: dist chromium ## drive the built site in headless Chromium
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

axe: dist chromium ## judge the accessibility of every place by axe-core (needs Node.js)
	@command -v npm >/dev/null 2>&1 || { echo "axe-core comes from npm: install Node.js with npm and run 'make axe' again" >&2; exit 1; }
	npm ci --ignore-scripts --no-audit --no-fund --prefix web/axe
	$(GO) test -tags axe -count=1 -timeout 10m -run TestAxe ./web/e2e

# The figures of the About page: two of shipped policies, and one of 20 trainings of some seconds each.
FIGURES := web/docs/figures
figures: fpmd ## draw the figures of the About page anew (about two minutes)
	mkdir -p $(FIGURES)
	for alg in fpmd-m fpmd-r dpmd sac; do \
	  bin/fpmd train -task pendulum -alg $$alg -seeds 1,2,3,4,5 -parallel 1 -episodes 10 -out out/figures/$$alg -json >/dev/null || exit 1; done
	for theme in light dark; do \
	  bin/fpmd plot paths -policy assets/policies/pendulum-fpmd-r.safetensors -theme $$theme -out $(FIGURES)/paths-$$theme.svg && \
	  bin/fpmd plot variance -policy assets/policies/half_cheetah-fpmd-m.safetensors -theme $$theme -out $(FIGURES)/variance-$$theme.svg && \
	  bin/fpmd plot curves -theme $$theme -out $(FIGURES)/learning-$$theme.svg $(foreach a,fpmd-m fpmd-r dpmd sac,out/figures/$(a)/seed-*) || exit 1; done

bench: chromium ## measure physics and learning in Chromium, in turn with MuJoCo, onnxruntime, tfjs and jax-js (BENCH=flags)
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
