// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/logs/ByteScan.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace proverdeck::models {

namespace {

qsizetype countPlain(const char *at, const char *end)
{
    qsizetype count = 0;
    for (; at < end; ++at) {
        count += *at == '\n' ? 1 : 0;
    }
    return count;
}

qsizetype findPlain(QByteArrayView bytes, QByteArrayView needle, qsizetype from)
{
    const void *found = ::memmem(bytes.data() + from, static_cast<std::size_t>(bytes.size() - from),
                                 needle.data(), static_cast<std::size_t>(needle.size()));
    return found == nullptr ? -1 : static_cast<const char *>(found) - bytes.data();
}

#ifdef __x86_64__

bool hasAvx2()
{
    static const bool has = __builtin_cpu_supports("avx2") > 0;
    return has;
}

__attribute__((target("avx2"))) __m256i load(const char *at)
{
    return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(at));
}

__attribute__((target("avx2"))) qsizetype countAvx2(const char *at, const char *end)
{
    const __m256i lineEnd = _mm256_set1_epi8('\n');
    __m256i total = _mm256_setzero_si256();
    while (end - at >= 32) {
        __m256i counts = _mm256_setzero_si256(); // bytes: at most 255 rounds without overflow
        for (int round = 0; round < 255 && end - at >= 32; ++round, at += 32) {
            counts = _mm256_sub_epi8(counts, _mm256_cmpeq_epi8(load(at), lineEnd));
        }
        total = _mm256_add_epi64(total, _mm256_sad_epu8(counts, _mm256_setzero_si256()));
    }
    alignas(32) std::int64_t sums[4];
    _mm256_store_si256(reinterpret_cast<__m256i *>(sums), total);
    return sums[0] + sums[1] + sums[2] + sums[3] + countPlain(at, end);
}

__attribute__((target("avx2"))) bool hasEitherAvx2(const char *at, const char *end, char one,
                                                   char other)
{
    const __m256i ones = _mm256_set1_epi8(one);
    const __m256i others = _mm256_set1_epi8(other);
    for (; end - at >= 64; at += 64) {
        const __m256i a = load(at);
        const __m256i b = load(at + 32);
        const __m256i found = _mm256_or_si256(
            _mm256_or_si256(_mm256_cmpeq_epi8(a, ones), _mm256_cmpeq_epi8(a, others)),
            _mm256_or_si256(_mm256_cmpeq_epi8(b, ones), _mm256_cmpeq_epi8(b, others)));
        if (_mm256_testz_si256(found, found) == 0) {
            return true;
        }
    }
    return std::find_if(at, end, [&](char byte) { return byte == one || byte == other; }) != end;
}

/// Candidates are where the first and the last byte of the needle stand at its distance.
__attribute__((target("avx2,bmi"))) qsizetype findAvx2(QByteArrayView bytes, QByteArrayView needle,
                                                       qsizetype from)
{
    const auto length = static_cast<std::size_t>(needle.size());
    const __m256i first = _mm256_set1_epi8(needle.front());
    const __m256i last = _mm256_set1_epi8(needle.back());
    const char *at = bytes.data() + from;
    const char *const end = bytes.data() + bytes.size();
    for (; end - at >= needle.size() + 31; at += 32) {
        const __m256i both
            = _mm256_and_si256(_mm256_cmpeq_epi8(load(at), first),
                               _mm256_cmpeq_epi8(load(at + needle.size() - 1), last));
        auto mask = static_cast<std::uint32_t>(_mm256_movemask_epi8(both));
        for (; mask != 0; mask &= mask - 1) {
            const char *candidate = at + __builtin_ctz(mask);
            if (std::memcmp(candidate, needle.data(), length) == 0) {
                return candidate - bytes.data();
            }
        }
    }
    return findPlain(bytes, needle, at - bytes.data());
}

#endif

} // namespace

qsizetype countLineEnds(QByteArrayView bytes)
{
#ifdef __x86_64__
    if (hasAvx2()) {
        return countAvx2(bytes.begin(), bytes.end());
    }
#endif
    return countPlain(bytes.begin(), bytes.end());
}

bool hasEither(QByteArrayView bytes, char one, char other)
{
#ifdef __x86_64__
    if (hasAvx2()) {
        return hasEitherAvx2(bytes.begin(), bytes.end(), one, other);
    }
#endif
    return bytes.contains(one) || bytes.contains(other);
}

qsizetype afterLineEnd(QByteArrayView bytes, qsizetype n)
{
    constexpr qsizetype Step = 1024;
    qsizetype at = 0;
    for (; at + Step <= bytes.size(); at += Step) {
        const qsizetype here = countLineEnds(bytes.sliced(at, Step));
        if (here >= n) {
            break;
        }
        n -= here;
    }
    for (; at < bytes.size(); ++at) {
        if (bytes.at(at) == '\n' && --n == 0) {
            return at + 1;
        }
    }
    return -1;
}

qsizetype findBytes(QByteArrayView bytes, QByteArrayView needle, qsizetype from)
{
    if (needle.isEmpty() || from < 0 || bytes.size() - from < needle.size()) {
        return -1;
    }
#ifdef __x86_64__
    if (hasAvx2()) {
        return findAvx2(bytes, needle, from);
    }
#endif
    return findPlain(bytes, needle, from);
}

} // namespace proverdeck::models
