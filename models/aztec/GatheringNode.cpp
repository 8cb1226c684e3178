// SPDX-License-Identifier: GPL-3.0-or-later
// What the prover node says: epochs, blocks, transactions, peers.
#include "models/aztec/Gathering.h"

#include <algorithm>

namespace proverdeck::models::aztec {

namespace {

constexpr int MostSpots = 50;
constexpr int MostOthers = 300;

QByteArray bytesOf(std::string_view text, qsizetype most = KeptText)
{
    return {text.data(), std::min(qsizetype(text.size()), most)};
}

} // namespace

void Gathering::takeEpoch(int placeIndex, const Event &event)
{
    const int log = m_places[std::size_t(placeIndex)].log;
    if (event.kind == EventKind::TxReceived) {
        std::string_view tx
            = event.message.substr(std::string_view("Received transaction: ").size());
        tx = tx.substr(0, std::min<std::size_t>(tx.find(' '), 66));
        TxNote &note = m_txs[std::string(tx)];
        note.received = event.time;
        if (note.spot.log < 0) {
            note.spot = {log, event.line, event.offset, event.time, {}};
        }
        return;
    }
    if (event.kind == EventKind::BlockTxs) {
        const qint64 block = numberAfter(event.message, " to block ");
        if (block >= 0) {
            m_blocks[block].orchestratedTxs = numberAfter(event.message, "Adding ");
        }
        return;
    }
    if (event.kind == EventKind::OrchestratorBlock) {
        const qint64 block = numberAfter(event.message, "Starting block ");
        if (block >= 0) {
            m_blocks[block].slot = numberAfter(event.message, " for slot ");
        }
        return;
    }
    if (event.kind == EventKind::FacadePoll) {
        const qint64 outstanding = numberAfter(event.message, "num outstanding jobs: ");
        if (outstanding >= 0 && m_polls.size() < 1'000'000) {
            m_polls.push_back(
                {event.time, outstanding, numberAfter(event.message, "total jobs ready: "), log});
        }
        return;
    }
    EpochNote note;
    note.kind = event.kind;
    note.place = placeIndex;
    note.spot = spotOf(log, event);
    const auto number = [&event](std::string_view key, qint64 fallback) {
        double value = 0;
        return numberOf(event.data, key, value) ? qint64(value) : fallback;
    };
    note.epoch = number("epochNumber", numberAfter(event.message, "epoch "));
    if (event.kind == EventKind::EpochExit) {
        note.epoch = number("epochNumber", numberAfter(event.message, "Job for "));
        note.detail = bytesOf(event.message.substr(event.message.rfind(' ') + 1));
    } else {
        const std::size_t colon = event.message.find(": ");
        note.detail = colon == std::string_view::npos ? QByteArray()
                                                      : bytesOf(event.message.substr(colon + 2));
    }
    note.from = number("fromBlock", -1);
    note.to = number("toBlock", -1);
    double value = 0;
    if (event.kind == EventKind::EpochStart) {
        note.detail.clear();
        if (numberOf(event.data, "epochSizeTxs", value)) {
            note.value = value;
            note.detail = "txs";
        } else if (numberOf(event.data, "epochSizeBlocks", value)) {
            note.value = value;
        }
    } else if (event.kind == EventKind::EpochProved && numberOf(event.data, "duration", value)) {
        note.value = value;
    } else if (event.kind == EventKind::SubmitMined) {
        const std::string_view hash = textOf(event.data, "transactionHash");
        note.detail = bytesOf(hash.substr(0, 66));
        note.value = numberOf(event.data, "gasUsed", value) ? value : -1;
    } else if (event.kind == EventKind::OrchestratorEpoch) {
        note.value = double(numberAfter(event.message, " with "));
    }
    m_epochs << note;
}

void Gathering::takeChain(int placeIndex, const Event &event)
{
    const int log = m_places[std::size_t(placeIndex)].log;
    const auto number = [&event](std::string_view key) {
        double value = 0;
        return numberOf(event.data, key, value) ? qint64(value) : qint64(-1);
    };
    switch (event.kind) {
    case EventKind::Block: {
        const qint64 block = numberAfter(event.message, "block ");
        if (block >= 0) {
            BlockNote &note = m_blocks[block];
            note.slot = number("slotNumber");
            note.timestamp = number("timestamp");
            note.txs = number("txCount");
            note.spot = {log, event.line, event.offset, event.time, {}};
        }
        break;
    }
    case EventKind::WorldState: {
        const qint64 block = numberAfter(event.message, "block ");
        double value = 0;
        if (block >= 0 && numberOf(event.data, "duration", value)) {
            m_blocks[block].worldStateMs = value;
        }
        break;
    }
    case EventKind::TxsRetrieved: {
        const qint64 block = number("blockNumber");
        if (block >= 0) {
            BlockNote &note = m_blocks[block];
            note.slot = number("slotNumber");
            note.foundTxs = numberAfter(event.message, "Retrieved ");
            note.wantedTxs = numberAfter(event.message, "/");
            note.fromMempool = number("txsFromMempool");
            note.fromP2p = number("txsFromP2P");
            note.missingTxs = number("missingTxs");
            if (note.spot.log < 0 || note.missingTxs > 0) {
                note.spot = spotOf(log, event);
            }
        }
        break;
    }
    case EventKind::Peers:
        m_peers[log]
            = int(std::min<qint64>(numberAfter(event.message, "Connected to "), 1'000'000));
        break;
    case EventKind::Proven:
    case EventKind::Unwound: {
        EpochNote note;
        note.kind = event.kind;
        note.place = placeIndex;
        note.spot = spotOf(log, event);
        const bool isProven = event.kind == EventKind::Proven;
        note.value = double(numberAfter(event.message, isProven ? "block " : "Unwound "));
        m_epochs << note;
        break;
    }
    case EventKind::Notice: {
        NoticeNote &note = m_notices[{event.finding, log}];
        ++note.count;
        note.first = note.count == 1 ? event.time : std::min(note.first, event.time);
        note.last = std::max(note.last, event.time);
        if (note.spots.size() < MostSpots) {
            note.spots << spotOf(log, event);
        }
        break;
    }
    default:
        break;
    }
}

/// The same words with other numbers are the same trouble.
void Gathering::takeOther(int log, const Event &event)
{
    QByteArray key = bytesOf(event.module, 80) + ' ';
    for (const char c : event.message.substr(0, 80)) {
        if (c >= '0' && c <= '9') {
            continue;
        }
        if (c == ':' || c == '\n') {
            break;
        }
        key += c;
    }
    if (m_others.size() >= MostOthers && !m_others.contains(key)) {
        return;
    }
    OtherNote &note = m_others[key];
    if (++note.count == 1) {
        note.level = event.level;
        note.module = bytesOf(event.module, 80);
        note.message = bytesOf(event.message, 200);
        note.spot = spotOf(log, event);
    }
}

} // namespace proverdeck::models::aztec
