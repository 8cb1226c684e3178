// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boundless/TransferDialog.h"

#include "ui/boundless/NoticeBar.h"
#include "ui/common/Theme.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>

namespace proverdeck::ui {

using namespace Qt::StringLiterals;
using namespace models::boundless;
using models::Severity;
using models::evm::U256;

namespace {

constexpr int CoinDecimals = 18;

} // namespace

TransferDialog::TransferDialog(TransferKind kind, TransferContext context, const TransferBook &book,
                               const TransferServer *server, bool hasKeychain, QWidget *parent)
    : QDialog(parent)
    , m_kind(kind)
    , m_context(std::move(context))
    , m_book(book)
    , m_amount(new QLineEdit(this))
    , m_summary(makeText({}, this))
    , m_notices(new NoticeBar(this))
    , m_calls(new QPlainTextEdit(this))
    , m_copy(new QPushButton(tr("Copy for the wallet"), this))
    , m_again(makeText({}, this))
    , m_typed(new QLineEdit(this))
    , m_submit(new QPushButton(this))
    , m_release(new QPushButton(tr("I looked: it was never sent"), this))
    , m_hasServer(server != nullptr)
    , m_hasKeychain(hasKeychain)
{
    const bool isDeposit = kind == TransferKind::Deposit;
    setWindowTitle(isDeposit ? tr("Deposit collateral") : tr("Withdraw collateral"));
    setObjectName(u"transferDialog"_s);
    setMinimumWidth(640);
    auto *form = new QFormLayout(this);
    form->setContentsMargins(18, 16, 18, 14);
    form->setSpacing(10);
    m_amount->setObjectName(u"transferAmount"_s);
    m_amount->setAccessibleName(tr("Amount"));
    m_amount->setPlaceholderText(
        tr("digits and a point, at most %1 after it").arg(m_context.facts.decimals));
    m_summary->setObjectName(u"transferSummary"_s);
    m_summary->setWordWrap(false); // a form gives wrapped text too little height
    m_calls->setObjectName(u"transferCalls"_s);
    m_calls->setAccessibleName(tr("Transactions for your wallet"));
    m_calls->setReadOnly(true);
    m_calls->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_calls->setMinimumHeight(110);
    m_typed->setObjectName(u"transferTyped"_s);
    m_typed->setAccessibleName(tr("The amount again"));
    m_copy->setObjectName(u"transferCopy"_s);
    m_submit->setObjectName(u"transferSubmit"_s);
    m_submit->setText(
        server ? (isDeposit ? tr("Deposit with %1") : tr("Withdraw with %1")).arg(server->name())
            : isDeposit ? tr("Deposit")
                        : tr("Withdraw"));
    makePrimary(m_submit);
    form->addRow(tr("Amount, %1").arg(m_context.facts.symbol), m_amount);
    form->addRow(m_summary);
    form->addRow(m_notices);
    m_release->setObjectName(u"transferRelease"_s);
    form->addRow(m_release);
    if (server) {
        addKeyRows(*form, *server, hasKeychain);
    }
    if (m_hasServer && m_context.network.isMainnet) {
        form->addRow(m_again);
        form->addRow(m_typed);
    } else {
        m_again->hide();
        m_typed->hide();
    }
    form->addRow(makeHint(
        server ? tr("Or with your own wallet: send these transactions in this order. They are "
                    "watched for.")
               : tr("With your own wallet: send these transactions in this order. They are watched "
                    "for. Connected to the prover's server (Operations), its own boundless program "
                    "can do it."),
        this));
    form->addRow(m_calls);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->addButton(m_copy, QDialogButtonBox::ActionRole);
    if (m_hasServer) {
        buttons->addButton(m_submit, QDialogButtonBox::ActionRole);
    } else {
        m_submit->hide(); // not in the box, which shows all that it has
    }
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_amount, &QLineEdit::textChanged, this, &TransferDialog::rebuild);
    connect(m_typed, &QLineEdit::textChanged, this, &TransferDialog::check);
    connect(m_release, &QPushButton::clicked, this, [this] {
        const TransferPlan plan = *m_plan;
        m_book.release(plan);
        emit released(plan);
        rebuild();
    });
    connect(m_copy, &QPushButton::clicked, this, &TransferDialog::copyCalls);
    connect(m_submit, &QPushButton::clicked, this, [this] {
        const TransferPlan plan = *m_plan;
        accept();
        emit confirmed(plan);
    });
    rebuild();
}

TransferDialog::~TransferDialog() = default;

void TransferDialog::addKeyRows(QFormLayout &form, const TransferServer &server, bool hasKeychain)
{
    m_keyChoice = new QComboBox(this);
    m_keyChoice->setObjectName(u"transferKeyChoice"_s);
    m_keyChoice->setAccessibleName(tr("Key"));
    const QStringList files = server.keyFiles();
    for (const QString &file : files) {
        m_keyChoice->addItem(tr("the server's own, in %1").arg(file), file);
    }
    m_keyChoice->addItem(tr("one of this computer, for this one command"), QString());
    m_key = new QLineEdit(this);
    m_key->setObjectName(u"transferKey"_s);
    m_key->setAccessibleName(tr("Private key"));
    m_key->setEchoMode(QLineEdit::Password);
    m_key->setPlaceholderText(hasKeychain ? tr("64 hexadecimal digits; empty: the keychain's")
                                          : tr("64 hexadecimal digits"));
    m_keep = new QCheckBox(tr("Keep it in the keychain"), this);
    m_keep->setObjectName(u"transferKeep"_s);
    form.addRow(tr("Key"), m_keyChoice);
    form.addRow(tr("Private key"), m_key);
    form.addRow(QString(), m_keep);
    const auto show = [this, &form] {
        form.setRowVisible(m_key, usesOwnKey());
        form.setRowVisible(m_keep, usesOwnKey() && m_hasKeychain);
    };
    show();
    connect(m_keyChoice, &QComboBox::currentIndexChanged, this, [this, show] {
        show();
        check();
    });
    connect(m_key, &QLineEdit::textChanged, this, &TransferDialog::check);
}

bool TransferDialog::usesOwnKey() const
{
    return m_keyChoice && m_keyChoice->currentData().toString().isEmpty();
}

bool TransferDialog::keepsKey() const
{
    return usesOwnKey() && m_keep->isChecked() && !m_key->text().isEmpty();
}

TransferKey TransferDialog::key() const
{
    return usesOwnKey() ? TransferKey{{}, m_key->text().trimmed().toLatin1(), {}}
        : m_keyChoice   ? TransferKey{m_keyChoice->currentData().toString(), {}, {}}
                        : TransferKey{};
}

void TransferDialog::rebuild()
{
    const auto planned = planTransfer(m_kind, m_amount->text(), m_context);
    m_plan = planned ? std::optional(*planned) : std::nullopt;
    QList<NoticeBar::Notice> notices;
    const auto tokens = [this](const std::optional<U256> &value) {
        return value
            ? QString(value->toUnits(m_context.facts.decimals) + u' ' + m_context.facts.symbol)
            : u"–"_s;
    };
    QString text = tr("Network: %1 (chain %2)\nMarket: %3\nAccount: %4\nToken: %5 (%6)")
                       .arg(m_context.network.title)
                       .arg(m_context.facts.chainId)
                       .arg(m_context.facts.market.toString(), m_context.account.toString(),
                            m_context.facts.symbol, m_context.facts.token.toString());
    QString calls;
    const Snapshot &now = m_context.snapshot.value_or(Snapshot());
    if (!m_plan) {
        text += tr("\n\nCollateral: %1\nWallet: %2\nFor fees: %3 %4")
                    .arg(tokens(now.collateral), tokens(now.wallet), now.coin.toUnits(CoinDecimals),
                         m_context.network.coin);
    }
    if (m_plan) {
        text += tr("\n\nCollateral: %1 → %2\nWallet: %3 → %4\nFor fees: %5 %6")
                    .arg(tokens(m_plan->before.collateral), tokens(m_plan->collateralAfter),
                         tokens(m_plan->before.wallet), tokens(m_plan->walletAfter),
                         m_plan->before.coin.toUnits(CoinDecimals), m_plan->coin);
        for (const models::Finding &finding : std::as_const(m_plan->remarks)) {
            notices << NoticeBar::Notice{finding.severity,
                                         finding.advice.isEmpty()
                                             ? finding.text
                                             : QString(finding.text + u' ' + finding.advice)};
        }
        if (const QString why = m_book.whyHeldBack(*m_plan); !why.isEmpty()) {
            notices << NoticeBar::Notice{Severity::Error, why};
        }
        if (m_plan->isPossible()) {
            for (const WalletCall &call : std::as_const(m_plan->walletCalls)) {
                calls += call.title + u"\nto    "_s + call.to.toString() + u"\nvalue 0\ndata  "_s
                    + call.data + u"\n\n"_s;
            }
        }
        m_again->setText(tr("This is real money. Type the amount again to confirm: %1")
                             .arg(tokens(m_plan->amount)));
    } else if (!m_amount->text().isEmpty()) {
        notices << NoticeBar::Notice{Severity::Error, planned.error()};
    }
    m_summary->setText(text);
    m_notices->setNotices(notices);
    m_calls->setPlainText(calls.trimmed());
    check();
    // What came in may need more room; the layout knows only after this event.
    QMetaObject::invokeMethod(
        this, [this] { resize(width(), std::max(height(), sizeHint().height())); },
        Qt::QueuedConnection);
}

void TransferDialog::check()
{
    const bool isPossible = m_plan && m_plan->isPossible() && m_book.whyHeldBack(*m_plan).isEmpty();
    const bool isConfirmed
        = m_plan && (!m_context.network.isMainnet || m_plan->isConfirmedBy(m_typed->text()));
    m_copy->setEnabled(isPossible);
    m_release->setVisible(m_plan && !m_book.whyHeldBack(*m_plan).isEmpty());
    static const QRegularExpression form(u"^(0x)?[0-9a-fA-F]{64}$"_s);
    const bool hasKey = !usesOwnKey() || (m_key->text().isEmpty() && m_hasKeychain)
        || form.match(m_key->text().trimmed()).hasMatch();
    m_submit->setEnabled(m_hasServer && isPossible && isConfirmed && hasKey);
}

void TransferDialog::copyCalls()
{
    QGuiApplication::clipboard()->setText(m_calls->toPlainText());
}

} // namespace proverdeck::ui
