// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/PromptAnswers.h"

#include "ssh/Text.h"
#include "ssh/Transport.h"

#include <cstdlib>
#include <cstring>

namespace proverdeck::ssh {

void overwrite(QByteArray &secret)
{
    secret.fill('\0');
    secret.clear();
}

namespace {

// libssh2 1.11 widened a field between the others, so what an array of prompts looks like depends
// on the library that runs, not on the one that this was compiled with.
struct NarrowPrompt
{
    const char *text;
    unsigned length;
    unsigned char echo;
};

struct WidePrompt
{
    const char *text;
    size_t length;
    unsigned char echo;
};

template<class T> QList<PromptRound::Prompt> readPrompts(const void *prompts, int count)
{
    QList<PromptRound::Prompt> list;
    for (int i = 0; i < count; ++i) {
        const T &one = static_cast<const T *>(prompts)[i];
        list << PromptRound::Prompt{
            plainText(QString::fromUtf8(one.text, qsizetype(one.length)), 1000), one.echo != 0};
    }
    return list;
}

} // namespace

void answerPrompts(const char *name, int nameLength, const char *instruction, int instructionLength,
                   int count, const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
                   LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses, void **abstract)
{
    const auto &transport = *static_cast<Transport *>(*abstract);
    PromptRound round;
    const QString title = plainBytes(QByteArrayView(name, name == nullptr ? 0 : nameLength), 200);
    const QString text = plainBytes(
        QByteArrayView(instruction, instruction == nullptr ? 0 : instructionLength), 1000);
    round.heading = QString(title + u' ' + text).trimmed();
    round.prompts = libssh2_version(0x010b00) == nullptr ? readPrompts<NarrowPrompt>(prompts, count)
                                                         : readPrompts<WidePrompt>(prompts, count);
    QList<QByteArray> answers
        = transport.onPrompts ? transport.onPrompts(round) : QList<QByteArray>();
    answers.resize(count);
    for (int i = 0; i < count; ++i) {
        QByteArray &bytes = answers[i];
        auto *copy = static_cast<char *>(std::malloc(size_t(bytes.size()) + 1));
        if (copy != nullptr) {
            std::memcpy(copy, bytes.constData(), size_t(bytes.size()) + 1);
        }
        responses[i].text = copy;
        responses[i].length = copy == nullptr ? 0U : unsigned(bytes.size());
        overwrite(bytes);
    }
}

} // namespace proverdeck::ssh
