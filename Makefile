# What a person can do here. `make` lists it.

.DEFAULT_GOAL := help
.PHONY: help build test check-long chaos fuzz lint format demo bench bench-import bench-introductions bench-publish bench-roadshow bench-scoring bench-serving schema

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build both programs for use
	swift build -c release

test: ## everything that continuous integration checks
	deploy/test

check-long: ## the tests that take longer: hundreds of kills and of runs, and all under the thread sanitizer
	deploy/install
	swift build --build-tests
	BELLWETHER_KILLS=300 swift test --skip-build --filter KillTests
	BELLWETHER_FAILOVERS=20 swift test --skip-build --filter FailoverTests
	BELLWETHER_RUNS=200 swift test --skip-build --filter RescoringTests
	Tests/ThreadSanitizer/run --skip SystemTests
	Tests/ThreadSanitizer/run --filter SystemTests

chaos: ## kills, lost primaries, floods and fuzzing for some twenty-five minutes, with figures at the end
	deploy/install
	Tests/chaos

FUZZ_SECONDS ?= 1200
fuzz: ## hostile octets for every parser, twenty minutes each; FUZZ_SECONDS says otherwise
	deploy/install
	Fuzz/run $(FUZZ_SECONDS)

lint: ## the style of the code
	swift format lint --strict --recursive Sources Tests Fuzz Benchmarks sql Package.swift

format: ## bring the code into style
	swift format --in-place --recursive Sources Tests Fuzz Benchmarks sql Package.swift

demo: ## from a clone to a deal list, and stop again
	deploy/demo --once

bench-import: ## import, start and memory, beside psql's COPY
	Benchmarks/import

bench-introductions: ## the allocation of introductions, and its agreement with a library
	Benchmarks/introductions

bench-roadshow: ## timetables with proof, beside OR-Tools; a large day and its repairs
	Benchmarks/roadshow

bench-scoring: ## the kernel, beside SQL, DuckDB and numpy
	Benchmarks/scoring --instructions

bench-publish: ## publishing beside psql's COPY, and how soon a change is visible
	Benchmarks/publish

bench-serving: ## DEALS beside Redis
	Benchmarks/serving

bench: bench-scoring bench-publish bench-serving bench-import bench-introductions bench-roadshow ## all of them

schema: ## write sql/schema.sql anew from the migrations
	BELLWETHER_RECORD=1 swift test --filter SchemaTests
