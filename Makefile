# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
.PHONY: demo test lint bench golden lab-down setup advisories

# Shows the main job: a lab host, `up` on it for real, and what came of it.
demo:
	tests/lab/demo

# Everything that has to hold before a change is good.
test: setup lint
	cargo test --locked --no-fail-fast
	tests/lab/packages/check

lint: setup
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	shellcheck -x -s sh src/apply/host/apply.sh src/apply/start.sh src/apply/follow.sh src/observe/probe.sh src/acme/host/*.sh
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
