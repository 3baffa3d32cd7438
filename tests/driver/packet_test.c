/* Packets: each command as the references print it, and which answers are whole.  mongoose-os.md 9.1;
 * atecc608.md 7.1 */

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "driver/atecc_internal.h"
#include "hex.h"
#include "mock_chip.h"

#define ZEROS_20 "0000000000000000000000000000000000000000"
#define WORDS_32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

struct vector {
    struct atecc_command command;
    const char *packet;
};

static void a_command_is_count_opcode_parameters_data_crc(void **state)
{
    static const uint8_t zeros[20] = {0};
    static const uint8_t gendig[4] = {0x15, 0x02, 0x04, 0x00};
    static const struct vector vectors[] = {
        {{0x30, 0x00, 0x0000, NULL, 0, NULL, 0}, "03 07 30 00 00 00 03 5d"},
        {{0x02, 0x80, 0x0000, NULL, 0, NULL, 0}, "03 07 02 80 00 00 09 ad"},
        {{0x02, 0x80, 0x0008, NULL, 0, NULL, 0}, "03 07 02 80 08 00 0a 4d"},
        {{0x02, 0x80, 0x0010, NULL, 0, NULL, 0}, "03 07 02 80 10 00 0a 1d"},
        {{0x02, 0x80, 0x0018, NULL, 0, NULL, 0}, "03 07 02 80 18 00 09 fd"},
        {{0x02, 0x00, 0x0015, NULL, 0, NULL, 0}, "03 07 02 00 15 00 17 5d"},
        {{0x1B, 0x00, 0x0000, NULL, 0, NULL, 0}, "03 07 1b 00 00 00 24 cd"},
        {{0x16, 0x00, 0x0000, zeros, 20, NULL, 0}, "03 1b 16 00 00 00 " ZEROS_20 " 7d e0"},
        {{0x16, 0x00, 0x0000, zeros, 4, zeros, 16}, "03 1b 16 00 00 00 " ZEROS_20 " 7d e0"},
        {{0x15, 0x02, 0x0004, gendig, 4, NULL, 0}, "03 0b 15 02 04 00 15 02 04 00 d2 ec"},
        {{0x17, 0x80, 0x0000, NULL, 0, NULL, 0}, "03 07 17 80 00 00 39 8d"},
        {{0x17, 0x81, 0x0000, NULL, 0, NULL, 0}, "03 07 17 81 00 00 3a 07"},
        {{0x40, 0x04, 0x0000, NULL, 0, NULL, 0}, "03 07 40 04 00 00 83 87"},
        {{0x40, 0x00, 0x0000, NULL, 0, NULL, 0}, "03 07 40 00 00 00 00 05"},
        {{0x40, 0x04, 0xFFFF, NULL, 0, NULL, 0}, "03 07 40 04 ff ff 8e 07"},
        {{0x41, 0xA0, 0x0000, NULL, 0, NULL, 0}, "03 07 41 a0 00 00 7b 85"},
        /* atecc608.md 7.1 */
        {{0x30, 0x02, 0x0000, NULL, 0, NULL, 0}, "03 07 30 02 00 00 00 D8"},
        {{0x47, 0x00, 0x0000, NULL, 0, NULL, 0}, "03 07 47 00 00 00 2E 85"},
        {{0x41, 0xA0, 0x0002, NULL, 0, NULL, 0}, "03 07 41 A0 02 00 7D 05"},
        {{0x77, 0x3B, 0x0000, NULL, 0, NULL, 0}, "03 07 77 3B 00 00 9D FB"},
        {{0x24, 0x00, 0x0001, NULL, 0, NULL, 0}, "03 07 24 00 01 00 05 7D"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        uint8_t packet[ATECC_PACKET_MAX];
        size_t size = atecc_packet_build(packet, &vectors[i].command);

        assert_hex(packet, size, vectors[i].packet);
    }
}

static void data_that_does_not_fit_makes_no_packet(void **state)
{
    uint8_t data[200] = {0}, packet[ATECC_PACKET_MAX];
    struct atecc_command verify = {0x45, 0x22, 4, data, 64, data, 64};

    (void)state;
    assert_int_equal(atecc_packet_build(packet, &verify), ATECC_PACKET_MAX);
    verify.more_length = 65;
    assert_int_equal(atecc_packet_build(packet, &verify), 0);
    verify.length = 129;
    verify.more_length = 0;
    assert_int_equal(atecc_packet_build(packet, &verify), 0);
    verify.more_length = (size_t)-1;
    assert_int_equal(atecc_packet_build(packet, &verify), 0);
}

static void the_crc_is_the_chips(void **state)
{
    uint8_t bytes[256], ff[32];

    (void)state;
    for (unsigned i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)i;
    memset(ff, 0xFF, sizeof(ff));
    assert_int_equal(atecc_crc16(0, bytes, sizeof(bytes)), 0xCB5D);
    assert_int_equal(atecc_crc16(0, ff, sizeof(ff)), 0x8025);
    /* in two pieces */
    assert_int_equal(atecc_crc16(atecc_crc16(0, bytes, 100), bytes + 100, 156), 0xCB5D);

    uint8_t config[128];

    hex_bytes("0123BCAE00005000455B669BEEC04500C0005500837181018371C10183718371 "
              "8371C171010183718371C1718371837183718371000000FF00020002FFFFFFFF "
              "00000000FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFF000000000000 "
              "13003C0013003C0013003C0013003C003C003C0013003C0013003C0013003300",
              config, sizeof(config));
    assert_int_equal(atecc_crc16(0, config, sizeof(config)), 0xCE2D);
}

static void a_whole_answer_has_its_count_and_its_crc(void **state)
{
    static const char *const whole[] = {"04 00 03 40", "04 01 00 C3", "04 03 83 42", "04 05 C3 43",
                                        "04 07 40 C2", "04 08 60 C0", "04 0F 23 42", "04 11 33 43",
                                        "04 EE 31 41", "04 FF 01 42"};
    uint8_t group[4];

    (void)state;
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        hex_bytes(whole[i], group, sizeof(group));
        assert_true(atecc_response_is_whole(group, sizeof(group)));
        for (unsigned bit = 0; bit < 32; bit++) {
            group[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(atecc_response_is_whole(group, sizeof(group)));
            group[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        assert_false(atecc_response_is_whole(group, 3));
        assert_false(atecc_response_is_whole(group, 0));
    }
}

/* Each public function, down to the bytes it sends. */

static void one_packet(int (*call)(struct atecc *), const char *command, const char *data)
{
    struct mock_chip chip;
    struct atecc dev;

    mock_chip_init(&chip);
    mock_device(&dev, &chip);
    mock_expect(&chip, command, data, 500);
    assert_int_equal(call(&dev), ATECC_OK);
    mock_assert_done(&chip);
    assert_int_equal(chip.wakes, 1);
    assert_int_equal(chip.idles, 1);
    assert_int_equal(chip.power, MOCK_IDLE);
}

static uint8_t out[128];

static int call_random(struct atecc *dev)
{
    return atecc_random(dev, out);
}

static int call_gen_key(struct atecc *dev)
{
    return atecc_gen_key(dev, 0, out);
}

static int call_public_key(struct atecc *dev)
{
    return atecc_public_key(dev, 0, out);
}

static int call_ephemeral(struct atecc *dev)
{
    return atecc_gen_ephemeral(dev, out);
}

static void single_commands_send_the_references_bytes(void **state)
{
    static const char key[] = WORDS_32 WORDS_32;

    (void)state;
    one_packet(call_random, "07 1b 00 00 00 24 cd", WORDS_32);
    assert_hex(out, 32, WORDS_32);
    one_packet(atecc_lock_config, "07 17 80 00 00 39 8d", "00");
    one_packet(atecc_lock_data, "07 17 81 00 00 3a 07", "00");
    one_packet(call_gen_key, "07 40 04 00 00 83 87", key);
    assert_hex(out, 64, key);
    one_packet(call_public_key, "07 40 00 00 00 00 05", key);
    one_packet(call_ephemeral, "07 40 04 ff ff 8e 07", key);
}

static void the_lock_bytes_are_read_from_word_15(void **state)
{
    static const struct {
        const char *word;
        int config_locked, data_locked;
    } cases[] = {{"00 00 55 55", 0, 0}, {"00 00 55 00", 1, 0}, {"00 00 00 00", 1, 1}, {"00 00 54 56", 1, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct mock_chip chip;
        struct atecc dev;
        int config_locked = -1, data_locked = -1;

        mock_chip_init(&chip);
        mock_device(&dev, &chip);
        mock_expect(&chip, "07 02 00 15 00 17 5d", cases[i].word, 0);
        assert_int_equal(atecc_is_locked(&dev, &config_locked, &data_locked), ATECC_OK);
        assert_int_equal(config_locked, cases[i].config_locked);
        assert_int_equal(data_locked, cases[i].data_locked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_is_count_opcode_parameters_data_crc),
        cmocka_unit_test(data_that_does_not_fit_makes_no_packet),
        cmocka_unit_test(the_crc_is_the_chips),
        cmocka_unit_test(a_whole_answer_has_its_count_and_its_crc),
        cmocka_unit_test(single_commands_send_the_references_bytes),
        cmocka_unit_test(the_lock_bytes_are_read_from_word_15),
    };

    return cmocka_run_group_tests_name("driver: packets", tests, NULL, NULL);
}
