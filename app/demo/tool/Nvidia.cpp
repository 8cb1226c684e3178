// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tool/Containers.h"
#include "app/demo/tool/Programs.h"

#include <ctime>

namespace proverdeck::demo {
namespace {

constexpr char Name[] = "NVIDIA GeForce RTX 4090";
constexpr char Uuid[] = "GPU-00a98ac7-9c1d-4e2f-8a3b-000000000001";
constexpr char Driver[] = "550.54.14";

struct Cell
{
    std::string value;
    const char *unit = "";
};

/// What one graphics card says now: busy while a GPU prover proves, its memory held while a prover
/// or the stand-in moongate container is there.
class Card
{
public:
    explicit Card(const State &state)
        : m_state(state)
        , m_noise(mix(static_cast<std::uint64_t>(state.nowMs() / 1000)))
    {
        const bool hasProver = recordedPid(state.file("gpu.pid")) != 0;
        const auto moongate = findContainer(state, "sp1-gpu");
        m_isBusy = hasProver && exists(state.file("gpu.busy"));
        m_isHeld = hasProver || (moongate.has_value() && moongate->isRunning());
    }

    [[nodiscard]] int load() const { return m_isBusy ? 92 + noise(9) : 0; }
    [[nodiscard]] int memory() const
    {
        return m_isBusy ? 18'100 + noise(1200) : m_isHeld ? 15'212 : 412;
    }
    [[nodiscard]] int temperature() const { return m_isBusy ? 64 + noise(7) : m_isHeld ? 46 : 36; }
    [[nodiscard]] double power() const
    {
        return m_isBusy ? 376 + noise(4400) / 100.0 : m_isHeld ? 58.7 : 21.54;
    }

    [[nodiscard]] std::optional<Cell> cell(const std::string &field) const
    {
        const Fields fixed{{"index", "0"},
                           {"count", "1"},
                           {"uuid", Uuid},
                           {"gpu_uuid", Uuid},
                           {"name", Name},
                           {"gpu_name", Name},
                           {"driver_version", Driver},
                           {"pci.bus_id", "00000000:01:00.0"},
                           {"gpu_bus_id", "00000000:01:00.0"},
                           {"compute_cap", "8.9"},
                           {"compute_mode", "Default"},
                           {"persistence_mode", "Enabled"},
                           {"vbios_version", "95.02.3C.00.8C"},
                           {"ecc.errors.uncorrected.volatile.total", "[N/A]"},
                           {"mig.mode.current", "[N/A]"},
                           {"timestamp", timestamp()},
                           {"pstate", m_isHeld ? "P2" : "P8"},
                           {"temperature.gpu", std::to_string(temperature())}};
        if (const auto found = fixed.find(field); found != fixed.end()) {
            return Cell{found->second};
        }
        if (field == "utilization.gpu" || field == "utilization.memory" || field == "fan.speed") {
            const int value = field == "utilization.gpu" ? load()
                : field == "fan.speed"                   ? (m_isBusy ? 48 : 0)
                                                         : load() * 7 / 10;
            return Cell{std::to_string(value), " %"};
        }
        if (startsWith(field, "memory.")) {
            const std::string what = field.substr(7);
            return what == "total" ? std::optional(Cell{"24564", " MiB"})
                : what == "used"   ? std::optional(Cell{std::to_string(memory()), " MiB"})
                : what == "free"
                ? std::optional(Cell{std::to_string(24'564 - 358 - memory()), " MiB"})
                : std::nullopt;
        }
        if (field == "power.draw" || field == "power.limit") {
            return Cell{text("%.2f", field == "power.draw" ? power() : 450.0), " W"};
        }
        if (startsWith(field, "clocks.")) {
            return Cell{field == "clocks.mem" ? (m_isHeld ? "10251" : "405")
                            : m_isBusy        ? "2730"
                                              : "210",
                        " MHz"};
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] int noise(unsigned range) const { return static_cast<int>(m_noise % range); }

    [[nodiscard]] std::string timestamp() const
    {
        // nvidia-smi prints local time.
        const long long ms = m_state.nowMs();
        const auto seconds = static_cast<std::time_t>(ms / 1000);
        std::tm local{};
        localtime_r(&seconds, &local);
        return text("%04d/%02d/%02d %02d:%02d:%02d.%03lld", local.tm_year + 1900, local.tm_mon + 1,
                    local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec, ms % 1000);
    }

    const State &m_state;
    std::uint64_t m_noise;
    bool m_isBusy = false;
    bool m_isHeld = false;
};

std::string trimmed(std::string word)
{
    word.erase(0, word.find_first_not_of(' '));
    word.erase(word.find_last_not_of(' ') + 1);
    return word;
}

void row(const State &state, const Words &fields, bool hasUnits)
{
    const Card card(state);
    std::string line;
    for (const std::string &field : fields) {
        const Cell cell = card.cell(field).value_or(Cell{"[N/A]"});
        line += (line.empty() ? "" : ", ") + cell.value + (hasUnits ? cell.unit : "");
    }
    out(line);
}

void head(const State &state, const Words &fields, bool hasUnits)
{
    const Card card(state);
    std::string line;
    for (const std::string &field : fields) {
        const std::string unit = trimmed(card.cell(field).value_or(Cell()).unit);
        line += (line.empty() ? "" : ", ") + field
            + (hasUnits && !unit.empty() ? " [" + unit + "]" : "");
    }
    out(line);
}

/// The time between two rows in real milliseconds, 0 for one row only.
long long interval(const Words &words)
{
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string &word = words[i];
        const std::string value = word.find('=') != std::string::npos
            ? word.substr(word.find('=') + 1)
            : i + 1 < words.size() ? words[i + 1]
                                   : std::string();
        if (word == "-lms" || startsWith(word, "--loop-ms")) {
            return std::max(1LL, number(value, 1000));
        }
        if (word == "-l" || startsWith(word, "--loop")) {
            return std::max(1LL, number(value, 5)) * 1000;
        }
    }
    return 0;
}

int query(const State &state, const Words &words, const std::string &list)
{
    Words fields;
    for (const std::string &field : split(list, ',')) {
        fields.push_back(trimmed(field));
        if (!Card(state).cell(fields.back()).has_value()) {
            out("Field \"" + fields.back() + "\" is not a valid field to query.\n");
            return 2;
        }
    }
    std::string format;
    for (const std::string &word : words) {
        format = startsWith(word, "--format=") ? word.substr(9) : format;
    }
    const Words styles = split(format.empty() ? option(words, "--format") : format, ',');
    if (!contains(styles, "csv")) {
        out("\"--format=\" switch is missing. Please run 'nvidia-smi -h' for help.\n");
        return 2;
    }
    const bool hasUnits = !contains(styles, "nounits");
    if (!contains(styles, "noheader")) {
        head(state, fields, hasUnits);
    }
    // The rows come in real time: it is the reader's clock that asks for them.
    const double speed = std::max(0.001, std::atof(state.setting("speed").c_str()));
    const long long pause = interval(words);
    row(state, fields, hasUnits);
    while (pause > 0 && state.sleepFor(static_cast<double>(pause) / 1000 * speed)) {
        row(state, fields, hasUnits);
    }
    return 0;
}

void table(const State &state)
{
    const Card card(state);
    const std::string rule = "+--------------------------------------------------------------------"
                             "---------------------+";
    out(rule);
    out(text("| NVIDIA-SMI %s              Driver Version: %s      CUDA Version: 12.4     |",
             Driver, Driver));
    out("|-----------------------------------------+------------------------+----------------------"
        "+");
    out("| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC "
        "|");
    out("| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. "
        "|");
    out("|=========================================+========================+======================"
        "|");
    out("|   0  NVIDIA GeForce RTX 4090        On  |   00000000:01:00.0 Off |                  Off "
        "|");
    out(text("| %3s%%  %3dC    P2            %4.0fW /  450W | %6dMiB /  24564MiB |    %3d%%      "
             "Default |",
             card.load() > 0 ? "48" : "0", card.temperature(), card.power(), card.memory(),
             card.load()));
    out(rule);
}

} // namespace

int runNvidiaSmi(const State &state, const Words &words)
{
    if (contains(words, "-L") || contains(words, "--list-gpus")) {
        out(std::string("GPU 0: ") + Name + " (UUID: " + Uuid + ")");
        return 0;
    }
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (startsWith(words[i], "--query-gpu")) {
            const auto equals = words[i].find('=');
            return query(state, words,
                         equals == std::string::npos ? option(words, "--query-gpu")
                                                     : words[i].substr(equals + 1));
        }
        if (startsWith(words[i], "--query-compute-apps")) {
            const auto prover = recordedPid(state.file("gpu.pid"));
            if (prover != 0) {
                out(text("%d, /moongate-server, %d", prover, Card(state).memory()));
            }
            return 0;
        }
    }
    table(state);
    return 0;
}

} // namespace proverdeck::demo
