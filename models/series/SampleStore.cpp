// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/SampleStore.h"

#include <algorithm>

namespace proverdeck::models::series {

SampleStore::SampleStore(std::size_t columns, std::size_t maxSamples)
    : m_columns(columns)
    , m_maxBlocks(std::max<std::size_t>(1, maxSamples / SampleBlock::Size))
    , m_sealed(std::make_shared<const SampleView::Blocks>())
{
}

bool SampleStore::append(qint64 at, std::span<const float> values)
{
    if (m_hasLast && at < m_last) { // only this thread writes them
        return false;
    }
    if (m_open && (m_openCount == SampleBlock::Size || !m_open->fits(at))) {
        seal();
    }
    if (!m_open) {
        auto fresh = std::make_shared<SampleBlock>(m_columns, at);
        const std::scoped_lock lock(m_mutex);
        m_open = std::move(fresh);
        m_openCount = 0;
    }
    m_open->write(m_openCount, at, values);
    const std::scoped_lock lock(m_mutex);
    ++m_openCount;
    m_last = at;
    m_hasLast = true;
    return true;
}

void SampleStore::seal()
{
    auto block = std::make_shared<const SampleBlock>(m_open->sealed(m_openCount));
    auto blocks = std::make_shared<SampleView::Blocks>(*m_sealed);
    const std::size_t begin = blocks->empty() ? 0 : blocks->back().begin + blocks->back().count;
    blocks->push_back({std::move(block), begin, m_openCount});
    if (blocks->size() > m_maxBlocks) {
        blocks->erase(blocks->begin());
    }
    const std::scoped_lock lock(m_mutex);
    m_sealed = std::move(blocks);
    m_open.reset();
    m_openCount = 0;
}

void SampleStore::forgetBefore(qint64 at)
{
    const auto isOld = [at](const SampleView::Sealed &sealed) {
        return sealed.block->timeAt(sealed.count - 1) < at;
    };
    const auto young = std::ranges::find_if_not(*m_sealed, isOld);
    if (young == m_sealed->begin()) {
        return;
    }
    auto blocks = std::make_shared<SampleView::Blocks>(young, m_sealed->end());
    const std::scoped_lock lock(m_mutex);
    m_sealed = std::move(blocks);
}

void SampleStore::clear()
{
    const std::scoped_lock lock(m_mutex);
    m_sealed = std::make_shared<const SampleView::Blocks>();
    m_open.reset();
    m_openCount = 0;
    m_hasLast = false;
}

SampleView SampleStore::view() const
{
    const std::scoped_lock lock(m_mutex);
    SampleView view;
    view.m_sealed = m_sealed;
    view.m_open = m_open;
    view.m_openBegin = m_sealed->empty()
        ? 0
        : m_sealed->back().begin + m_sealed->back().count - m_sealed->front().begin;
    view.m_size = view.m_openBegin + m_openCount;
    return view;
}

std::size_t SampleStore::bytes() const
{
    const std::scoped_lock lock(m_mutex);
    std::size_t all = sizeof(*this) + (m_open ? m_open->bytes() : 0);
    for (const SampleView::Sealed &sealed : *m_sealed) {
        all += sizeof(sealed) + sealed.block->bytes();
    }
    return all;
}

} // namespace proverdeck::models::series
