// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Tree.h"

#include "app/demo/tool/Text.h"

namespace proverdeck::demo {
namespace {

constexpr int Accounts = 172;

constexpr char Makefile[]
    = R"make(# A stand-in for ethrex's crates/l2/Makefile: the targets are real in name, their programs are Proverdeck's demo.
# Variables: GPU (any value that is not empty), SP1, RISC0, ETHREX_NO_MONITOR, PROVER_CLIENT_TIMED,
# ETHREX_DEPLOYER_RANDOMIZE_CONTRACT_DEPLOYMENT, ETHREX_L2_RISC0.
ETHREX_HTTP_PORT ?= 1729
ETHREX_METRICS_PORT ?= 3702
ETHREX_L1_RPC_PORT ?= 8545
ETHREX_PROOF_COORDINATOR_LISTEN_PORT ?= 3900

ifdef GPU
GPU_FEATURE = gpu
endif

.PHONY: init-l1-docker deploy-l1 deploy-l1-sp1 init-l2 init-prover-sp1 init-prover-risc0 init-prover-exec \
	down down-l1-docker down-l2 rm-db-l1 rm-db-l2

init-l1-docker: ## Starts the L1 in a container
	docker compose -f docker-compose.yaml up -d ethrex_l1

deploy-l1: ## Deploys the L1 contracts
	COMPILE_CONTRACTS=true cargo run --release --features l2,l2-sql --manifest-path ../../Cargo.toml -- l2 deploy

deploy-l1-sp1: ## Deploys the L1 contracts with the SP1 verifier
	COMPILE_CONTRACTS=true cargo run --release --features l2,l2-sql --manifest-path ../../Cargo.toml -- l2 deploy --sp1 true

init-l2: ## Starts the L2 node
	cargo run --release --features l2,l2-sql,$(GPU_FEATURE), --manifest-path ../../Cargo.toml -- l2 \
	--http.port $(ETHREX_HTTP_PORT) --metrics --metrics.port $(ETHREX_METRICS_PORT) --datadir dev_ethrex_l2

init-prover-sp1: ## Starts an SP1 prover
	cargo run --release --features "l2,l2-sql,$(GPU_FEATURE),sp1" --manifest-path ../../Cargo.toml -- l2 prover \
	--proof-coordinators tcp://127.0.0.1:$(ETHREX_PROOF_COORDINATOR_LISTEN_PORT) --backend sp1

init-prover-risc0: ## Starts a RISC Zero prover
	cargo run --release --features "l2,l2-sql,$(GPU_FEATURE),risc0" --manifest-path ../../Cargo.toml -- l2 prover \
	--proof-coordinators tcp://127.0.0.1:$(ETHREX_PROOF_COORDINATOR_LISTEN_PORT) --backend risc0

init-prover-exec: ## Starts a prover that only executes
	cargo run --release --features "l2,l2-sql,$(GPU_FEATURE)" --manifest-path ../../Cargo.toml -- l2 prover \
	--proof-coordinators tcp://127.0.0.1:$(ETHREX_PROOF_COORDINATOR_LISTEN_PORT) --backend exec

down-l1-docker: ## Stops the L1 container
	docker compose -f docker-compose.yaml down ethrex_l1

down-l2: ## Stops the L2 node; leaves the prover alone
	pgrep -f 'ethrex l2' | grep -v prover | xargs -r kill -s INT

down: down-l1-docker down-l2 ## Stops the localnet
	@echo "✅ localnet successfully stopped"

rm-db-l1: ## Removes the L1 database
	cargo run --release --manifest-path ../../Cargo.toml --bin ethrex -- removedb --datadir dev_ethrex_l1 --force

rm-db-l2: ## Removes the L2 database
	cargo run --release --manifest-path ../../Cargo.toml --bin ethrex -- removedb --datadir dev_ethrex_l2 --force
)make";

// Proverdeck's own few lines with the real script's call, output file and exit behaviour in the
// common cases.
constexpr char BenchScript[] = R"sh(#!/usr/bin/env bash
# Stand-in: LOG [METRICS_URL] -> bench_results.md in the current directory.
set -e -o pipefail
if [ $# -lt 1 ]; then
  printf 'Usage: %s <prover_log> [metrics_url]\n\nWrites bench_results.md\n' "$0"
  exit 1
fi
log=$1
url=${2:-http://localhost:${ETHREX_METRICS_PORT:-3702}/metrics}
metrics=$(curl -s -m 5 "$url" || true)
value() {
  local found
  found=$(printf '%s\n' "$metrics" | sed -n "s/^$1{batch_number=\"$2\"} //p")
  printf '%s' "${found:--}"
}
rows=$(sed -n 's/.* batch=\([0-9]*\) proving_time_s=\([0-9]*\) proving_time_ms=\([0-9]*\)$/\1 \2 \3/p' "$log")
if [ -z "$rows" ]; then
  echo "(no batches found in $log)"
  exit 0
fi
seen=" "
{
  printf '# Proving Benchmark Results\n\n| Batch | Time (s) | Time (ms) | Gas Used | Tx Count | Blocks |\n'
  printf '|-------|----------|-----------|----------|----------|--------|\n'
  while read -r batch seconds ms; do
    case $seen in *" $batch "*) continue ;; esac
    seen="$seen$batch "
    echo "| $batch | $seconds | $ms | $(value batch_gas_used "$batch") | $(value batch_tx_count "$batch") | $(value batch_size "$batch") |"
  done <<<"$rows"
} >bench_results.md
cat bench_results.md
printf '\nResults written to bench_results.md\n'
)sh";

std::string keys()
{
    std::string result;
    for (int i = 0; i < Accounts; ++i) {
        result += "0x" + hex(text("demo key %d", i), 64) + "\n";
    }
    return result;
}

} // namespace

std::vector<TreeFile> repositoryFiles()
{
    return {
        {"README.md",
         "# ethrex (stand-in)\n\nThis tree belongs to Proverdeck's demo host. It has the shape of "
         "lambdaclass/ethrex as far as the benchmark\nworkflow touches it, and none of its "
         "code.\n"},
        {"Cargo.toml",
         "[workspace]\nmembers = [\"cmd/ethrex\"]\nexclude = [\"tooling\"]\n\n[workspace.package]\n"
         "version = \"9.1.0\"\nedition = \"2024\"\n"},
        {"cmd/ethrex/Cargo.toml", "[package]\nname = \"ethrex\"\nversion.workspace = true\n"},
        {".gitignore",
         "target/\ncmd/.env\ndev_ethrex_l1/\ndev_ethrex_l2/\n*bench_results.md\n*.log\n"},
        {"crates/l2/Makefile", Makefile},
        {"crates/l2/docker-compose.yaml",
         "services:\n  ethrex_l1:\n    container_name: ethrex_l1\n    image: "
         "ethrex:main\n    ports:\n      - 127.0.0.1:${ETHREX_L1_RPC_PORT:-8545}:8545\n"},
        {"fixtures/keys/private_keys.txt", keys()},
        {"tooling/load_test/Cargo.toml",
         "[package]\nname = \"load_test\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"},
        {"scripts/bench_metrics.sh", BenchScript},
        {"docs/l2/prover-benchmarking.md",
         "# Prover benchmarking\n\nSee scripts/bench_metrics.sh.\n"}};
}

} // namespace proverdeck::demo
