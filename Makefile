# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
.PHONY: demo test faults fuzz proof agent lint bench golden lab-down setup advisories

# Shows the main job: a lab host, `up` on it for real, and what came of it.
demo: agent
	tests/lab/demo

# Everything that has to hold before a change is good.
test: setup agent lint
	! tests/lab/lab check > /dev/null || tests/lab/lab authority program 2.6
	cargo test --locked --no-fail-fast
	tests/lab/packages/check

# Everything that can go wrong in an `up`, done to real hosts of the lab: `make faults RUNS=1000 SEED=7`; the table stands
# in target/faults.txt. `make test` plays a sample.
RUNS ?= 204
SEED ?= 5
faults: setup agent
	cargo test --locked --test faults -- --runs $(RUNS) --seed $(SEED)

# Every reader of what others send, with bytes that no run before has tried; `make fuzz CASES=1000000` for longer.
CASES ?= 100000
fuzz:
	PROPTEST_CASES=$(CASES) cargo test --locked --test inventory --test observe --test inside --test backup --test hostile -- any_ hostile_value cut_out no_answer no_bytes changed_archive another_order readers news::

# Visits an instance with a browser and says whom its pages make it ask: `make proof DOMAIN=meet.example.org`. OPTIONS are
# those of tests/browser/proof.mjs, such as OPTIONS='--by-hand'.
proof:
	tests/lab/setup test
	node tests/browser/proof.mjs $(DOMAIN) $(OPTIONS)

# The program for hosts, static, beside the programs that put it there. `make agent ARCH=aarch64` where that target and
# its linker are installed.
ARCH ?= $(shell uname -m)
AGENT_TARGET = $(ARCH)-unknown-linux-gnu
agent: export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER ?= $(if $(filter $(ARCH),$(shell uname -m)),cc,aarch64-linux-gnu-gcc)
agent:
	[ "$$(id -u)" != 0 ] || tests/lab/setup compile
	RUSTFLAGS='-C target-feature=+crt-static' cargo build --locked --release --no-default-features \
		--bin vc4all-agent --target $(AGENT_TARGET) --target-dir target/agent
	mkdir -p target/debug target/release
	for folder in target/debug target/release; do \
		cp target/agent/$(AGENT_TARGET)/release/vc4all-agent $$folder/vc4all-agent-$(ARCH).new && \
		mv $$folder/vc4all-agent-$(ARCH).new $$folder/vc4all-agent-$(ARCH); done

lint: setup
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	shellcheck -x -s sh src/apply/host/apply.sh src/apply/host/recover.sh src/apply/host/hold.sh src/apply/*.sh src/destroy/host/*.sh src/destroy/look.sh src/observe/probe.sh src/observe/stock.sh src/inside/look.sh src/acme/host/*.sh src/backup/host/*.sh tests/renewal/*.sh
	shellcheck -x tests/lab/lab tests/lab/bench tests/lab/demo tests/lab/setup tests/lab/packages/build tests/lab/packages/check .ci/run
	cargo deny --locked check --hide-inclusion-graph licenses bans sources

# Known faults of the crates; needs the internet for the list.
advisories: setup
	cargo deny --locked check --hide-inclusion-graph advisories

# What the tests need beside Rust.
setup:
	tests/lab/setup
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny

# Ratios and times, never asserted by the tests.
bench:
	cargo bench --locked --bench render
	cargo build --locked --release
	tests/lab/bench

# Writes the goldens anew; look at the difference like at code.
golden:
	UPDATE_GOLDEN=1 cargo test --locked --test golden --test plans

lab-down:
	tests/lab/lab down
