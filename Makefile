.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build ./releasegraph
	go build -o releasegraph .

demo: build ## serve the demo estate
	./releasegraph demo

test: ## the suite; Neo4j tests skip when no server can be had
	go test ./...

test-all: ## the suite with a real Neo4j; without one it fails
	RELEASEGRAPH_REQUIRE_NEO4J=1 go test ./...

generate: ## write what follows from the kinds and the schema fragments
	go generate ./...

lint: ## linters and the walls between packages
	golangci-lint run

BENCH_ITEMS ?= 100000
BENCH_DIR ?=
bench: export BENCH_DIR := $(BENCH_DIR)
bench: ## benchmarks as a table: baseline, ratio, goal (BENCH_ITEMS=n; BENCH_DIR keeps the made estates)
	@made="$$(mktemp -d)"; trap 'rm -rf "$$made"' EXIT; mkdir -p "$${BENCH_DIR:=$$made}"; \
	  RELEASEGRAPH_BENCH_ITEMS=$(BENCH_ITEMS) RELEASEGRAPH_BENCH_DIR="$$(realpath "$$BENCH_DIR")" \
	  go test -run '^$$' -bench . -timeout 120m ./... | go run ./internal/benchtable

web: ## rebuild the IDE page (needs Node)
	cd web && npm ci --no-audit --no-fund && npm run build

FUZZ_TIME ?= 60s
fuzz: ## each fuzz test for a minute (FUZZ_TIME=10m)
	@go list ./... | while read -r p; do go test -list '^Fuzz' "$$p" | grep '^Fuzz' | while read -r f; do \
	  go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZ_TIME) "$$p" || exit 1; done || exit 1; done

SEEDS ?= 200
simulate: ## whole roll-outs at simulated sites, so many (SEEDS=n), on both stores and with servers that are killed
	RELEASEGRAPH_SEEDS=$(SEEDS) go test ./internal/simulate -v -timeout 12h

TORTURE ?= 1000000
torture: ## 200 subscribers who come and go, servers that are stopped and killed, and so many events (TORTURE=n)
	RELEASEGRAPH_TORTURE=$(TORTURE) go test ./internal/server/torture -v -timeout 12h

.PHONY: help build demo test test-all generate lint bench web fuzz simulate torture
