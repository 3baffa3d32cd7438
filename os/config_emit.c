/* Printing a configuration as JSON. os/include/mgos_config_util.h, format: mongoose-os.md 4.4 */

#include <string.h>

#include "config_member.h"
#include "mgos_config_util.h"

struct emit {
    const void *cfg, *base;
    bool pretty;
    struct json_out *out;
};

static const char *string_of(const void *cfg, const struct mgos_conf_entry *e)
{
    const char *text = *(const char *const *)config_member_const(cfg, e);

    return text ? text : "";
}

static bool scalar_differs(const struct emit *m, const struct mgos_conf_entry *e)
{
    if (e->type == CONF_TYPE_STRING)
        return strcmp(string_of(m->cfg, e), string_of(m->base, e)) != 0;
    return memcmp(config_member_const(m->cfg, e), config_member_const(m->base, e), config_member_size(e)) !=
           0;
}

/* A scalar, or anything within an object, is not as in the base. */
static bool differs(const struct emit *m, const struct mgos_conf_entry *e)
{
    if (!m->base)
        return true;
    if (e->type != CONF_TYPE_OBJECT)
        return scalar_differs(m, e);
    for (int i = 1; i <= e->num_desc; i++)
        if (e[i].type != CONF_TYPE_OBJECT && scalar_differs(m, &e[i]))
            return true;
    return false;
}

static void emit_scalar(struct emit *m, const struct mgos_conf_entry *e)
{
    const void *member = config_member_const(m->cfg, e);

    switch (e->type) {
    case CONF_TYPE_BOOL:
        json_printf(m->out, "%B", *(const int *)member);
        break;
    case CONF_TYPE_DOUBLE:
        json_printf(m->out, "%lf", *(const double *)member);
        break;
    case CONF_TYPE_FLOAT:
        json_printf(m->out, "%lf", (double)*(const float *)member);
        break;
    case CONF_TYPE_STRING:
        json_printf(m->out, "%Q", string_of(m->cfg, e));
        break;
    case CONF_TYPE_UNSIGNED_INT:
        json_printf(m->out, "%u", *(const unsigned *)member);
        break;
    default:
        json_printf(m->out, "%d", *(const int *)member);
        break;
    }
}

static void new_line(struct emit *m, int depth)
{
    if (m->pretty)
        json_printf(m->out, "\n%*s", depth * 2, "");
}

static void emit_value(struct emit *m, const struct mgos_conf_entry *e, int depth)
{
    bool first = true;

    if (e->type != CONF_TYPE_OBJECT) {
        emit_scalar(m, e);
        return;
    }
    m->out->printer(m->out, "{", 1);
    for (int i = 1; i <= e->num_desc; i += e[i].type == CONF_TYPE_OBJECT ? e[i].num_desc + 1 : 1) {
        if (!differs(m, &e[i]))
            continue;
        if (!first)
            m->out->printer(m->out, ",", 1);
        first = false;
        new_line(m, depth + 1);
        json_printf(m->out, m->pretty ? "%Q: " : "%Q:", e[i].key);
        emit_value(m, &e[i], depth + 1);
    }
    new_line(m, depth);
    m->out->printer(m->out, "}", 1);
}

void mgos_conf_emit(const void *cfg, const void *base, const struct mgos_conf_entry *schema,
                    const struct mgos_conf_entry *entry, bool pretty, struct json_out *out)
{
    struct emit m = {cfg, base, pretty, out};

    emit_value(&m, entry ? entry : schema, 0);
}
