/* Events: a list of handlers. os/include/mgos_event.h */

#include "mgos_event.h"

#include <stddef.h>
#include <string.h>

#include "common/cs_dbg.h"
#include "heap.h"
#include "loop.h"

struct handler {
    struct handler *next;
    int event; /* or the group's base */
    bool group;
    bool removed; /* while events are being delivered: freed afterwards */
    mgos_event_handler_t cb;
    void *userdata;
};

struct base {
    struct base *next;
    int number;
    const char *name;
};

static struct {
    struct handler *first;
    struct base *bases;
    int depth; /* of mgos_event_trigger() calls within each other */
} events;

static int group_of(int ev)
{
    return (int)((unsigned)ev & ~0xffu);
}

bool mgos_event_register_base(int base_event_number, const char *name)
{
    int number = group_of(base_event_number);

    for (const struct base *b = events.bases; b; b = b->next) {
        if (b->number != number)
            continue;
        if (strcmp(b->name, name) == 0)
            return true;
        LOG(LL_ERROR, ("Event group 0x%x of %s is already taken by %s", (unsigned)number, name, b->name));
        return false;
    }
    struct base *b = heap_alloc(sizeof(*b));
    if (!b)
        return false;
    *b = (struct base){events.bases, number, name};
    events.bases = b;
    return true;
}

static bool add(int ev, bool group, mgos_event_handler_t cb, void *userdata)
{
    struct handler *h = heap_alloc(sizeof(*h));
    struct handler **end = &events.first;

    if (!h)
        return false;
    *h = (struct handler){.event = group ? group_of(ev) : ev, .group = group, .cb = cb, .userdata = userdata};
    while (*end)
        end = &(*end)->next;
    *end = h;
    return true;
}

bool mgos_event_add_handler(int ev, mgos_event_handler_t cb, void *userdata)
{
    return add(ev, false, cb, userdata);
}

bool mgos_event_add_group_handler(int evgrp, mgos_event_handler_t cb, void *userdata)
{
    return add(evgrp, true, cb, userdata);
}

static void sweep(void)
{
    for (struct handler **at = &events.first; *at;) {
        struct handler *h = *at;
        if (!h->removed) {
            at = &h->next;
            continue;
        }
        *at = h->next;
        heap_free(h);
    }
}

static bool remove_handler(int ev, bool group, mgos_event_handler_t cb, void *userdata)
{
    for (struct handler *h = events.first; h; h = h->next) {
        if (h->removed || h->event != (group ? group_of(ev) : ev) || h->group != group || h->cb != cb ||
            h->userdata != userdata)
            continue;
        h->removed = true;
        if (events.depth == 0)
            sweep();
        return true;
    }
    return false;
}

bool mgos_event_remove_handler(int ev, mgos_event_handler_t cb, void *userdata)
{
    return remove_handler(ev, false, cb, userdata);
}

bool mgos_event_remove_group_handler(int evgrp, mgos_event_handler_t cb, void *userdata)
{
    return remove_handler(evgrp, true, cb, userdata);
}

int mgos_event_trigger(int ev, void *ev_data)
{
    struct handler *last = events.first;
    int count = 0;

    if (!last)
        return 0;
    while (last->next) /* handlers added meanwhile are for the next event */
        last = last->next;
    events.depth++;
    for (struct handler *h = events.first; h; h = h->next) {
        if (!h->removed && h->event == (h->group ? group_of(ev) : ev)) {
            h->cb(ev, ev_data, h->userdata);
            count++;
        }
        if (h == last)
            break;
    }
    if (--events.depth == 0)
        sweep();
    return count;
}

void events_forget_all(void)
{
    events.first = NULL;
    events.bases = NULL;
    events.depth = 0;
}
