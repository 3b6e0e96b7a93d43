#!/usr/bin/env bash
# Runs the benchmarks in the profile that is shipped, over the engine and the built plugin; reports lie in target/criterion.
#   scripts/bench.sh                           every suite
#   scripts/bench.sh strips                    the benches whose name holds "strips"
#   scripts/bench.sh --save-baseline before    keep the figures, then: scripts/bench.sh --baseline before
set -euo pipefail
cd "$(dirname "$0")/.."
cargo xtask bundle busbar --release
exec cargo bench --package busbar-benches --bench '*' -- "$@"
