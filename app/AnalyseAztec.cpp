// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/AnalyseAztec.h"

#include "app/Commands.h"
#include "app/Terminal.h"
#include "models/aztec/InputFiles.h"
#include "models/aztec/Report.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDate>

#include <cstdio>

namespace proverdeck::app {

using namespace Qt::StringLiterals;
namespace aztec = models::aztec;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("AnalyseAztec", text);
}

struct Wish
{
    QStringList files;
    QString format = u"markdown"_s;
    aztec::ReportOptions report;
    aztec::AnalysisOptions analysis;
    QStringList compare; ///< two epochs or machines, or nothing
    bool help = false;
};

void addOptions(QCommandLineParser &parser)
{
    parser.addOption({u"help"_s, {}});
    parser.addOption({u"format"_s, {}, u"f"_s, u"markdown"_s});
    parser.addOption({u"language"_s, {}, u"l"_s, u"en"_s});
    parser.addOption({u"date"_s, {}, u"d"_s});
    parser.addOption({u"cores"_s, {}, u"c"_s});
    parser.addOption({u"network"_s, {}, u"n"_s});
    parser.addOption({u"show-names"_s, {}});
}

/// "alpha-testnet", or "genesis=SECONDS,slot=SECONDS,epoch=SLOTS,proof=EPOCHS".
tl::expected<aztec::Network, QString> readNetwork(const QString &text)
{
    const auto vocabulary = aztec::Vocabulary::builtIn();
    QStringList known;
    for (const aztec::Network &network : vocabulary->networks()) {
        if (network.name == text) {
            return network;
        }
        known << network.name;
    }
    aztec::Network network;
    network.name = u"given"_s;
    bool hasGenesis = false;
    const QStringList parts = text.split(u',');
    for (const QString &part : parts) {
        bool ok = false;
        const QString key = part.section(u'=', 0, 0);
        const qint64 value = part.section(u'=', 1).toLongLong(&ok);
        qint64 *field = key == u"genesis" ? &network.genesis
            : key == u"slot"              ? &network.slotSeconds
            : key == u"epoch"             ? &network.epochSlots
            : key == u"proof"             ? &network.proofEpochs
                                          : nullptr;
        if (!field || !ok || value < 1 || value > 100'000'000'000) {
            return tl::unexpected(tr("--network: \"%1\" is neither a known network (%2) nor "
                                     "genesis=SECONDS,slot=SECONDS,epoch=SLOTS,proof=EPOCHS.")
                                      .arg(text, known.join(u", "_s)));
        }
        *field = value;
        hasGenesis = hasGenesis || key == u"genesis";
    }
    if (!hasGenesis || network.slotSeconds > 1'000'000 || network.epochSlots > 1'000'000
        || network.proofEpochs > 1000) {
        return tl::unexpected(tr("--network: \"%1\" has no genesis or absurd values.").arg(text));
    }
    return network;
}

tl::expected<Wish, QString> readWish(const QStringList &arguments)
{
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(QStringList{u"proverdeck"_s} + arguments)) {
        return tl::unexpected(parser.errorText() + u". "_s + tr("--help lists the options."));
    }
    Wish wish;
    wish.help = parser.isSet(u"help"_s);
    wish.files = parser.positionalArguments();
    wish.format = parser.value(u"format"_s);
    const QStringList formats{u"markdown"_s, u"text"_s, u"json"_s, u"csv"_s, u"jobs-csv"_s};
    if (!formats.contains(wish.format)) {
        return tl::unexpected(
            tr("--format: \"%1\" is not one of %2.").arg(wish.format, formats.join(u", "_s)));
    }
    const QString language = parser.value(u"language"_s);
    if (language != u"en" && language != u"zh") {
        return tl::unexpected(tr("--language: \"%1\" is not one of en, zh.").arg(language));
    }
    wish.report.language = language == u"zh" ? aztec::Language::Chinese : aztec::Language::English;
    wish.report.showNames = parser.isSet(u"show-names"_s);
    if (parser.isSet(u"date"_s)) {
        const QDate date = QDate::fromString(parser.value(u"date"_s), u"yyyy-MM-dd"_s);
        if (!date.isValid()) {
            return tl::unexpected(
                tr("--date: \"%1\" is no date like 2025-07-08.").arg(parser.value(u"date"_s)));
        }
        wish.analysis.firstDay = QDate(1970, 1, 1).daysTo(date);
    }
    const QStringList cores = parser.values(u"cores"_s);
    for (const QString &entry : cores) {
        const qsizetype equals = entry.lastIndexOf(u'=');
        bool ok = false;
        const int count = entry.mid(equals + 1).toInt(&ok);
        if (!ok || count < 1 || count > 100'000) {
            return tl::unexpected(
                tr("--cores: \"%1\" is not a number, nor MACHINE=NUMBER.").arg(entry));
        }
        wish.analysis.cores.insert(equals < 0 ? QString() : entry.left(equals), count);
    }
    if (parser.isSet(u"network"_s)) {
        const auto network = readNetwork(parser.value(u"network"_s));
        if (!network) {
            return tl::unexpected(network.error());
        }
        wish.analysis.network = *network;
    }
    if (!wish.help && wish.files.isEmpty()) {
        return tl::unexpected(
            tr("Write: proverdeck analyse aztec FILE… (or MACHINE=FILE). --help says more."));
    }
    return wish;
}

void printPiece(std::string_view piece)
{
    std::fwrite(piece.data(), 1, piece.size(), stdout);
}

} // namespace

QString analyseAztecHelp()
{
    return tr(
        "Usage: proverdeck analyse aztec [MACHINE=]FILE…\n"
        "\n"
        "Reads logs of Aztec prover nodes, brokers and agents, of any number of machines, and "
        "outputs of\n"
        "docker ps, stats and inspect; plain, .gz or .zst; a folder stands for its files.\n"
        "\n"
        "Options:\n"
        "  --format markdown|json|csv|jobs-csv  what to print (markdown); csv has a row per "
        "epoch and type\n"
        "  --language en|zh          language of the report (en)\n"
        "  --date YYYY-MM-DD         day of the first line of logs without dates\n"
        "  --cores [MACHINE=]N       cores of a machine, to put docker's CPU figures in "
        "proportion\n"
        "  --network NAME            alpha-testnet, or "
        "genesis=SECONDS,slot=SECONDS,epoch=SLOTS,proof=EPOCHS\n"
        "  --show-names              leave network addresses in texts as they are\n"
        "  --help                    show this help\n");
}

int runAnalyseAztec(const QStringList &arguments)
{
    const auto wish = readWish(arguments);
    if (!wish) {
        complain(wish.error());
        return 2;
    }
    if (wish->help) {
        printText(stdout, analyseAztecHelp());
        return 0;
    }
    const auto files = aztec::listInputs(wish->files);
    if (!files) {
        complain(files.error());
        return 2;
    }
    aztec::Gathering gathering;
    int code = 0;
    for (const aztec::InputFile &file : *files) {
        if (const auto read = aztec::readInput(file, gathering); !read) {
            complain(read.error());
            code = 2;
        }
    }
    const aztec::Analysis analysis = aztec::analyse(gathering, wish->analysis);
    if (wish->format == u"json") {
        aztec::writeJson(gathering, analysis, wish->report, printPiece);
    } else if (wish->format == u"csv") {
        aztec::writeTypesCsv(analysis, printPiece);
    } else if (wish->format == u"jobs-csv") {
        aztec::writeJobsCsv(gathering, analysis, printPiece);
    } else {
        printText(stdout, aztec::toMarkdown(analysis, wish->report));
    }
    if (analysis.jobs.empty() && analysis.containers.isEmpty() && code == 0) {
        qint64 records = 0;
        for (const aztec::LogRow &log : analysis.logs) {
            records += log.facts.records + log.facts.untimed;
        }
        if (records == 0) {
            complain(tr("No line of these files was written by an Aztec prover. Logs are saved "
                        "with: docker compose logs -t > prover.log 2>&1"));
            code = 2;
        }
    }
    return code;
}

} // namespace proverdeck::app
