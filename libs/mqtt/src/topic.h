/* Topic names and topic filters.  MQTT 1.5.3, 4.7 */
#ifndef MQTT_TOPIC_H
#define MQTT_TOPIC_H

#include <stdbool.h>
#include <stddef.h>

/* NULL, or a sentence without a full stop: what is wrong with the name a message is published to, or the
 * filter of a subscription. */
const char *mqtt_topic_check_name(const char *name, size_t length);
const char *mqtt_topic_check_filter(const char *filter, size_t length);

/* A valid name against a valid filter: "+" is any one level, "#" the rest and its parent; neither matches a
 * first level that begins with "$". */
bool mqtt_topic_matches(const char *filter, size_t filter_length, const char *name, size_t name_length);

/* Well-formed UTF-8 without NUL and surrogates. */
bool mqtt_text_is_valid(const char *text, size_t length);

#endif
