/* Dangers of a configuration: gathering the findings of all rules. */

#include "check.h"

struct finding *check_add(struct findings *findings, enum severity severity, const char *rule, uint16_t slots)
{
    static const struct finding nothing;
    struct finding *finding = &findings->list[findings->count];

    if (findings->count < FINDINGS_MAX - 1)
        findings->count++;
    *finding = nothing;
    finding->severity = severity;
    finding->rule = rule;
    finding->slots = slots;
    return finding;
}

unsigned check_count(const struct findings *findings, enum severity severity)
{
    unsigned count = 0;

    for (unsigned i = 0; i < findings->count; i++)
        count += findings->list[i].severity == severity;
    return count;
}

/* Insertion sort: the order within a severity stays. */
static void most_severe_first(struct findings *findings)
{
    for (unsigned i = 1; i < findings->count; i++) {
        struct finding moving = findings->list[i];
        unsigned at = i;
        for (; at > 0 && findings->list[at - 1].severity < moving.severity; at--)
            findings->list[at] = findings->list[at - 1];
        findings->list[at] = moving;
    }
}

void check(const struct study *study, struct findings *findings)
{
    findings->count = 0;
    check_keys(study, findings);
    check_slots(study, findings);
    check_part(study, findings);
    most_severe_first(findings);
}
