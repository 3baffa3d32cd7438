/* check: the findings on paper, and for programs. */

#include "check.h"

static const char *const severity_names[SEVERITIES] = {"note", "warning", "danger"};

static const char *plural(unsigned count)
{
    return count == 1 ? "" : "s";
}

int check_print(FILE *out, const char *name, const struct study *study)
{
    enum { INDENT = 9 };
    struct findings findings;

    check(study, &findings);
    for (unsigned i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.list[i];
        struct words remedy = {0};

        fprintf(out, "%-*s", INDENT, severity_names[finding->severity]);
        show_wrapped(out, INDENT, finding->says.text);
        fprintf(out, "%*s[%s]\n%*s", INDENT, "", finding->bits.text, INDENT, "");
        words_add(&remedy, "Remedy: %s.", finding->remedy.text);
        show_wrapped(out, INDENT, remedy.text);
    }
    unsigned dangers = check_count(&findings, DANGER), warnings = check_count(&findings, WARNING);
    unsigned notes = check_count(&findings, NOTE);
    fprintf(out, "%s%s: %u danger%s, %u warning%s, %u note%s\n", findings.count ? "\n" : "", name, dangers,
            plural(dangers), warnings, plural(warnings), notes, plural(notes));
    return dangers ? EXIT_NO : EXIT_FINE;
}

static void print_slots(FILE *out, uint16_t slots)
{
    const char *separator = "";

    for (unsigned slot = 0; slot < CHIP_SLOTS; slot++) {
        if (!(slots >> slot & 1))
            continue;
        fprintf(out, "%s%u", separator, slot);
        separator = ", ";
    }
}

int check_print_json(FILE *out, const char *name, const struct study *study)
{
    struct findings findings;

    check(study, &findings);
    fputs("{\n  \"file\": ", out);
    show_json_string(out, name);
    fputs(",\n  \"findings\": [", out);
    for (unsigned i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.list[i];

        fprintf(out, "%s\n    {\"severity\": \"%s\", \"rule\": \"%s\", \"slots\": [", i ? "," : "",
                severity_names[finding->severity], finding->rule);
        print_slots(out, finding->slots);
        fputs("],\n     \"says\": ", out);
        show_json_string(out, finding->says.text);
        fputs(",\n     \"bits\": ", out);
        show_json_string(out, finding->bits.text);
        fputs(",\n     \"remedy\": ", out);
        show_json_string(out, finding->remedy.text);
        fputs("}", out);
    }
    fputs("\n  ]\n}\n", out);
    return check_count(&findings, DANGER) ? EXIT_NO : EXIT_FINE;
}
