// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/BoundlessTree.h"

namespace proverdeck::demo {
namespace {

constexpr char OldCompose[] = R"yml(# Stand-in with the shape of the release-0.13 file.
name: bento

x-base-environment: &base-environment
  DATABASE_URL: postgresql://${POSTGRES_USER:-worker}:${POSTGRES_PASSWORD:-password}@${POSTGRES_HOST:-postgres}:${POSTGRES_PORT:-5432}/${POSTGRES_DB:-taskdb}
  REDIS_URL: redis://${REDIS_HOST:-redis}:6379
  RUST_LOG: ${RUST_LOG:-info}

x-agent-common: &agent-common
  image: risczero/risc0-bento-agent:2.3.1
  restart: always
  depends_on: [postgres, redis, minio]
  environment:
    <<: *base-environment

x-exec-agent-common: &exec-agent-common
  <<: *agent-common
  mem_limit: 4G
  cpus: 3
  entrypoint: /app/agent -t exec --segment-po2 ${SEGMENT_SIZE:-21}

x-broker-environment: &broker-environment
  RUST_LOG: ${RUST_LOG:-info,broker=debug,boundless_market=debug}
  PRIVATE_KEY: ${PRIVATE_KEY}
  RPC_URL: ${RPC_URL}
  BOUNDLESS_MARKET_ADDRESS:
  SET_VERIFIER_ADDRESS:
  ORDER_STREAM_URL:

x-broker-common: &broker-common
  restart: always
  depends_on:
    - rest_api
    - gpu_prove_agent0
    - exec_agent0
    - exec_agent1
    - aux_agent
    - snark_agent
    - redis
    - postgres
  profiles: [broker]
  mem_limit: 2G
  cpus: 2
  stop_grace_period: 3h
  network_mode: host

services:
  redis:
    image: ${REDIS_IMG:-redis:7.2.5-alpine3.19}
    ports: ["6379:6379"]
  postgres:
    image: ${POSTGRES_IMG:-postgres:16.3-bullseye}
    ports: ["5432:5432"]
  minio:
    image: ${MINIO_IMG:-minio/minio:RELEASE.2024-05-28T17-19-04Z}
    ports: ["9000:9000", "9001:9001"]
  grafana:
    image: ${GRAFANA_IMG:-grafana/grafana:11.0.0}
    ports: ["3000:3000"]

  exec_agent0:
    <<: *exec-agent-common
  exec_agent1:
    <<: *exec-agent-common

  aux_agent:
    <<: *agent-common
    mem_limit: 256M
    cpus: 1
    entrypoint: /app/agent -t aux --monitor-requeue

  gpu_prove_agent0:
    <<: *agent-common
    runtime: nvidia
    mem_limit: 4G
    cpus: 4
    entrypoint: /app/agent -t prove
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              device_ids: ['0']
              capabilities: [gpu]

  snark_agent:
    <<: *agent-common
    entrypoint: /app/agent -t snark
    ulimits:
      stack: 90000000

  rest_api:
    image: risczero/risc0-bento-rest-api:2.3.1
    restart: always
    depends_on: [postgres, minio]
    mem_limit: 1G
    cpus: 1
    ports: ["8081:8081"]
    entrypoint: /app/rest_api --bind-addr 0.0.0.0:8081 --snark-timeout ${SNARK_TIMEOUT:-180}

  broker:
    <<: *broker-common
    volumes:
      - type: bind
        source: ./broker.toml
        target: /app/broker.toml
      - broker-data:/db/
    environment:
      <<: *broker-environment
    entrypoint: /app/broker --db-url 'sqlite:///db/broker.db' --config-file /app/broker.toml --bento-api-url http://localhost:8081

volumes:
  redis-data:
  postgres-data:
  minio-data:
  grafana-data:
  broker-data:
)yml";

constexpr char NewCompose[] = R"yml(# Stand-in with the shape of the 2.x file.
name: prover

x-base-environment: &base-environment
  BENTO_API_URL: http://rest_api:8081
  NO_COLOR: 1
  RUST_LOG: ${RUST_LOG:-info}

services:
  redis:
    image: ${REDIS_IMG:-valkey/valkey:9.0}
    ports: ["6379:6379"]
  prometheus:
    image: ${PROMETHEUS_IMG:-prom/prometheus:v2.53.0}
    ports: ["9091:9090"]
  grafana:
    image: ${GRAFANA_IMG:-grafana/grafana:11.0.0}
    ports: ["3000:3000"]
  exec_agent:
    image: ${PROVER_CPU_AGENT_IMAGE:-ghcr.io/boundless-xyz/boundless/prover-agent-cpu:prover-v2.0}
    mem_limit: 4G
    cpus: 3
    environment:
      <<: *base-environment
      SEGMENT_SIZE: ${SEGMENT_SIZE:-21}
    deploy:
      replicas: ${BENTO_EXECUTOR_COUNT:-4}
  aux_agent:
    image: ${PROVER_CPU_AGENT_IMAGE:-ghcr.io/boundless-xyz/boundless/prover-agent-cpu:prover-v2.0}
    mem_limit: 256M
    deploy:
      replicas: ${BENTO_AUX_WORKER_COUNT:-2}
  gpu_prove_agent:
    image: ${PROVER_AGENT_IMAGE:-ghcr.io/boundless-xyz/boundless/prover-agent:prover-v2.0}
    runtime: ${DOCKER_RUNTIME:-nvidia}
    deploy:
      resources:
        reservations:
          devices:
            - driver: nvidia
              capabilities: [gpu]
  rest_api:
    image: ${PROVER_REST_API_IMAGE:-ghcr.io/boundless-xyz/boundless/prover-rest-api:prover-v2.0}
    mem_limit: 4G
    ports: ["8081:8081"]
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:8081/health"]
  broker:
    image: ${BROKER_IMAGE-ghcr.io/boundless-xyz/boundless/broker:broker-v2.0}
    restart: always
    profiles: [broker]
    mem_limit: 2G
    cpus: 2
    stop_grace_period: 3h
    network_mode: host
    volumes:
      - {type: bind, source: ./broker.toml, target: /app/broker.toml}
      - {type: bind, source: ./chain-overrides, target: /app/chain-overrides, read_only: true}
      - broker-data:/db/
    env_file:
      - {path: .env, required: false}
    environment:
      NO_COLOR: 1
      RUST_LOG: ${RUST_LOG:-info,broker=debug,boundless_market=debug}
      PROVER_PRIVATE_KEY: ${PROVER_PRIVATE_KEY:-${PRIVATE_KEY}}
      PROVER_RPC_URL: ${PROVER_RPC_URL:-${RPC_URL}}

volumes:
  redis-data:
  broker-data:
)yml";

constexpr char OldJustfile[]
    = R"(# Stand-in: the recipes are real in name, their program is Proverdeck's demo.
bento action="up" env_file="" compose_flags="" detached="true":
    docker compose up --build -d

broker action="up" env_file="" detached="true":
    docker compose --profile broker up --build -d
)";

constexpr char NewJustfile[]
    = R"(# Stand-in: the recipes are real in name, their program is Proverdeck's demo.
bento action="up" env_file="":
    docker compose -f prover-compose.yml up --build -d

prover action="up" env_file="":
    docker compose -f prover-compose.yml --profile broker up --build -d

broker action="up" env_file="": (deprecated)
    just prover

job-status id:
    ./scripts/job_status.sh
)";

constexpr char OldTemplate[] = R"(# Settings of the broker (release 0.13).

[market]
# Floor price, in ETH, per million cycles.
mcycle_price = "0.0000005"
# The same in the stake token, for orders whose lock has expired.
mcycle_price_stake_token = "0.0001"
peak_prove_khz = 100
max_mcycle_limit = 8000
max_journal_bytes = 10000
min_deadline = 300 # seconds
lookback_blocks = 300
max_stake = "25"
max_file_size = 50_000_000
# How many orders may be locked at once.
max_concurrent_proofs = 2
#max_concurrent_preflights = 4
balance_warn_threshold = "0.1"
balance_error_threshold = "0.05"
stake_balance_warn_threshold = "10"
stake_balance_error_threshold = "5"

[prover]
status_poll_retry_count = 3
status_poll_ms = 1000
req_retry_count = 3
req_retry_sleep_ms = 500
proof_retry_count = 1
proof_retry_sleep_ms = 500

[batcher]
batch_max_time = 1000
min_batch_size = 1
block_deadline_buffer_secs = 180
txn_timeout = 45
single_txn_fulfill = true
withdraw = false
)";

constexpr char NewTemplate[] = R"(# Settings of the broker (2.x). Prices carry a unit.

[market]
min_mcycle_price = "0.00002 USD"
max_collateral = "10 USD"
peak_prove_khz = 323
# How many orders may be locked at once, over all chains.
max_concurrent_proofs = 2
max_concurrent_preflights = 8

[price_oracle]
eth_usd = "auto"
zkc_usd = "auto"
)";

constexpr char JobStatus[] = R"sh(#!/usr/bin/env bash
# Stand-in: JOB_ID -> the tables of one job.
if [ -z "$1" ]; then echo "Error: No job ID provided."; exit 1; fi
if [ ! -f .env.broker ]; then echo ".env.broker: not_found"; exit 1; fi
exec psql -v "job=$1" -f -
)sh";

constexpr char SetupScript[] = R"sh(#!/usr/bin/env bash
# Stand-in for the driver, Docker and CUDA set-up.
set -e
[ "$(id -u)" = 0 ] || [ -n "$DEMO_SUDO" ] || { echo "This script must be run as root."; exit 1; }
echo "Installing Docker, the NVIDIA driver and the container toolkit"
)sh";

std::string networkFile(const char *market, const char *verifier, const char *stream)
{
    return std::string("export VERIFIER_ADDRESS=") + verifier
        + "\nexport BOUNDLESS_MARKET_ADDRESS=" + market
        + "\nexport SET_VERIFIER_ADDRESS=0x8C5a8b5cC272Fe2b74D18843CF9C3aCBc952a760\nexport "
          "ORDER_STREAM_URL=\""
        + stream + "\"\n";
}

constexpr char BrokerEnvironment[]
    = "RUST_LOG=info\n\n# Task "
      "cluster\nREDIS_HOST=redis\nPOSTGRES_HOST=postgres\nPOSTGRES_DB=taskdb\nPOSTGRES_PORT=5432\n"
      "POSTGRES_USER=worker\nPOSTGRES_PASSWORD=password\nSEGMENT_SIZE=21\nRISC0_KECCAK_PO2=17\n\n# "
      "Market\nPRIVATE_KEY=\nBOUNDLESS_MARKET_ADDRESS=0x26759dbB201aFbA361Bec78E097Aa3942B0b4AB8\n"
      "SET_VERIFIER_ADDRESS=0x8C5a8b5cC272Fe2b74D18843CF9C3aCBc952a760\nRPC_URL=\nORDER_STREAM_URL="
      "https://base-mainnet.beboundless.xyz\n";

} // namespace

std::vector<TreeFile> boundlessFiles(bool isNew, const std::string &version)
{
    std::vector<TreeFile> files{
        {"README.md",
         "# Boundless (stand-in)\n\nThis tree belongs to Proverdeck's demo host. It has the shape "
         "of boundless-xyz/boundless as far as an operator\ntouches it, and none of its code.\n"},
        {"Cargo.toml",
         "[workspace]\nresolver = \"2\"\nmembers = [\"crates/broker\"]\n\n[workspace.package]\n"
         "version = \""
             + version + "\"\nedition = \"2021\"\n"},
        {".gitignore", "broker.toml\n.env\n.env.broker\n*.log\n*.bak\n"},
        {"scripts/job_status.sh", JobStatus},
        {"scripts/setup.sh", SetupScript}};
    if (isNew) {
        files.insert(files.end(),
                     {{"prover-compose.yml", NewCompose},
                      {"justfile", NewJustfile},
                      {"broker-template.toml", NewTemplate},
                      {"chain-overrides/README.md", "Settings of one chain.\n"}});
        return files;
    }
    files.insert(files.end(),
                 {{"compose.yml", OldCompose},
                  {"justfile", OldJustfile},
                  {"broker-template.toml", OldTemplate},
                  {".env.broker-template", BrokerEnvironment},
                  {".env.base",
                   networkFile("0x26759dbB201aFbA361Bec78E097Aa3942B0b4AB8",
                               "0x0b144e07a0826182b6b59788c34b32bfa86fb711",
                               "https://base-mainnet.beboundless.xyz")},
                  {".env.base-sepolia",
                   networkFile("0x6B7ABa661041164b8dB98E30AE1454d2e9D5f14b",
                               "0x0b144e07a0826182b6b59788c34b32bfa86fb711",
                               "https://base-sepolia.beboundless.xyz")},
                  {".env.eth-sepolia",
                   networkFile("0x13337C76fE2d1750246B68781ecEe164643b98Ec",
                               "0x925d8331ddc0a1F0d96E68CF073DFE1d92b69187",
                               "https://eth-sepolia.beboundless.xyz")}});
    return files;
}

} // namespace proverdeck::demo
