// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <functional>

namespace proverdeck::app {

/// Why a keychain did not do what it was asked to.
enum class KeychainState {
    Open, ///< there is one, and it is unlocked
    NoBus, ///< no session bus
    NoService, ///< nobody on the bus keeps secrets
    NoLibrary, ///< libsecret is not installed
    NoCollection, ///< the service has no keyring to put secrets into
    Locked,
    Refused, ///< the bus or the service does not let this program in
    Silent, ///< no answer in time
    Other, ///< another kind of keychain, or an answer that is not understood
};

/// Whether a session bus is there at all; never starts one.
[[nodiscard]] bool hasSessionBus();

/// Finds out by asking the Secret Service on the session bus; does not block, and prompts nobody.
/// @p answer comes later by the event loop, not after @p context is gone.
void askKeychainState(QObject *context, std::function<void(KeychainState)> answer);

/// A sentence for a person that ends with what happens instead. Empty for Open.
[[nodiscard]] QString keychainSentence(KeychainState state);

} // namespace proverdeck::app
