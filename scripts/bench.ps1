# Runs the benchmarks in the profile that is shipped, over the engine and the built plugin; reports lie in target/criterion.
#   scripts/bench.ps1                           every suite
#   scripts/bench.ps1 strips                    the benches whose name holds "strips"
#   scripts/bench.ps1 --save-baseline before    keep the figures, then: scripts/bench.ps1 --baseline before
$ErrorActionPreference = 'Stop'
Push-Location (Join-Path $PSScriptRoot '..')
try {
    cargo xtask bundle busbar --release
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    cargo bench --package busbar-benches --bench '*' '--' @args
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
} finally {
    Pop-Location
}
