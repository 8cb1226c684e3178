// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <cstddef>
#include <cstdint>

/// A fuzz target is one file of targets/ with this function. It gets bytes as a stranger might send
/// them, and says by FUZZ_CHECK what must hold. Runs under libFuzzer (run.sh) and, over the kept
/// corpus and fixed mutations of it, in the ordinary tests (ReplayTest.cpp).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            ::proverdeck::fuzz::violated(#condition, __FILE__, __LINE__);                          \
        }                                                                                          \
    } while (false)

namespace proverdeck::fuzz {

/// Under libFuzzer it prints and aborts; in the ordinary tests it throws a Violation.
[[noreturn]] void violated(const char *condition, const char *file, int line);

/// Thrown by violated() in the ordinary tests.
struct Violation
{
    QString text;
};

[[nodiscard]] inline QByteArray bytesOf(const std::uint8_t *data, std::size_t size)
{
    return {reinterpret_cast<const char *>(data), qsizetype(size)};
}

/// A small generator whose numbers follow from the input alone, so that a finding can be repeated.
class Dice
{
public:
    explicit Dice(QByteArrayView seed);
    explicit Dice(std::uint64_t seed);
    [[nodiscard]] std::uint64_t next();
    /// 0 … bound - 1; bound above 0.
    [[nodiscard]] qsizetype below(qsizetype bound)
    {
        return qsizetype(next() % std::uint64_t(bound));
    }

private:
    std::uint64_t m_state;
};

/// How a stream was cut on its way.
enum class Cuts { None, EveryByte, Somewhere };

/// Gives @p bytes to @p feed in pieces. An empty piece may be among them.
template<class Feed> void feedInPieces(QByteArrayView bytes, Cuts cuts, Feed feed)
{
    Dice dice(bytes);
    qsizetype at = 0;
    while (at < bytes.size()) {
        qsizetype step = bytes.size() - at;
        if (cuts == Cuts::EveryByte) {
            step = 1;
        } else if (cuts == Cuts::Somewhere) {
            const qsizetype most = dice.below(4) == 0 ? 3 : 200;
            step = qMin(step, dice.below(most));
        }
        feed(bytes.sliced(at, step));
        at += step;
    }
}

/// Whether a terminal or a text widget could take anything in @p text for more than text: control
/// characters but tabs (and line ends if @p mayBreak), and what changes the direction of text.
[[nodiscard]] bool isHarmless(const QString &text, bool mayBreak = false);

} // namespace proverdeck::fuzz
