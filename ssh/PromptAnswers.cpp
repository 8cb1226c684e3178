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

void answerPrompts(const char *name, int nameLength, const char *instruction, int instructionLength,
                   int count, const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
                   LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses, void **abstract)
{
    const auto &transport = *static_cast<Transport *>(*abstract);
    const QString heading = plainBytes(QByteArrayView(name, name == nullptr ? 0 : nameLength), 200)
        + u' '
        + plainBytes(QByteArrayView(instruction, instruction == nullptr ? 0 : instructionLength),
                     1000);
    for (int i = 0; i < count; ++i) {
        // libssh2 1.11 made the text unsigned.
        const auto *text = reinterpret_cast<const char *>(prompts[i].text);
        const QString prompt = plainText(
            heading + u' ' + QString::fromUtf8(text, qsizetype(prompts[i].length)), 1000);
        const std::optional<QString> answer
            = transport.onPrompt ? transport.onPrompt(prompt, prompts[i].echo != 0) : std::nullopt;
        QByteArray bytes = answer.value_or(QString()).toUtf8();
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
