// SPDX-License-Identifier: GPL-3.0-or-later
// A workflow file that somebody sent.
#include "fuzz/Fuzz.h"
#include "models/workflow/Plan.h"

#include <QJsonDocument>

using namespace proverdeck;
using namespace proverdeck::models;

namespace {

InputValues someValues(const Workflow &workflow)
{
    InputValues given;
    for (const Input &input : workflow.inputs) {
        if (input.defaultValue.isValid()) {
            FUZZ_CHECK(checkValue(input, input.defaultValue).has_value());
            continue;
        }
        switch (input.type) {
        case InputType::Integer:
            given[input.id] = input.minimum.value_or(input.maximum.value_or(1));
            break;
        case InputType::Boolean:
            given[input.id] = true;
            break;
        case InputType::Choice:
            given[input.id] = input.choices.constFirst();
            break;
        case InputType::RemotePath:
            given[input.id] = QStringLiteral("~/it's $(here)");
            break;
        default:
            given[input.id] = QStringLiteral("it's `here`");
            break;
        }
    }
    return given;
}

void checkStep(const Step &step)
{
    FUZZ_CHECK(!step.id.isEmpty() && step.line > 0);
    FUZZ_CHECK(step.timeout.count() >= 0 && step.stall.count() >= 0 && step.grace.count() >= 0);
    FUZZ_CHECK(step.expectedWithin.count() >= 0);
    FUZZ_CHECK(!step.log.contains(u'/'));
    for (const int count : step.fatal) {
        FUZZ_CHECK(count > 0);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto workflow = parseWorkflow(fuzz::bytesOf(data, size), QStringLiteral("fuzz.toml"));
    if (!workflow) {
        FUZZ_CHECK(workflow.error().contains(u"fuzz.toml"));
        FUZZ_CHECK(fuzz::isHarmless(workflow.error()));
        FUZZ_CHECK(workflow.error().size() < 1500);
        return 0;
    }
    FUZZ_CHECK(!workflow->id.isEmpty() && !workflow->steps.isEmpty());
    for (const Step &step : workflow->steps) {
        checkStep(step);
    }
    const auto values = checkValues(*workflow, someValues(*workflow));
    if (!values) {
        FUZZ_CHECK(!values.error().isEmpty());
        return 0;
    }
    const Plan plan = makePlan(*workflow, *values);
    FUZZ_CHECK(plan.steps.size() == workflow->steps.size());
    FUZZ_CHECK(!planToText(plan).isEmpty() && !planToScript(plan).isEmpty());
    const QByteArray json = QJsonDocument(planToJson(plan)).toJson();
    FUZZ_CHECK(QJsonDocument::fromJson(json).isObject());
    return 0;
}
