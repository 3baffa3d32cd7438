/* Topic names and topic filters.  MQTT 1.5.3, 4.7 */

#include "topic.h"

#include <stdint.h>
#include <string.h>

#include "packet.h"

/* Bytes of the UTF-8 sequence at `text`; 0: there is none.  RFC 3629 4 */
static size_t sequence_length(const uint8_t *text, size_t length)
{
    uint8_t lead = text[0];
    size_t count = lead < 0x80                    ? 1
                   : lead >= 0xC2 && lead < 0xE0  ? 2
                   : (lead & 0xF0) == 0xE0        ? 3
                   : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                  : 0;

    if (count == 0 || count > length || lead == 0)
        return 0;
    for (size_t i = 1; i < count; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    }
    if (count < 3)
        return count;
    /* Overlong forms, surrogates, beyond U+10FFFF: the second byte tells. */
    if ((lead == 0xE0 && text[1] < 0xA0) || (lead == 0xED && text[1] > 0x9F) ||
        (lead == 0xF0 && text[1] < 0x90) || (lead == 0xF4 && text[1] > 0x8F))
        return 0;
    return count;
}

bool mqtt_text_is_valid(const char *text, size_t length)
{
    while (length > 0) {
        size_t count = sequence_length((const uint8_t *)text, length);

        if (count == 0)
            return false;
        text += count;
        length -= count;
    }
    return true;
}

static const char *check_text(const char *text, size_t length)
{
    if (length == 0)
        return "the topic is empty";
    if (length > MQTT_STRING_MAX)
        return "the topic is longer than 65535 bytes";
    if (!mqtt_text_is_valid(text, length))
        return "the topic is not valid UTF-8";
    return NULL;
}

const char *mqtt_topic_check_name(const char *name, size_t length)
{
    const char *why = check_text(name, length);

    if (why != NULL)
        return why;
    if (memchr(name, '+', length) != NULL || memchr(name, '#', length) != NULL)
        return "the topic of a message cannot have wildcards";
    return NULL;
}

const char *mqtt_topic_check_filter(const char *filter, size_t length)
{
    const char *why = check_text(filter, length);

    if (why != NULL)
        return why;
    for (size_t i = 0; i < length; i++) {
        bool begins = i == 0 || filter[i - 1] == '/';
        bool ends = i + 1 == length || filter[i + 1] == '/';

        if (filter[i] == '+' && !(begins && ends))
            return "+ must be a whole level of the topic";
        if (filter[i] == '#' && !(begins && i + 1 == length))
            return "# must be the whole last level of the topic";
    }
    return NULL;
}

bool mqtt_topic_matches(const char *filter, size_t filter_length, const char *name, size_t name_length)
{
    const char *filter_end = filter + filter_length, *name_end = name + name_length;

    /* MQTT 4.7.2: $SYS and its like are met only by naming them. */
    if (name_length > 0 && name[0] == '$' && filter_length > 0 && filter[0] != '$')
        return false;
    while (filter < filter_end) {
        if (*filter == '#')
            return true;
        if (*filter == '+') {
            while (name < name_end && *name != '/')
                name++;
            filter++;
        } else {
            if (name == name_end) /* "sport/#" matches "sport" too */
                return filter_end - filter == 2 && filter[0] == '/' && filter[1] == '#';
            if (*filter++ != *name++)
                return false;
        }
    }
    return name == name_end;
}
