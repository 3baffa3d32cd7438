/* The board as TLS server with the ephemeral key of a provider: one handshake at a time has it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "test_meeting.h"

static void test_ecdhe_provider_is_used(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    tls_register_ecdhe_provider(&fake_ecdhe);
    meet_client(&m, client, &as_server_with_provider);
    assert_int_equal(m.owner.opened, 1);
    assert_int_equal(ecdhe_record.generated, 1);
    assert_int_equal(ecdhe_record.agreed, 1);
    assert_int_equal(ecdhe_record.released, 0);
    part(&m);
    SSL_CTX_free(client);
}

static void test_busy_ecdhe_provider_means_software(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    tls_register_ecdhe_provider(&fake_ecdhe);
    ecdhe_record.busy = true;
    meet_client(&m, client, &as_server_with_provider);
    assert_int_equal(m.owner.opened, 1);
    assert_int_equal(ecdhe_record.agreed, 0);
    part(&m);
    SSL_CTX_free(client);
}

/* A handshake halfway: the board's ServerKeyExchange is out, the client has not answered it yet. */
static void meet_halfway(struct meeting *m, SSL_CTX *client)
{
    m->peer = peer_client(client, NULL);
    m->owner.stream =
        tls_server(peer_wire(m->peer), &as_server_with_key_file, owner_event, &m->owner, &m->refused);
    SSL_do_handshake(peer_ssl(m->peer));
    peer_wire_event(m->peer, STREAM_DATA);
    assert_int_equal(m->owner.opened, 0);
    assert_int_equal(m->owner.closed, 0);
}

static void finish(struct meeting *m)
{
    peer_run(m->peer);
    assert_string_equal(m->owner.error, "");
    assert_int_equal(m->owner.opened, 1);
}

static void test_second_handshake_at_the_same_time_is_in_software(void **state)
{
    SSL_CTX *client = context_for_client(NULL, NULL);
    struct meeting first = {0}, second = {0};

    tls_register_ecdhe_provider(&fake_ecdhe);
    meet_halfway(&first, client);
    assert_int_equal(ecdhe_record.generated, 1);
    meet_halfway(&second, client);
    finish(&second);
    assert_int_equal(ecdhe_record.generated, 1);
    finish(&first);
    assert_int_equal(ecdhe_record.agreed, 1);
    part(&second);
    part(&first);
    SSL_CTX_free(client);
}

/* The chip's key becomes free while the second waits for its peer, which has seen the software key already. */
static void test_second_handshake_stays_in_software_when_the_first_is_done(void **state)
{
    SSL_CTX *client = context_for_client(NULL, NULL);
    struct meeting first = {0}, second = {0};

    tls_register_ecdhe_provider(&fake_ecdhe);
    meet_halfway(&first, client);
    meet_halfway(&second, client);
    finish(&first);
    finish(&second);
    assert_int_equal(ecdhe_record.generated, 1);
    assert_int_equal(ecdhe_record.agreed, 1);
    assert_int_equal(ecdhe_record.released, 0);
    part(&first);
    part(&second);
    SSL_CTX_free(client);
}

/* The same with a first that goes away. */
static void test_second_handshake_stays_in_software_when_the_first_is_abandoned(void **state)
{
    SSL_CTX *client = context_for_client(NULL, NULL);
    struct meeting first = {0}, second = {0};

    tls_register_ecdhe_provider(&fake_ecdhe);
    meet_halfway(&first, client);
    meet_halfway(&second, client);
    part(&first);
    assert_int_equal(ecdhe_record.released, 1);
    finish(&second);
    assert_int_equal(ecdhe_record.generated, 1);
    part(&second);
    SSL_CTX_free(client);
}

static void test_abandoned_handshake_gives_the_ephemeral_key_back(void **state)
{
    SSL_CTX *client = context_for_client(NULL, NULL);
    struct peer *peer = peer_client(client, NULL);
    struct owner owner = {0};
    const char *error;

    tls_register_ecdhe_provider(&fake_ecdhe);
    owner.stream = tls_server(peer_wire(peer), &as_server_with_key_file, owner_event, &owner, &error);
    SSL_do_handshake(peer_ssl(peer));
    peer_wire_event(peer, STREAM_DATA);
    assert_int_equal(ecdhe_record.generated, 1);
    stream_close(owner.stream);
    assert_int_equal(ecdhe_record.released, 1);
    assert_true(peer_wire_closed(peer));
    peer_free(peer);
    SSL_CTX_free(client);
}

static void test_lost_ephemeral_key_is_said(void **state)
{
    struct meeting m = {0};
    SSL_CTX *client = context_for_client(NULL, NULL);

    tls_register_ecdhe_provider(&fake_ecdhe);
    ecdhe_record.break_agree = true;
    meet_client(&m, client, &as_server_with_key_file);
    assert_refused(&m, "lost the ephemeral key: is the chip connected?");
    assert_int_equal(peer_alert(m.peer), SSL_AD_INTERNAL_ERROR);
    part(&m);
    SSL_CTX_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_ecdhe_provider_is_used, meeting_start),
        cmocka_unit_test_setup(test_busy_ecdhe_provider_means_software, meeting_start),
        cmocka_unit_test_setup(test_second_handshake_at_the_same_time_is_in_software, meeting_start),
        cmocka_unit_test_setup(test_second_handshake_stays_in_software_when_the_first_is_done, meeting_start),
        cmocka_unit_test_setup(test_second_handshake_stays_in_software_when_the_first_is_abandoned,
                               meeting_start),
        cmocka_unit_test_setup(test_abandoned_handshake_gives_the_ephemeral_key_back, meeting_start),
        cmocka_unit_test_setup(test_lost_ephemeral_key_is_said, meeting_start),
    };

    return cmocka_run_group_tests(tests, world_make, NULL);
}
