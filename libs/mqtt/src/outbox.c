/* Messages on their way to the broker.  MQTT 4.3, 4.4, 4.6 */

#include "outbox.h"

#include "heap.h"

enum mqtt_outbox_result mqtt_outbox_add(struct mqtt_outbox *outbox, const struct mqtt_publish *publish)
{
    unsigned *count = publish->qos > 0 ? &outbox->kept : &outbox->passing;
    size_t length = mqtt_encode_publish(publish, NULL, 0);
    struct mqtt_message *message, **end = &outbox->first;

    if (length == 0)
        return MQTT_OUTBOX_TOO_LARGE;
    if (*count >= outbox->limit)
        return MQTT_OUTBOX_FULL;
    message = heap_zalloc(sizeof(*message) + length);
    if (message == NULL)
        return MQTT_OUTBOX_NO_MEMORY;
    message->id = publish->qos > 0 ? publish->id : 0;
    message->qos = publish->qos;
    message->length = length;
    mqtt_encode_publish(publish, message->packet, length);

    while (*end != NULL)
        end = &(*end)->next;
    *end = message;
    (*count)++;
    return MQTT_OUTBOX_OK;
}

struct mqtt_message *mqtt_outbox_find(const struct mqtt_outbox *outbox, uint16_t id)
{
    struct mqtt_message *message = outbox->first;

    while (message != NULL && (message->qos == 0 || message->id != id))
        message = message->next;
    return message;
}

bool mqtt_outbox_uses(const struct mqtt_outbox *outbox, uint16_t id)
{
    return mqtt_outbox_find(outbox, id) != NULL;
}

struct mqtt_message *mqtt_outbox_to_send(const struct mqtt_outbox *outbox)
{
    for (struct mqtt_message *message = outbox->first; message != NULL; message = message->next) {
        if (message->state == MQTT_MESSAGE_TO_SEND || message->state == MQTT_MESSAGE_RELEASE_TO_SEND)
            return message;
    }
    return NULL;
}

void mqtt_outbox_sending(struct mqtt_message *message)
{
    /* MQTT 3.3.1.1: DUP is of no QoS 0. */
    if (message->state == MQTT_MESSAGE_TO_SEND && message->tried && message->qos > 0)
        message->packet[0] |= MQTT_FLAG_DUP;
    message->tried = true;
}

static struct mqtt_message **link_of(struct mqtt_outbox *outbox, const struct mqtt_message *message)
{
    struct mqtt_message **link = &outbox->first;

    while (*link != message)
        link = &(*link)->next;
    return link;
}

void mqtt_outbox_remove(struct mqtt_outbox *outbox, struct mqtt_message *message)
{
    *link_of(outbox, message) = message->next;
    if (message->qos > 0)
        outbox->kept--;
    else
        outbox->passing--;
    heap_free(message);
}

/* The broker has the message: its contents are no longer needed (MQTT 4.3.3). */
static void become_release(struct mqtt_outbox *outbox, struct mqtt_message *message)
{
    struct mqtt_message **link = link_of(outbox, message), *shrunk;

    message->state = MQTT_MESSAGE_RELEASE_TO_SEND;
    message->length = MQTT_ACK_SIZE; /* a PUBLISH of QoS 2 is never shorter */
    mqtt_encode_ack(MQTT_PUBREL, message->id, message->packet);
    shrunk = heap_realloc(message, sizeof(*message) + MQTT_ACK_SIZE);
    if (shrunk != NULL)
        *link = shrunk;
}

static bool answer_fits(const struct mqtt_message *message, enum mqtt_type answer)
{
    bool released = message->state == MQTT_MESSAGE_RELEASED || message->state == MQTT_MESSAGE_RELEASE_TO_SEND;

    /* An acknowledgement of what was never sent belongs to somebody else's message: believing it would lose
     * ours. */
    if (!message->tried)
        return false;
    return message->qos == 1 ? answer == MQTT_PUBACK
           : released        ? answer == MQTT_PUBREC || answer == MQTT_PUBCOMP
                             : answer == MQTT_PUBREC;
}

enum mqtt_outbox_step mqtt_outbox_answered(struct mqtt_outbox *outbox, struct mqtt_message *message,
                                           enum mqtt_type answer, bool being_sent)
{
    if (!answer_fits(message, answer))
        return MQTT_OUTBOX_IGNORED;
    if (being_sent) {
        message->answer = answer;
        return MQTT_OUTBOX_GOES_ON;
    }
    if (answer != MQTT_PUBREC) {
        mqtt_outbox_remove(outbox, message);
        return MQTT_OUTBOX_DONE;
    }
    if (message->state == MQTT_MESSAGE_RELEASED)
        message->state = MQTT_MESSAGE_RELEASE_TO_SEND; /* it has not seen our PUBREL */
    else if (message->state != MQTT_MESSAGE_RELEASE_TO_SEND)
        become_release(outbox, message);
    return MQTT_OUTBOX_GOES_ON;
}

enum mqtt_outbox_step mqtt_outbox_sent(struct mqtt_outbox *outbox, struct mqtt_message *message, uint64_t now)
{
    enum mqtt_type answer = message->answer;

    if (message->qos == 0) {
        mqtt_outbox_remove(outbox, message);
        return MQTT_OUTBOX_DONE;
    }
    message->sent_at = now;
    message->state = message->state == MQTT_MESSAGE_TO_SEND ? MQTT_MESSAGE_SENT : MQTT_MESSAGE_RELEASED;
    if (answer == 0)
        return MQTT_OUTBOX_GOES_ON;
    message->answer = 0;
    return mqtt_outbox_answered(outbox, message, answer, false);
}

static void send_again(struct mqtt_message *message)
{
    if (message->state == MQTT_MESSAGE_SENT)
        message->state = MQTT_MESSAGE_TO_SEND;
    else if (message->state == MQTT_MESSAGE_RELEASED)
        message->state = MQTT_MESSAGE_RELEASE_TO_SEND;
}

void mqtt_outbox_rewind(struct mqtt_outbox *outbox)
{
    struct mqtt_message *message = outbox->first;

    while (message != NULL) {
        struct mqtt_message *next = message->next;

        if (message->qos == 0) {
            mqtt_outbox_remove(outbox, message);
        } else if (message->answer != 0) {
            enum mqtt_type answer = message->answer;

            message->answer = 0;
            mqtt_outbox_answered(outbox, message, answer, false);
        } else {
            send_again(message);
        }
        message = next;
    }
}

void mqtt_outbox_resend(struct mqtt_outbox *outbox, uint64_t time)
{
    for (struct mqtt_message *message = outbox->first; message != NULL; message = message->next) {
        if (message->sent_at < time)
            send_again(message);
    }
}

uint64_t mqtt_outbox_waits_since(const struct mqtt_outbox *outbox)
{
    uint64_t since = UINT64_MAX;

    for (const struct mqtt_message *message = outbox->first; message != NULL; message = message->next) {
        bool waits = message->state == MQTT_MESSAGE_SENT || message->state == MQTT_MESSAGE_RELEASED;

        if (waits && message->sent_at < since)
            since = message->sent_at;
    }
    return since;
}

struct mqtt_message *mqtt_outbox_released(const struct mqtt_outbox *outbox)
{
    struct mqtt_message *message = outbox->first;

    while (message != NULL && message->state != MQTT_MESSAGE_RELEASE_TO_SEND &&
           message->state != MQTT_MESSAGE_RELEASED)
        message = message->next;
    return message;
}

size_t mqtt_outbox_unsent(const struct mqtt_outbox *outbox)
{
    size_t bytes = 0;

    for (const struct mqtt_message *message = outbox->first; message != NULL; message = message->next) {
        if (message->state == MQTT_MESSAGE_TO_SEND || message->state == MQTT_MESSAGE_RELEASE_TO_SEND)
            bytes += message->length;
    }
    return bytes;
}

void mqtt_outbox_clear(struct mqtt_outbox *outbox)
{
    while (outbox->first != NULL)
        mqtt_outbox_remove(outbox, outbox->first);
}
