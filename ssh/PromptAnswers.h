// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ssh/Handles.h"

#include <QByteArray>

namespace proverdeck::ssh {

/// The callback of libssh2_userauth_keyboard_interactive_ex(): gives each round of questions to
/// Transport::onPrompts and hands copies of the answers to libssh2, which frees them.
void answerPrompts(const char *name, int nameLength, const char *instruction, int instructionLength,
                   int count, const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
                   LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses, void **abstract);

/// Leaves no readable copy of @p secret behind in its buffer.
void overwrite(QByteArray &secret);

} // namespace proverdeck::ssh
